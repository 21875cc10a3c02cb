/// Something that reads files, with files that it takes.
struct FuzzedReader {
  /// What it is called, as a folder.
  let name: String
  /// How many of all inputs it gets, in thousandths or so: few where one takes long.
  let share: Int
  /// Files that it takes.
  let seeds: [[UInt8]]
  /// Words of its format, to be put anywhere.
  var words: [String] = []
  /// Reads a file; false where it is refused without words. What it throws is its refusal.
  let read: ([UInt8]) throws -> Bool

  /// Every reader.
  static func all(_ scratch: Scratch) throws -> [FuzzedReader] {
    try configurations(scratch) + sequences(scratch) + tables(scratch) + texts(scratch)
      + checkpoints(scratch) + caches(scratch)
  }
}

/// What a reader did wrong, found out by looking at what it took.
struct ReaderMistake: Error {
  let problem: String
}

/// Several files as one input.
enum Frame {
  private static let separator = Array("\n--8<--\n".utf8)

  /// Puts files one after the other.
  static func join(_ parts: [[UInt8]]) -> [UInt8] { Array(parts.joined(separator: separator)) }

  /// Takes so many files apart; empty ones where there are fewer.
  static func split(_ input: [UInt8], into count: Int) -> [[UInt8]] {
    var parts: [[UInt8]] = []
    var rest = input[...]
    while parts.count < count - 1, let found = rest.firstRange(of: separator) {
      parts.append(Array(rest[..<found.lowerBound]))
      rest = rest[found.upperBound...]
    }
    parts.append(Array(rest))
    return parts + Array(repeating: [], count: count - parts.count)
  }
}
