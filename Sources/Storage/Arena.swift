import Glibc

/// Zero-filled memory for `count` elements, aligned to a cache line and owned by one place.
///
/// Sendable by the invariant of ``Disjoint``: who lets several workers write to it gives each its
/// own part.
package struct Arena<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  /// The first element.
  package let base: UnsafeMutablePointer<Element>
  /// The number of elements.
  package let count: Int

  /// The bytes of a large page on x86-64, and on ARM with pages of 4 KiB.
  private static var largePage: Int { 1 << 21 }

  /// Allocates `count` elements, all of whose bits are zero.
  package init(count: Int) {
    precondition(count >= 0, "an arena of \(count) elements")
    let capacity = max(count, 1)
    let bytes = capacity * MemoryLayout<Element>.stride
    let isLarge = bytes >= Self.largePage
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: bytes, alignment: isLarge ? Self.largePage : CacheLine.bytes)
    if isLarge {
      // Rows of a large matrix lie on many small pages, more than the processor has at hand. It is
      // advice: a system that does not take it gives small pages.
      madvise(memory, bytes, MADV_HUGEPAGE)
    }
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    self.base = memory.assumingMemoryBound(to: Element.self)
    self.count = count
  }

  /// An arena with these elements.
  package init(_ elements: [Element]) {
    self.init(count: elements.count)
    _ = buffer.update(fromContentsOf: elements)
  }

  deinit { base.deallocate() }

  /// Sets every element to zero.
  package func clear() { memset(base, 0, count * MemoryLayout<Element>.stride) }

  /// The arena as a buffer; valid as long as the arena lives.
  @inlinable package var buffer: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: base, count: count)
  }
}
