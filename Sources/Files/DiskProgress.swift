import Synchronization

/// How far the calls of a file system have come, for those who wait for another thread that makes them.
package final class DiskProgress: Sendable {
  private let done = Atomic(0)

  /// What has been done so far; it grows with each call that has come to its end.
  package var count: Int { done.load(ordering: .relaxed) }

  /// Nothing has been done yet.
  init() {}

  func advance() { done.add(1, ordering: .relaxed) }
}
