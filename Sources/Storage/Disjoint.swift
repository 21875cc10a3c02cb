/// A pointer to floats in an arena; the axes stand in a comment where it is declared.
public typealias FloatPointer = UnsafeMutablePointer<Float>

/// Memory of which the workers of one phase write disjoint parts.
///
/// Sendable by this invariant, which whoever starts the phase keeps: from its fork to its join an
/// element is written by one worker at most, and read by no other. Fork and join order what was
/// written before and after.
package struct Disjoint<Element>: @unchecked Sendable {
  /// The first element.
  package let base: UnsafeMutablePointer<Element>

  @inlinable package init(_ base: UnsafeMutablePointer<Element>) { self.base = base }

  /// Where a worker's part begins.
  @inlinable package static func + (
    memory: Disjoint, offset: Int
  ) -> UnsafeMutablePointer<Element> { memory.base + offset }

  @inlinable package subscript(index: Int) -> Element {
    get { base[index] }
    nonmutating set { base[index] = newValue }
  }
}

/// Memory that the workers of one phase read and nobody writes meanwhile, which makes it Sendable.
package struct Common<Element>: @unchecked Sendable {
  /// The first element.
  package let base: UnsafePointer<Element>

  @inlinable package init(_ base: UnsafePointer<Element>) { self.base = base }

  /// The same memory where something may have been written before the phase.
  @inlinable package init(_ base: UnsafeMutablePointer<Element>) {
    self.base = UnsafePointer(base)
  }

  /// The first element.
  @inlinable @inline(__always) package var pointee: Element { base.pointee }

  /// What lies `offset` elements further on.
  @inlinable package static func + (memory: Common, offset: Int) -> UnsafePointer<Element> {
    memory.base + offset
  }

  @inlinable @inline(__always) package subscript(index: Int) -> Element { base[index] }
}
