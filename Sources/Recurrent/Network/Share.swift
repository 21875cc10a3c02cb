/// One part of something that is cut evenly.
struct Share {
  private let part: Int
  private let parts: Int

  init(_ part: Int, of parts: Int) {
    self.part = part
    self.parts = parts
  }

  func range(of count: Int) -> Range<Int> { range(of: 0..<count) }

  func range(of whole: Range<Int>) -> Range<Int> {
    let lower = whole.lowerBound + whole.count * part / parts
    return lower..<whole.lowerBound + whole.count * (part + 1) / parts
  }
}
