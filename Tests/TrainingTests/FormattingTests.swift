import Testing
import Training

/// Numbers as people read them.
struct FormattingTests {
  @Test(arguments: [0, 7, 12, 999, 1000, 65_536, 1_000_000, 123_456_789_012])
  func groupsOfThreeKeepTheNumber(value: Int) {
    for value in [value, -value] {
      let text = Formatting.grouped(Double(value))
      #expect(Int(text.filter { $0 != "," }) == value)
      let groups = text.filter { $0 != "-" }.split(separator: ",")
      #expect(groups.dropFirst().allSatisfy { $0.count == 3 })
      #expect((1...3).contains(groups[0].count))
    }
  }

  @Test(arguments: [0, 9, 59, 60, 61, 3599, 3600, 3661, 86_399, 400_000])
  func durationsKeepTheSeconds(seconds: Int) {
    let parts = Formatting.duration(Double(seconds)).split(separator: ":").compactMap { Int($0) }
    #expect(parts.reduce(0) { $0 * 60 + $1 } == seconds)
    #expect(parts.dropFirst().allSatisfy { $0 < 60 })
    #expect(parts.count == (seconds < 3600 ? 2 : 3))
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func numbersThatAreNoneDoNotTrap(value: Double) {
    #expect(!Formatting.grouped(value).isEmpty)
    #expect(!Formatting.duration(value).isEmpty)
    #expect(!Formatting.decimal(value).isEmpty)
  }

  @Test(arguments: 0...6)
  func decimalsAreAsManyAsAskedFor(digits: Int) {
    let text = Formatting.decimal(2.5, digits)
    #expect((text.split(separator: ".").dropFirst().first?.count ?? 0) == digits)
  }
}
