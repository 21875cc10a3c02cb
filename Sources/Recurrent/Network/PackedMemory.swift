import Storage

/// The memory of a network's packed weights: its own, or a place that other networks read, too.
///
/// Sendable by this invariant: the place is chosen by the network's own thread between two phases, and
/// in a phase each worker packs weights of its own, or all of them only read.
final class PackedMemory: @unchecked Sendable {
  /// The floats that are needed.
  private(set) var count = 0
  private var place: FloatPointer?
  private var own: Arena<Float>?  // [count]

  /// Where packed weights lie.
  var base: FloatPointer {
    guard let place else { preconditionFailure("weights that were never packed") }
    return place
  }

  /// Reserves room for some floats; returns the first one's number, which begins a cache line.
  func reserve(_ floats: Int) -> Int {
    defer { count += CacheLine.padded(floats) }
    return count
  }

  /// Uses the floats at `base`, as many as are needed.
  func use(_ base: FloatPointer) { place = base }

  /// Makes memory of its own, unless there is a place.
  func ensurePlace() {
    guard place == nil else { return }
    let arena = Arena<Float>(count: count)
    place = arena.base
    own = consume arena
  }
}
