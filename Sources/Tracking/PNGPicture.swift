/// A picture file whose size is known.
package struct PNGPicture: Sendable, Equatable {
  /// In pixels.
  package let width: Int
  /// In pixels.
  package let height: Int
  /// The file's content.
  package let bytes: [UInt8]

  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  /// Where the first chunk, which every such file begins with, has width and height.
  private static let places = (width: 16, height: 20)

  /// nil for what is no PNG.
  ///
  /// - Parameter bytes: the file's content.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.places.height + 4, bytes.starts(with: Self.signature) else {
      return nil
    }
    func number(at place: Int) -> Int {
      bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    width = number(at: Self.places.width)
    height = number(at: Self.places.height)
    self.bytes = bytes
  }
}
