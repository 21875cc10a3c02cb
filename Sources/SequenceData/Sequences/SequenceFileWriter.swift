/// Writes records one after the other, then their index.
struct SequenceFileWriter {
  private let writer: CacheWriter
  private let kinds: SequenceKinds
  private var entries: [SequenceEntry] = []

  init(_ writer: CacheWriter, kinds: SequenceKinds) {
    self.writer = writer
    self.kinds = kinds
  }

  /// Appends a sequence.
  mutating func append(_ record: SequenceRecord) throws(SequenceDataError) {
    var entry = SequenceEntry(
      element: UInt64(writer.count / 4), timeSteps: UInt32(record.timeSteps), layout: 0)
    switch record.inputs {
    case .symbols(let symbols): try writer.append(symbols)
    case .vectors(let values, _): try writer.append(values)
    }
    switch record.targets {
    case .nextInput:
      entry.layout = SequenceEntry.Layout.nextInput.rawValue
    case .uncounted:
      preconditionFailure("a sequence to predict from, in a file to learn from")
    case .last(let target):
      entry.layout = SequenceEntry.Layout.last.rawValue
      try append(target)
    case .perStep(let targets):
      try appendPerStep(targets, &entry)
    }
    entries.append(entry)
  }

  /// Appends the index; returns what the file is to say about itself.
  func finish() throws(SequenceDataError) -> SequenceMetadata {
    let beyond = writer.count % SequenceFile.entrySize
    if beyond > 0 {
      try writer.append([UInt8](repeating: 0, count: SequenceFile.entrySize - beyond))
    }
    for entry in entries {
      try writer.append([entry.element])
      try writer.append([entry.timeSteps, entry.layout])
    }
    return SequenceMetadata(kinds: kinds, sequences: entries.count)
  }

  private func appendPerStep(
    _ targets: [SequenceRecord.Target?], _ entry: inout SequenceEntry
  ) throws(SequenceDataError) {
    entry.layout = SequenceEntry.Layout.perStep.rawValue
    try writer.append(targets.map { Int32($0 == nil ? 0 : 1) })
    for target in targets { try append(target) }
  }

  /// Appends a row of targets: one class number, or O values; zeros for nil.
  private func append(_ target: SequenceRecord.Target?) throws(SequenceDataError) {
    switch kinds.target {
    case .classes:
      let number: Int32 = if case .classNumber(let number) = target { number } else { 0 }
      try writer.append([number])
    case .values(let width), .labels(let width):
      var row = [Float](repeating: 0, count: width)
      switch target {
      case .values(let values): row = values
      case .labels(let labels):
        for label in labels { row[Int(label)] = 1 }
      case .classNumber, nil: break
      }
      try writer.append(row)
    }
  }
}
