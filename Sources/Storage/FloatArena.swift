import Glibc

/// A pointer to floats in an arena; the axes stand in a comment where it is declared.
public typealias FloatPointer = UnsafeMutablePointer<Float>

/// Zero-filled memory for `count` floats, aligned to a cache line and owned by one place.
public struct FloatArena: ~Copyable {
  /// The first float.
  public let base: FloatPointer
  /// The number of floats.
  public let count: Int

  /// The bytes of a large page on x86-64, and on ARM with pages of 4 KiB.
  private static let largePage = 1 << 21

  /// Allocates `count` floats, all zero.
  public init(count: Int) {
    precondition(count >= 0, "an arena of \(count) floats")
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let isLarge = bytes >= 2 * Self.largePage
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: bytes, alignment: isLarge ? Self.largePage : CacheLine.bytes)
    if isLarge {
      // Rows of a large matrix lie on many small pages, more than the processor has at hand. It is
      // advice: a system that does not take it gives small pages.
      madvise(memory, bytes, MADV_HUGEPAGE)
    }
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
