/// One part of something that is cut evenly.
package struct Share {
  private let part: Int
  private let parts: Int

  package init(_ part: Int, of parts: Int) {
    self.part = part
    self.parts = parts
  }

  package func range(of count: Int) -> Range<Int> { range(of: 0..<count) }

  /// The part of `whole` that is cut at multiples of `granule` from its start.
  package func range(of whole: Range<Int>, multipleOf granule: Int = 1) -> Range<Int> {
    let granules = (whole.count + granule - 1) / granule
    let lower = whole.lowerBound + granules * part / parts * granule
    let upper = whole.lowerBound + granules * (part + 1) / parts * granule
    return lower..<min(upper, whole.upperBound)
  }
}
