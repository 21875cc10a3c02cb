import Files

/// Turns a series' files into rows of numbers, finds its sequences, and learns from the training part
/// how columns are normalised.
struct SeriesPreparation {
  private let request: SeriesRequest
  private let formats: [any RowFormat.Type]
  private let cache: CacheFolder
  private let attributes: AttributeTable?
  /// The columns of files that hold inputs and targets, from the first of them on where none are named.
  private var order: [String]?
  private var notes: [String] = []
  /// The sequences of a part that have no time step.
  private var tooShort = 0
  /// Time steps per second of the training part; nil before it is known.
  private var sampleRate: Double??

  init(
    _ request: SeriesRequest, formats: [any RowFormat.Type], cache: CacheFolder
  ) throws(SequenceDataError) {
    self.request = request
    self.formats = formats
    if let inputs = request.task.inputs, let targets = request.task.targets {
      order = SeriesTask.order(inputs: inputs, targets: targets)
    }
    self.cache = cache
    if let path = request.attributes {
      attributes = try AttributeTable(path: path, group: request.task.group)
    } else {
      attributes = nil
    }
  }

  /// Prepares all parts, and learns the columns from the training part.
  mutating func prepare() throws(SequenceDataError) -> PreparedSeries {
    var training = try files(of: request.training)
    var validation: PreparedPart?
    if let paths = request.validation {
      validation = try files(of: paths)
    } else {
      validation = try holdOut(from: &training)
    }
    var test: PreparedPart?
    if let paths = request.test { test = try files(of: paths) }
    let columns = try ColumnLearning(training, request: request, attributes: attributes).columns()
    return try finish(training, validation, test, columns)
  }

  /// Prepares files as the training part of a model was, whose columns are known.
  mutating func prepare(like columns: SeriesColumns) throws(SequenceDataError) -> PreparedSeries {
    sampleRate = .some(columns.sampleRate)
    return try finish(try files(of: request.training), nil, nil, columns)
  }

  private func finish(
    _ training: PreparedPart, _ validation: PreparedPart?, _ test: PreparedPart?,
    _ columns: SeriesColumns
  ) throws(SequenceDataError) -> PreparedSeries {
    var prepared = PreparedSeries(
      training: try complete(training, columns), columns: columns, task: request.task,
      notes: notes)
    if let validation { prepared.validation = try complete(validation, columns) }
    if let test { prepared.test = try complete(test, columns) }
    let parts = try prepared.open()
    for part in [parts.training, parts.validation, parts.test] {
      try part?.requireInputs()
      if !request.targetsMayBeMissing { try part?.requireCountedTargets() }
    }
    return prepared
  }

  // MARK: Sequences

  /// The files that paths stand for, and the sequences in them.
  private mutating func files(of paths: SeriesPaths) throws(SequenceDataError) -> PreparedPart {
    tooShort = 0
    var part = PreparedPart(source: paths.words)
    let sources = try SeriesFiles.expand(paths.paths)
    if paths.targets.isEmpty {
      for source in sources {
        let storage = try open(source, columns: order, into: &part)
        order = order ?? storage.columnNames
        let wanted = try source.rows(of: storage.rows)
        for run in storage.runs {
          let rows = run.rows.clamped(to: wanted)
          guard !rows.isEmpty else { continue }
          let file = part.files.count - 1
          append(
            to: &part, name: run.label.isEmpty ? source.name : run.label,
            inputs: (file, rows), targets: (file, rows))
        }
      }
    } else {
      try appendPairs(sources, try SeriesFiles.expand(paths.targets), paths, to: &part)
    }
    guard !part.sequences.isEmpty else {
      throw .badTable(
        path: part.source,
        reason: "no sequence has more rows than data.shift, \(request.task.shift); give longer ones"
      )
    }
    if tooShort > 0 {
      notes.append(
        "\(part.source): sequences that are no longer than data.shift are left out: \(tooShort) of "
          + "\(tooShort + part.sequences.count)")
    }
    return part
  }

  /// Files of inputs beside files of targets, one by one.
  private mutating func appendPairs(
    _ inputs: [SeriesSource], _ targets: [SeriesSource], _ paths: SeriesPaths,
    to part: inout PreparedPart
  ) throws(SequenceDataError) {
    guard inputs.count == targets.count else {
      throw .badTable(
        path: paths.words,
        reason: "\(inputs.count) files of inputs, \(targets.count) of targets; give as many of both"
      )
    }
    part.isPaired = true
    for (input, target) in zip(inputs, targets) {
      let inputRows = try open(input, columns: request.task.inputs, into: &part)
      let targetRows = try open(target, columns: request.task.targets, into: &part)
      var own = try input.rows(of: inputRows.rows)
      var others = try target.rows(of: targetRows.rows)
      if let delay = noteDelay(inputRows, own, targetRows, others, input.name), request.aligns {
        own = min(own.lowerBound + max(0, -delay), own.upperBound)..<own.upperBound
        others = min(others.lowerBound + max(0, delay), others.upperBound)..<others.upperBound
      }
      let count = min(own.count, others.count)
      if own.count != others.count {
        notes.append(
          "\(input.name): \(own.count) rows of inputs, \(others.count) of targets; \(count) are used"
        )
      }
      append(
        to: &part, name: input.name,
        inputs: (part.files.count - 2, own.prefix(count)),
        targets: (part.files.count - 1, others.prefix(count)))
    }
  }

  /// Tells the delay of targets behind inputs, if it can be told.
  private mutating func noteDelay(
    _ inputs: SeriesStorage, _ inputRows: Range<Int>, _ targets: SeriesStorage,
    _ targetRows: Range<Int>, _ name: String
  ) -> Int? {
    let delay = DelayEstimate(
      inputs: inputs.firstColumn(inputRows), targets: targets.firstColumn(targetRows))
    let remedy = request.aligns ? "; it is taken out" : "; data.align: true takes it out"
    notes.append("\(name): \(delay)" + (delay.isClear && delay.lag != 0 ? remedy : ""))
    return delay.isClear ? delay.lag : nil
  }

  private mutating func open(
    _ source: SeriesSource, columns: [String]?, into part: inout PreparedPart
  ) throws(SequenceDataError) -> SeriesStorage {
    let file = try prepare(source.path, columns: columns)
    let storage = try SeriesStorage(path: file.cache)
    if let expected = sampleRate, storage.sampleRate != expected {
      func words(_ rate: Double?) -> String { rate.map { "\(Int($0)) Hz" } ?? "no sample rate" }
      throw .badTable(
        path: source.path,
        reason: "has \(words(storage.sampleRate)), expected \(words(expected)) as the other files "
          + "have; convert it")
    }
    sampleRate = .some(storage.sampleRate)
    part.files.append(file)
    return storage
  }

  /// The columns of a file, also where it has no names and just as many of them.
  private func prepare(
    _ path: String, columns: [String]?
  ) throws(SequenceDataError) -> PreparedFile {
    func obtain(_ columns: [String]?) throws(SequenceDataError) -> PreparedFile {
      try SeriesStorage.prepare(
        path, columns: columns, label: request.task.group, formats: formats, cache: cache)
    }
    do throws(SequenceDataError) {
      return try obtain(columns)
    } catch {
      switch error {
      case .missingColumnNumber(_, _, let count) where count == columns?.count:
        return try obtain((1...count).map { "\($0)" })
      case .missingColumn(_, let name, _) where request.targetsMayBeMissing:
        // Without the truth there is still something to predict from.
        guard let inputs = request.task.inputs, !inputs.contains(name), columns != inputs
        else { throw error }
        return try obtain(inputs)
      default: throw error
      }
    }
  }

  private mutating func append(
    to part: inout PreparedPart, name: String, inputs: (file: Int, rows: Range<Int>),
    targets: (file: Int, rows: Range<Int>)
  ) {
    // What is to be predicted may lie behind the file's end.
    let timeSteps = inputs.rows.count - (request.targetsMayBeMissing ? 0 : request.task.shift)
    guard timeSteps > 0 else {
      tooShort += 1
      return
    }
    part.sequences.append(
      SeriesSequence(
        name: name, inputFile: inputs.file, targetFile: targets.file,
        firstInput: inputs.rows.lowerBound,
        firstTarget: targets.rows.lowerBound + request.task.shift, timeSteps: 0..<timeSteps))
  }

  // MARK: Holding out

  /// Takes the validation part out of the training part.
  private mutating func holdOut(
    from training: inout PreparedPart
  ) throws(SequenceDataError) -> PreparedPart? {
    var validation = training
    if !request.validationSequences.isEmpty {
      let names = training.sequences.map(\.name)
      for name in request.validationSequences where !names.contains(name) {
        throw .badTable(
          path: training.source,
          reason: "has no sequence \(SequenceDataError.excerpt(name))"
            + (names.nearest(to: name).map { "; did you mean \(SequenceDataError.excerpt($0))?" }
              ?? ""))
      }
      let held = Set(request.validationSequences)
      training.sequences.removeAll { held.contains($0.name) }
      validation.sequences.removeAll { !held.contains($0.name) }
      guard !training.sequences.isEmpty else { throw .noTimeSteps(source: training.source) }
      return validation
    }
    let fraction = request.validationFraction
    switch request.holdOut {
    case .sequences:
      guard fraction > 0 else { return nil }
      let count = max(1, Int((Double(training.sequences.count) * fraction).rounded(.down)))
      guard count < training.sequences.count else {
        throw .badTable(
          path: training.source,
          reason:
            "holding out \(count) of \(training.sequences.count) sequences leaves none to learn "
            + "from; give more, or hold out by time")
      }
      training.sequences.removeLast(count)
      validation.sequences.removeFirst(validation.sequences.count - count)
    case .time:
      guard fraction != 0 else { return nil }
      validation.sequences = []
      for (index, sequence) in training.sequences.enumerated() {
        let rows = sequence.timeSteps.count + request.task.shift
        let boundary = rows - Int((Double(rows) * fraction).rounded(.down))
        // Too short to give anything away: it is learnt from as a whole.
        guard boundary < sequence.timeSteps.upperBound, boundary > request.task.shift else {
          continue
        }
        training.sequences[index] = sequence.part(0..<boundary - request.task.shift)
        validation.sequences.append(sequence.part(boundary..<sequence.timeSteps.upperBound))
      }
      guard !validation.sequences.isEmpty else {
        throw .badValidationFraction(
          source: training.source, fraction: fraction,
          count: training.sequences.map { $0.timeSteps.count + request.task.shift }.max() ?? 0)
      }
      let kept = training.sequences.count - validation.sequences.count
      if kept > 0 {
        notes.append("\(kept) sequences are too short to hold a part of them out")
      }
    }
    return validation
  }

  /// The part with what its sequences have beside their rows.
  private func complete(
    _ part: PreparedPart, _ columns: SeriesColumns
  ) throws(SequenceDataError) -> PreparedPart {
    var part = try withAttributes(part, columns)
    guard request.task.missing == .previous else { return part }
    for (index, sequence) in part.sequences.enumerated() {
      let storage = try SeriesStorage(path: part.files[sequence.inputFile].cache)
      let rows = sequence.firstInput..<sequence.firstInput + sequence.timeSteps.upperBound
      part.sequences[index].firstKnown = columns.inputs.indices.map { place in
        rows.first { !storage.values[$0 * storage.width + place].isNaN } ?? rows.upperBound
      }
    }
    return part
  }

  // MARK: Attributes

  private func withAttributes(
    _ part: PreparedPart, _ columns: SeriesColumns
  ) throws(SequenceDataError) -> PreparedPart {
    guard let attributes else { return part }
    guard attributes.names == columns.attributes.map(\.name) else {
      throw .badTable(
        path: attributes.path,
        reason: "its columns are \(attributes.names.joined(separator: ", ")), expected "
          + columns.attributes.map(\.name).joined(separator: ", ") + " as in training")
    }
    var part = part
    let values = try attributes.values(of: part.sequences.map(\.name))
    for index in part.sequences.indices {
      part.sequences[index].attributes = zip(columns.attributes, values[index]).map {
        $0.normalize($1)
      }
    }
    return part
  }
}

extension SeriesStorage {
  /// So much of the first column as a delay is estimated from.
  fileprivate func firstColumn(_ rows: Range<Int>) -> [Double] {
    rows.prefix(1 << 18).map { values[$0 * width] }
  }
}

extension SeriesSource {
  /// The file's name without folder and extension.
  fileprivate var name: String {
    let file = path.split(separator: "/").last.map { String($0) } ?? path
    return file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
  }
}

extension Range<Int> {
  fileprivate func prefix(_ count: Int) -> Range<Int> {
    lowerBound..<Swift.min(upperBound, lowerBound + count)
  }
}

extension SeriesSequence {
  /// The same rows, of which other time steps count.
  fileprivate func part(_ timeSteps: Range<Int>) -> SeriesSequence {
    SeriesSequence(
      name: name, inputFile: inputFile, targetFile: targetFile, firstInput: firstInput,
      firstTarget: firstTarget, timeSteps: timeSteps)
  }
}

extension SeriesCorpus {
  /// Prepares a series' files, unless the cache has them.
  ///
  /// - Throws: `SequenceDataError` for files that are missing, empty or unreadable, for columns that
  ///   are not there or hold no numbers, and if the cache cannot be written.
  package static func prepare(
    _ request: SeriesRequest, formats: [any RowFormat.Type] = RowFormats.all,
    cache: CacheFolder = .standard
  ) throws(SequenceDataError) -> PreparedSeries {
    var preparation = try SeriesPreparation(request, formats: formats, cache: cache)
    return try preparation.prepare()
  }

  /// Prepares files as those were that a model was trained on.
  package static func prepare(
    _ request: SeriesRequest, like columns: SeriesColumns, cache: CacheFolder = .standard
  ) throws(SequenceDataError) -> PreparedSeries {
    var preparation = try SeriesPreparation(request, formats: RowFormats.all, cache: cache)
    return try preparation.prepare(like: columns)
  }
}
