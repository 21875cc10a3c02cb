import Storage

/// Rows that belong together, in the files of a corpus.
package struct SeriesSequence: Sendable, Equatable, Codable {
  /// Its file's or its group's name.
  package let name: String
  /// The file with its inputs.
  let inputFile: Int
  /// The file with its targets.
  let targetFile: Int
  /// The row of the inputs of time step 0.
  let firstInput: Int
  /// The row of the targets of time step 0.
  let firstTarget: Int
  /// The time steps of this part of the data; those before may warm the state up.
  package let timeSteps: Range<Int>
  /// Its constants, as the model sees them.
  var attributes: [Float] = []
  /// The first row in which each input is known, where the last one may stand for it: no search goes
  /// further back.
  var firstKnown: [Int]?

  /// That row of an input; the first row where it is not asked for.
  func known(_ input: Int) -> Int { firstKnown?[input] ?? firstInput }
}

/// A run of a sequence's time steps that a stream carries from the zero state.
struct SeriesPiece: Sendable, Equatable {
  /// The sequence.
  let sequence: Int
  /// Its time steps, with those that only warm the state up.
  let timeSteps: Range<Int>
  /// The first that counts.
  let countedFrom: Int
}

extension SeriesTask {
  /// The sequences whole, each from its start.
  func whole(_ sequences: [SeriesSequence]) -> [SeriesPiece] {
    sequences.indices.flatMap { pieces(of: $0, sequences[$0], length: .max) }
  }

  /// The sequences cut so that no piece is longer than an equal share of the streams, or than `piece`.
  func pieces(of sequences: [SeriesSequence], streams: Int) -> [SeriesPiece] {
    guard !countsLastOnly else { return whole(sequences) }
    let total = sequences.reduce(0) { $0 + $1.timeSteps.count }
    let length = piece ?? max(1, (total + streams - 1) / streams)
    return sequences.indices.flatMap { pieces(of: $0, sequences[$0], length: length) }
  }

  private func pieces(of index: Int, _ sequence: SeriesSequence, length: Int) -> [SeriesPiece] {
    let all = sequence.timeSteps
    let count = (all.count - 1) / length + 1
    return (0..<count).compactMap { number in
      let own = Share(number, of: count).range(of: all)
      let start = max(0, own.lowerBound - warmUp)
      // At a sequence's very start there is nothing before it to warm up with.
      let countedFrom = max(own.lowerBound, warmUp)
      guard countedFrom < own.upperBound else { return nil }
      return SeriesPiece(
        sequence: index, timeSteps: start..<own.upperBound, countedFrom: countedFrom)
    }
  }
}
