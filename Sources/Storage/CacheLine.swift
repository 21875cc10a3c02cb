/// What a processor moves between memory and caches at a time. Two cores that write to one line wait
/// for each other.
package enum CacheLine {
  /// The bytes of a line.
  package static let bytes = 64
  /// The floats of a line.
  package static let floats = bytes / MemoryLayout<Float>.stride

  /// A number of floats, brought up to whole lines.
  package static func padded(_ floats: Int) -> Int {
    (floats + Self.floats - 1) / Self.floats * Self.floats
  }
}
