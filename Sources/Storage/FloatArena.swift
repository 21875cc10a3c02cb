/// A pointer to floats in an arena; the axes stand in a comment where it is declared.
public typealias FloatPointer = UnsafeMutablePointer<Float>

/// Zero-filled memory for `count` floats, aligned to a cache line and owned by one place.
public struct FloatArena: ~Copyable {
  /// The first float.
  public let base: FloatPointer
  /// The number of floats.
  public let count: Int

  /// Allocates `count` floats, all zero.
  public init(count: Int) {
    precondition(count >= 0, "an arena of \(count) floats")
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    self.base = memory.bindMemory(to: Float.self, capacity: max(count, 1))
    self.count = count
    base.initialize(repeating: 0, count: max(count, 1))
  }

  deinit { base.deallocate() }

  /// Sets every float to zero.
  public func clear() { base.update(repeating: 0, count: count) }

  /// The arena as a buffer; valid as long as the arena lives.
  public var buffer: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: base, count: count)
  }
}
