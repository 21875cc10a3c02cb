import Foundation

/// A value behind a lock that ThreadSanitizer knows: it takes Synchronization's `Mutex`, whose library
/// it does not see into, for no lock at all.
///
/// Sendable by this invariant: `withLock` alone reaches the value, and holds the lock meanwhile.
final class Guarded<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value

  init(_ value: Value) { self.value = value }

  func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
    lock.lock()
    defer { lock.unlock() }
    return body(&value)
  }
}
