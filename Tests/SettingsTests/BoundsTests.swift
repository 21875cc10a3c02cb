import Settings
import Testing

@Suite("Integers have bounds at both ends, so that nothing computed from them overflows")
struct BoundsTests {
  /// The keys of integers with bounds, which is all but the seed.
  private static let keys: [(key: String, range: ClosedRange<Int>, with: [String])] =
    everyKey.compactMap { key, _, conditions in
      let type = Configuration.reference.first { $0.key == key }?.type ?? ""
      guard let found = type.wholeMatch(of: #/an integer, at least (\d+) and at most (\d+)/#),
        let lower = Int(found.1), let upper = Int(found.2)
      else { return nil }
      return (key, lower...upper, conditions)
    }

  @Test("every integer but the seed has them")
  func complete() {
    let integers = Configuration.reference.filter { $0.type.hasPrefix("an integer") }.map(\.key)
    #expect(integers == ["seed"] + Self.keys.map(\.key))
    #expect(Self.keys.count == 33)
  }

  @Test("beyond them is an error of one line, up to the ends of Int", arguments: keys.indices)
  func beyond(index: Int) throws {
    let (key, range, conditions) = Self.keys[index]
    let bounds = "must be at least \(range.lowerBound) and at most \(range.upperBound)"
    for value in [range.lowerBound - 1, range.upperBound + 1, .min, .min + 1, .max - 1, .max] {
      let line = try #require(failure(smallest, conditions + ["\(key)=\(value)"]), "\(value)")
      #expect(line == "--set \(key)=\(value): \(key): \(bounds), got \(value)")
    }
    for text in ["1e18", "9223372036854775808", "-9223372036854775809", "1e30", "-1e300"] {
      let line = try #require(failure(smallest, conditions + ["\(key)=\(text)"]), "\(text)")
      #expect(line.hasPrefix("--set \(key)=\(text): \(key): ") && !line.contains("\n"))
    }
  }

  @Test("the largest values are taken", arguments: keys.indices)
  func largest(index: Int) throws {
    let (key, range, conditions) = Self.keys[index]
    #expect(failure(smallest, conditions + ["\(key)=\(range.upperBound)"]) == nil)
  }

  @Test("a configuration made in code has the same bounds")
  func madeInCode() {
    let configuration = Configuration(
      data: .reber(.init(samples: .init(.max))), training: .init(epochs: 1))
    #expect(throws: ConfigurationError.self) { try configuration.check() }
  }
}
