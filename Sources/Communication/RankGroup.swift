import CMessagePassing

/// A group of ranks as the C shim knows it, with Swift's errors.
///
/// The handle belongs to the `MPICommunicator` that made the group and frees it.
struct RankGroup {
  let handle: OpaquePointer
  let rank: Int
  let size: Int
  /// The rank in the world, for errors.
  let worldRank: Int

  /// Messages of one operation's kind never meet those of another.
  enum Tag: Int32 {
    case exchange = 1
    case gather = 2
    /// The first of many: a flight of transfers adds its number.
    case sums = 3
  }

  init(handle: OpaquePointer, worldRank: Int) {
    self.handle = handle
    self.worldRank = worldRank
    rank = Int(unfold_communicator_rank(handle))
    size = Int(unfold_communicator_size(handle))
  }

  func allreduce(
    _ values: UnsafeMutableRawPointer, count: Int, _ element: unfold_mpi_element,
    _ operation: unfold_mpi_operation, limit: Int
  ) throws(CommunicationError) {
    checkThread()
    let status = Heartbeat.whileWaiting {
      unfold_allreduce(handle, values, Int64(count), element, operation, Int64(limit))
    }
    try check(status, "allreduce of \(count) elements", rank: worldRank)
  }

  func broadcast(
    _ bytes: UnsafeMutableRawBufferPointer, from root: Int, limit: Int
  ) throws(CommunicationError) {
    checkThread()
    let status = Heartbeat.whileWaiting {
      unfold_broadcast(
        handle, bytes.baseAddress, Int64(bytes.count), Int32(root), Int64(limit))
    }
    try check(status, "broadcast of \(bytes.count) bytes", rank: worldRank)
  }

  func broadcast(_ value: inout Int64, from root: Int) throws(CommunicationError) {
    var bytes = withUnsafeBytes(of: value) { [UInt8]($0) }
    try bytes.withBytes { (place) throws(CommunicationError) in
      try broadcast(place, from: root, limit: place.count)
    }
    value = bytes.withUnsafeBytes { $0.loadUnaligned(as: Int64.self) }
  }

  /// From now on the group's ranks, all of one node, wait for one another without keeping cores busy.
  func beginMeeting() throws(CommunicationError) {
    checkThread()
    try check(unfold_meeting_create(handle), "meeting place", rank: worldRank)
  }

  /// Waits for the group's ranks before they enter MPI, if they share cores.
  func meet() throws(CommunicationError) {
    checkThread()
    try check(
      Heartbeat.whileWaiting { unfold_meet(handle) }, "meeting", rank: worldRank)
  }

  func barrier() throws(CommunicationError) {
    checkThread()
    try check(
      Heartbeat.whileWaiting { unfold_barrier(handle) }, "barrier", rank: worldRank)
  }

  func send(
    _ bytes: UnsafeRawBufferPointer, to peer: Int, tag: Tag, limit: Int
  ) throws(CommunicationError) {
    checkThread()
    let status = Heartbeat.whileWaiting {
      unfold_send(
        handle, bytes.baseAddress, Int64(bytes.count), Int32(peer), tag.rawValue, Int64(limit))
    }
    try check(status, "send of \(bytes.count) bytes to rank \(peer)", rank: worldRank)
  }

  func receive(
    into bytes: UnsafeMutableRawBufferPointer, from peer: Int, tag: Tag, limit: Int
  ) throws(CommunicationError) {
    checkThread()
    var received: Int64 = 0
    let status = Heartbeat.whileWaiting {
      unfold_receive(
        handle, bytes.baseAddress, Int64(bytes.count), Int32(peer), tag.rawValue, Int64(limit),
        &received)
    }
    try check(status, "receive of \(bytes.count) bytes from rank \(peer)", rank: worldRank)
    guard received == bytes.count else {
      throw .wrongMessageSize(
        rank: worldRank, sender: peer, expected: bytes.count, got: Int(received))
    }
  }

  /// Collects every rank's bytes at the root.
  ///
  /// Not one MPI_Gatherv: its counts and displacements are `int`, so it ends at 2 GiB in total.
  func gather(
    _ bytes: UnsafeRawBufferPointer, at root: Int, limit: Int
  ) throws(CommunicationError) -> [[UInt8]]? {
    checkThread()
    var counts = [Int64](repeating: 0, count: rank == root ? size : 0)
    let status = Heartbeat.whileWaiting {
      unfold_gather_int64(handle, Int64(bytes.count), &counts, Int32(root))
    }
    try check(status, "gather of sizes", rank: worldRank)
    guard rank == root else {
      try send(bytes, to: root, tag: .gather, limit: limit)
      return nil
    }
    var parts: [[UInt8]] = []
    for (peer, count) in counts.enumerated() {
      parts.append(
        peer == rank
          ? [UInt8](bytes) : try receivePart(of: Int(count), from: peer, limit: limit))
    }
    return parts
  }

  private func receivePart(
    of count: Int, from peer: Int, limit: Int
  ) throws(CommunicationError) -> [UInt8] {
    var part = [UInt8](repeating: 0, count: count)
    try part.withBytes { (bytes) throws(CommunicationError) in
      try receive(into: bytes, from: peer, tag: .gather, limit: limit)
    }
    return part
  }

  /// Only flights may be moved by another thread than the one that initialised MPI.
  func checkThread() {
    precondition(
      unfold_mpi_is_initial_thread(),
      "rank \(worldRank) calls MPI from another thread than the one that initialised it")
  }
}

extension Array where Element == UInt8 {
  /// The bytes in place, with the closure's own error type (the standard function erases it).
  mutating func withBytes<Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    var failure: Failure?
    withUnsafeMutableBytes { bytes in
      do throws(Failure) { try body(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }
}
