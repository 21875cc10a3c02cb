/// Learns from the training part how a model sees columns.
struct ColumnLearning {
  private let part: PreparedPart
  private let request: SeriesRequest
  private let attributes: AttributeTable?
  private let storages: [SeriesStorage]

  init(
    _ part: PreparedPart, request: SeriesRequest, attributes: AttributeTable?
  ) throws(SequenceDataError) {
    self.part = part
    self.request = request
    self.attributes = attributes
    var storages: [SeriesStorage] = []
    for file in part.files { storages.append(try SeriesStorage(path: file.cache)) }
    self.storages = storages
  }

  /// The columns.
  ///
  /// - Throws: `unboundedColumn`, `missingColumn`, or what the attributes' table has to say.
  func columns() throws(SequenceDataError) -> SeriesColumns {
    let first = part.sequences[0]
    let inputs = request.task.inputs ?? storages[first.inputFile].columnNames
    let targets = request.task.targets ?? storages[first.targetFile].columnNames
    let order = SeriesTask.order(inputs: inputs, targets: targets)
    var columns = SeriesColumns(
      inputs: try learn(
        inputs, among: part.isPaired ? inputs : order, file: \.inputFile, cap: nil
      ) { $0.firstInput },
      targets: try learn(
        targets, among: part.isPaired ? targets : order, file: \.targetFile,
        cap: request.task.cap
      ) { $0.firstTarget - request.task.shift })
    columns.sampleRate = storages[first.inputFile].sampleRate
    if let attributes { columns.attributes = try learn(attributes) }
    if request.task.needsDeviations {
      learnDeviations(of: &columns, among: part.isPaired ? targets : order)
    }
    return columns
  }

  /// Columns by all rows of the sequences, so that one which is read and predicted is seen alike.
  private func learn(
    _ names: [String], among order: [String], file: KeyPath<SeriesSequence, Int>, cap: Double?,
    firstRow: (SeriesSequence) -> Int
  ) throws(SequenceDataError) -> [SeriesColumn] {
    var statistics = [ColumnStatistics](repeating: ColumnStatistics(), count: names.count)
    let places = names.map { order.firstIndex(of: $0) ?? 0 }
    for sequence in part.sequences {
      let storage = storages[sequence[keyPath: file]]
      let first = firstRow(sequence)
      for row in first..<first + sequence.timeSteps.upperBound + request.task.shift {
        for (index, place) in places.enumerated() {
          let value = storage.values[row * storage.width + place]
          statistics[index].add(cap.map { value > $0 ? $0 : value } ?? value)
        }
      }
    }
    var columns: [SeriesColumn] = []
    for (index, name) in names.enumerated() {
      let column = statistics[index].column(named: name, normalize: request.normalize)
      guard column.center.isFinite, column.scale.isFinite else {
        throw .unboundedColumn(path: part.source, column: index + 1)
      }
      guard statistics[index].count > 0 else {
        throw .badTable(
          path: part.source,
          reason:
            "column \(SequenceDataError.excerpt(column.title)) has no number in the training part")
      }
      columns.append(column)
    }
    return columns
  }

  private func learn(_ table: AttributeTable) throws(SequenceDataError) -> [SeriesColumn] {
    var statistics = [ColumnStatistics](repeating: ColumnStatistics(), count: table.width)
    for values in try table.values(of: Set(part.sequences.map(\.name)).sorted()) {
      for (index, value) in values.enumerated() { statistics[index].add(value) }
    }
    return zip(table.names, statistics).map { $1.column(named: $0, normalize: request.normalize) }
  }

  /// What each sequence's targets are like, by its name: several of one name are taken together.
  private func targetStatistics(_ order: [String], _ targets: [String]) -> [String:
    [ColumnStatistics]]
  {
    let places = targets.map { order.firstIndex(of: $0) ?? 0 }
    var found: [String: [ColumnStatistics]] = [:]
    for sequence in part.sequences {
      let storage = storages[sequence.targetFile]
      for (index, place) in places.enumerated() {
        var statistics = ColumnStatistics()
        for timeStep in sequence.timeSteps {
          let value = storage.values[(sequence.firstTarget + timeStep) * storage.width + place]
          statistics.add(request.task.cap.map { value > $0 ? $0 : value } ?? value)
        }
        let none = [ColumnStatistics](repeating: ColumnStatistics(), count: places.count)
        found[sequence.name, default: none][index].add(statistics)
      }
    }
    return found
  }

  /// σ of each sequence's targets, as the model sees them (Kratzert et al. 2019).
  private func learnDeviations(of columns: inout SeriesColumns, among order: [String]) {
    let scales = columns.targets.map(\.scale)
    let found = targetStatistics(order, columns.targets.map(\.name))
    var common = [ColumnStatistics](repeating: ColumnStatistics(), count: scales.count)
    for name in found.keys.sorted() {
      for (index, statistics) in (found[name] ?? []).enumerated() { common[index].add(statistics) }
    }
    columns.deviations = found.mapValues { zip($0, scales).map { $0.deviation / $1 } }
    columns.commonDeviations = zip(common, scales).map { $0.deviation / $1 }
  }
}

extension SeriesCorpus {
  /// Checks that no input is missing where nothing may stand for it.
  ///
  /// - Throws: `missingNumber`.
  func requireInputs() throws(SequenceDataError) {
    guard task.missing == .refuse else { return }
    for sequence in sequences {
      let file = files[sequence.inputFile]
      let first = max(0, sequence.timeSteps.lowerBound - task.warmUp)
      // What a forecast goes on from is read, too.
      let behind = columns.isSelfPredicting ? task.shift : 0
      for timeStep in first..<sequence.timeSteps.upperBound + behind {
        let row = sequence.firstInput + timeStep
        for (index, place) in file.inputs.enumerated()
        where file.storage.values[row * file.storage.width + place].isNaN {
          throw .missingNumber(
            path: sequence.name, row: row, column: columns.inputs[index].name)
        }
      }
    }
  }

  /// Checks that something counts: a target that is there, behind the warm-up.
  ///
  /// - Throws: `badTable`.
  func requireCountedTargets() throws(SequenceDataError) {
    for piece in pieces {
      let own = sequences[piece.sequence].timeSteps
      let steps =
        task.countsLastOnly
        ? own.upperBound - 1..<own.upperBound : piece.countedFrom..<own.upperBound
      for timeStep in steps {
        for column in columns.targets.indices
        where !target(sequence: piece.sequence, timeStep: timeStep, column: column).isNaN { return }
      }
    }
    throw .badTable(
      path: source,
      reason: pieces.isEmpty
        ? "no sequence is longer than bptt.warm_up, \(task.warmUp) time steps, so nothing counts; "
          + "lower it, or give longer ones"
        : "no time step that counts has a target that is there; give targets")
  }
}
