import CMessagePassing

/// Transfers under way, to and from many ranks at once.
///
/// MPI moves them only inside its calls: whoever computes in the meantime lets somebody test them. Flights
/// may be started and tested by any thread while no other calls MPI, where `servesThreads`; else only by the
/// one that started MPI.
public final class Flight {
  private let handle: OpaquePointer
  private let group: RankGroup
  private let limit: Int

  /// Whether threads may call MPI in turns.
  package static var servesThreads: Bool { unfold_mpi_serves_threads() }

  /// None under way yet.
  init(group: RankGroup, limit: Int) throws(CommunicationError) {
    var handle: OpaquePointer?
    try check(unfold_flight_create(&handle), "flight", rank: group.worldRank)
    guard let handle else { preconditionFailure("a flight without a handle") }
    self.handle = handle
    self.group = group
    self.limit = limit
  }

  deinit { unfold_flight_free(handle) }

  /// Starts these transfers, when those before have landed. Not collective; both sides of each must name
  /// it, in the same order where there are several between two ranks with the same number.
  package func start(
    _ transfers: UnsafeBufferPointer<Transfer>, number: Int
  ) throws(CommunicationError) {
    guard let base = transfers.baseAddress else { return }
    let tag = RankGroup.Tag.sums.rawValue + Int32(number)
    let status = base.withMemoryRebound(to: unfold_transfer.self, capacity: transfers.count) {
      unfold_flight_start(handle, group.handle, $0, Int64(transfers.count), tag, Int64(limit))
    }
    try check(status, "start of \(transfers.count) transfers", rank: group.worldRank)
  }

  /// Moves the transfers on, and tells whether all are over.
  package func hasLanded() throws(CommunicationError) -> Bool {
    var hasLanded = false
    try check(
      unfold_flight_test(handle, &hasLanded), "test of transfers", rank: group.worldRank)
    return hasLanded
  }
}
