/// One part of something that is cut evenly: parts differ by at most one, and the larger come first.
package struct Share: Sendable {
  private let part: Int
  private let parts: Int

  package init(_ part: Int, of parts: Int) {
    precondition(part >= 0 && part < parts, "part \(part) of \(parts)")
    self.part = part
    self.parts = parts
  }

  package func range(of count: Int) -> Range<Int> { range(of: 0..<count) }

  /// The part of `whole` that is cut at multiples of `granule` from its start.
  package func range(of whole: Range<Int>, multipleOf granule: Int = 1) -> Range<Int> {
    let granules = (whole.count + granule - 1) / granule
    let (size, larger) = granules.quotientAndRemainder(dividingBy: parts)
    let start = part * size + min(part, larger)
    let end = start + size + (part < larger ? 1 : 0)
    return min(
      whole.lowerBound + start * granule, whole.upperBound)..<min(
        whole.lowerBound + end * granule, whole.upperBound)
  }
}
