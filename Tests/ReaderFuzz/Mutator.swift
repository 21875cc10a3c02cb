import TestSupport

/// Damages files of one reader: bits, bytes, pieces that are lost, doubled or of another file, numbers
/// at limits, words of the format, deep nests.
struct Mutator {
  private let reader: FuzzedReader
  private let seed: UInt64
  private let words: [[UInt8]]

  /// The most bytes of an input.
  private static let longest = 1 << 15

  init(_ reader: FuzzedReader, seed: UInt64) {
    self.reader = reader
    self.seed = seed
    words = (Self.numbers + Self.marks + reader.words).map { Array($0.utf8) } + Self.bytes
  }

  /// The input of this number.
  func input(_ number: Int) -> [UInt8] {
    var random = SplitMix(reader: reader.name, number: number, seed: seed)
    var input = reader.seeds.randomElement(using: &random) ?? []
    // Mostly one or two, now and then many.
    repeat { mutate(&input, &random) } while Int.random(in: 0..<3, using: &random) > 0
    return Array(input.prefix(Self.longest))
  }

  private func mutate(_ input: inout [UInt8], _ random: inout SplitMix) {
    let piece = range(in: input, longest: 40, &random)
    let index = piece.lowerBound
    switch Int.random(in: 0..<14, using: &random) {
    case 0, 1:
      guard index < input.count else { return }
      input[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 2:
      guard index < input.count else { return }
      input[index] = UInt8.random(in: 0...255, using: &random)
    case 3:
      input.insert(UInt8.random(in: 0...255, using: &random), at: index)
    case 4:
      input.removeSubrange(piece)
    case 5:
      input.insert(contentsOf: input[piece], at: index)
    case 6:
      input.removeSubrange(index...)
    case 7:
      splice(&input, at: index, &random)
    case 8, 9:
      let word = words.randomElement(using: &random) ?? []
      input.replaceSubrange(Bool.random(using: &random) ? piece : index..<index, with: word)
    case 10, 11:
      replaceNumber(in: &input, from: index, &random)
    case 12:
      nest(&input, at: index, &random)
    default:
      let other = range(in: input, longest: 40, &random)
      input.replaceSubrange(piece, with: input[other])
    }
  }

  private func range(
    in input: [UInt8], longest: Int, _ random: inout SplitMix
  ) -> Range<Int> {
    let start = Int.random(in: 0...input.count, using: &random)
    return start..<min(input.count, start + Int.random(in: 0...longest, using: &random))
  }

  /// Goes on as another file does.
  private func splice(_ input: inout [UInt8], at index: Int, _ random: inout SplitMix) {
    let other = reader.seeds.randomElement(using: &random) ?? []
    let start = Int.random(in: 0...other.count, using: &random)
    input.replaceSubrange(index..., with: other[start...])
  }

  /// Puts another number in the place of the next one that is written in digits.
  private func replaceNumber(
    in input: inout [UInt8], from index: Int, _ random: inout SplitMix
  ) {
    let isDigit = { (byte: UInt8) in (48...57).contains(byte) }
    guard let start = input[index...].firstIndex(where: isDigit) else { return }
    let end = input[start...].firstIndex { !isDigit($0) } ?? input.count
    let number = Self.numbers.randomElement(using: &random) ?? ""
    input.replaceSubrange(start..<end, with: Array(number.utf8))
  }

  private func nest(_ input: inout [UInt8], at index: Int, _ random: inout SplitMix) {
    let piece = Array((Self.nests.randomElement(using: &random) ?? "").utf8)
    let depth = Int.random(in: 1...4000, using: &random)
    input.insert(contentsOf: Array(repeatElement(piece, count: depth).joined()), at: index)
  }
}

extension Mutator {
  private static let numbers = [
    "-1", "0", "-0", "1", "2", "255", "65536", "2147483647", "2147483648", "4294967295",
    "4294967296", "-2147483649", "9007199254740993", "4611686018427387904", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "18446744073709551615",
    "99999999999999999999999999", "0.5", ".5", "5.", "1e", "1e-400", "1e308", "1e999", "-1e999",
    "0x10", "1_0", "NaN", ".nan", "nan", "inf", "-inf", "Infinity",
    String(repeating: "9", count: 400), "0." + String(repeating: "0", count: 400) + "1",
  ]

  private static let marks = [
    "{", "}", "[", "]", "(", ")", "\"", "'", "\\", "\\u0000", "\\ud800", "\\ud800\\udc00",
    ":", ": ", ",", ";", "\t", " ", "\n", "\r", "\r\n", "\n\n", "\0", "-", "- ", "#", "&a ", "*a",
    "<<: *a", "!!float ", "!!binary ", "|\n", ">\n", "---\n", "...\n", "%YAML 1.1\n", "? ", "@",
    "null", "true", "false", "~", "=", ".", "..", "/", "\u{FEFF}", "\u{85}", "\u{2028}", "é",
    "e\u{301}", "\u{1F600}", "\u{1B}[2J", String(repeating: "a", count: 3000),
  ]

  /// What is not UTF-8, and binary numbers at limits, little-endian.
  private static let bytes: [[UInt8]] = [
    [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF, 0xFE], [0x80],
    [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0x80], [0, 0, 0, 0, 0, 0, 0, 0x80],
    [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0],
    [0, 0, 0xC0, 0x7F], [0, 0, 0x80, 0x7F], [0, 0, 0, 0, 0, 0, 0, 0],
  ]

  private static let nests = ["[", "{\"a\":", "{a: ", "- ", "[[", "\"", "? ", "a:\n "]
}
