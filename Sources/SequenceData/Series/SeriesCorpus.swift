import Storage

/// Sequences of rows that map input columns to target columns, from files or from memory.
///
/// Time step t of a sequence has the inputs of row t and the targets of row t + shift, both normalised. A
/// target that is missing is NaN and does not count. To an epoch's plan the corpus is made of *pieces*:
/// whole sequences, or parts of long ones that the streams share, each after the time steps that warm its
/// state up.
package final class SeriesCorpus: Corpus {
  package let source: String
  package let score: Score
  /// Its columns and how the model sees them.
  package let columns: SeriesColumns
  /// How it is read.
  package let task: SeriesTask
  /// The whole sequences.
  package let sequences: [SeriesSequence]
  package let inputKind: InputKind
  package let targetKind: TargetKind
  package let isContinuous: Bool

  let files: [SeriesFile]
  let pieces: [SeriesPiece]
  private let scaleArena: Arena<Float>  // [pieces, targets], or nothing

  /// A mapped file with the places of the model's columns in it.
  struct SeriesFile: Sendable {
    let storage: SeriesStorage
    /// Where the inputs stand; empty in a file of targets.
    let inputs: [Int]
    /// Where the targets stand; empty where they are unknown.
    let targets: [Int]
  }

  /// - Parameters:
  ///   - pieces: what an epoch is made of; whole sequences if nil.
  init(
    files: [SeriesFile], sequences: [SeriesSequence], pieces: [SeriesPiece]? = nil,
    columns: SeriesColumns, task: SeriesTask, source: String, score: Score? = nil
  ) {
    let pieces = pieces ?? task.whole(sequences)
    self.files = files
    self.sequences = sequences
    self.pieces = pieces
    self.columns = columns
    self.task = task
    self.source = source
    self.score =
      score
      ?? Score(
        name: "normalized root mean square error", measure: .normalizedRootMeanSquareError)
    inputKind = .vectors(
      width: task.inputWidth(
        columns: columns.inputs.count, attributes: columns.attributes.count))
    targetKind = .values(width: columns.targets.count)
    // One long sequence without warm-up may be cut anywhere.
    isContinuous =
      sequences.count == 1 && pieces.count == 1 && task.warmUp == 0 && task.piece == nil
      && !task.countsLastOnly
    scaleArena = Arena(Self.scales(of: pieces, sequences, columns, task))
  }

  /// A series from memory, whose next row is predicted: rows of `width` values in the data's units.
  ///
  /// - Parameters:
  ///   - values: the rows, at least two.
  ///   - width: the columns of a row.
  ///   - source: what messages call it.
  ///   - columns: how the model sees them; standardised by these rows if nil.
  ///   - score: how success is measured; the normalised error if nil.
  package convenience init(
    values: [Double], width: Int, source: String, columns: [SeriesColumn]? = nil,
    score: Score? = nil
  ) {
    let storage = SeriesStorage(values: values, width: width)
    precondition(storage.rows >= 2, "\(storage.rows) rows, expected 2 or more")
    let columns =
      columns
      ?? (0..<width).map { column in
        var statistics = ColumnStatistics()
        for row in 0..<storage.rows { statistics.add(storage.values[row * width + column]) }
        return statistics.column(named: "\(column + 1)", normalize: .standard)
      }
    let sequence = SeriesSequence(
      name: source, inputFile: 0, targetFile: 0, firstInput: 0, firstTarget: 1,
      timeSteps: 0..<storage.rows - 1)
    let places = Array(0..<width)
    self.init(
      files: [SeriesFile(storage: storage, inputs: places, targets: places)],
      sequences: [sequence], columns: SeriesColumns(inputs: columns, targets: columns),
      task: SeriesTask(), source: source, score: score)
  }

  package var sequenceCount: Int { pieces.count }
  package var originNames: [String]? { sequences.map(\.name) }
  package var originCount: Int { sequences.count }
  package func origin(ofSequence piece: Int) -> Int { pieces[piece].sequence }

  /// 1 / (σ + 0.1) of each piece's targets, where the loss asks for it.
  package var sequenceScales: UnsafePointer<Float>? {  // [pieces, targets]
    task.needsDeviations ? UnsafePointer(scaleArena.base) : nil
  }

  package func timeSteps(ofSequence piece: Int, epoch: Int) -> Int {
    pieces[piece].timeSteps.count
  }

  /// The same sequences, in pieces that so many streams share.
  package func cut(streams: Int) -> any Corpus {
    guard !isContinuous else { return self }
    return SeriesCorpus(
      files: files, sequences: sequences, pieces: task.pieces(of: sequences, streams: streams),
      columns: columns, task: task, source: source, score: score)
  }

  /// Whether the truth is known.
  package var hasTargets: Bool { files.contains { !$0.targets.isEmpty } }

  /// A target in the data's units, NaN where it is missing; time steps are counted from the sequence's
  /// start.
  package func target(sequence: Int, timeStep: Int, column: Int) -> Double {
    let sequence = sequences[sequence]
    let file = files[sequence.targetFile]
    let row = sequence.firstTarget + timeStep
    guard !file.targets.isEmpty, row < file.storage.rows else { return .nan }
    let value = file.storage.values[row * file.storage.width + file.targets[column]]
    return task.cap.map { value > $0 ? $0 : value } ?? value
  }

  private static func scales(
    of pieces: [SeriesPiece], _ sequences: [SeriesSequence], _ columns: SeriesColumns,
    _ task: SeriesTask
  ) -> [Float] {
    guard task.needsDeviations else { return [] }
    return pieces.flatMap { piece in
      let known =
        columns.deviations?[sequences[piece.sequence].name]
        ?? columns.commonDeviations
      return columns.targets.indices.map { Float(1 / ((known?[$0] ?? 1) + 0.1)) }
    }
  }
}
