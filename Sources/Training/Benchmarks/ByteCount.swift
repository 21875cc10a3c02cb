/// Sizes of memory as people, and Linux, write them.
package enum ByteCount {
  private static let exponents: [Character: Int] = ["K": 10, "M": 20, "G": 30]

  /// The bytes that a word such as `4096`, `4K`, `1M` or `2G` stands for, K being 1024; nil if it
  /// stands for none.
  package static func parse(_ word: String) -> Int? {
    let exponent = word.last.flatMap { exponents[$0] }
    guard let count = Int(exponent == nil ? Substring(word) : word.dropLast()) else { return nil }
    let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: 1 << (exponent ?? 0))
    return isTooLarge ? nil : bytes
  }
}
