import CMessagePassing

/// A reduction that was started and may still be in flight.
///
/// It advances only inside calls to MPI: who computes in the meantime calls `test()` now and then.
/// Whoever starts it calls `wait()`, or `test()` until it is done, on the thread that started it.
public final class PendingReduction {
  /// The request in flight; nil when it is done.
  private var request: OpaquePointer?
  private let rank: Int

  /// A reduction over one rank: done from the start.
  init() {
    request = nil
    rank = 0
  }

  init(request: OpaquePointer, rank: Int) {
    self.request = request
    self.rank = rank
  }

  /// Whether the values are there. Asks nothing.
  public var isDone: Bool { request == nil }

  /// Waits for the values.
  public func wait() throws(CommunicationError) {
    guard let request else { return }
    // MPI may not be asked about a request that failed, so it is forgotten first.
    self.request = nil
    try check(unfold_request_wait(request), "wait for allreduce", rank: rank)
  }

  /// Advances the reduction and tells whether the values are there.
  public func test() throws(CommunicationError) -> Bool {
    guard let request else { return true }
    var isDone = false
    let status = unfold_request_test(request, &isDone)
    if isDone || status != 0 { self.request = nil }
    try check(status, "test of allreduce", rank: rank)
    return isDone
  }
}
