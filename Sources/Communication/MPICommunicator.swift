import CMessagePassing
import Foundation
import Storage

/// The ranks of an MPI job, or a group of them that works by itself.
package final class MPICommunicator: Communicator {
  package let rank: Int
  package let size: Int
  package let node: NodeTopology
  package let hostName = ProcessInfo.processInfo.hostName
  package let library: String

  /// The most elements of one message. MPI counts in `int`, and several transports go wrong above
  /// 2 GiB although MPI allows it; 2²⁸ floats are 1 GiB.
  package var messageLimit = 1 << 28

  /// This process's number in the whole job, by which messages name it.
  let worldRank: Int
  /// All its ranks.
  private let world: RankGroup
  private let nodeGroup: RankGroup
  /// The ranks of the node beside the same memory.
  private let domainGroup: RankGroup
  private let settings: CommunicationSettings
  /// In the order in which they were made, which is the same on all ranks of the node.
  private var windows: [SharedWindow] = []
  private var isFinalized = false

  /// Initialises MPI and finds out who shares memory with whom. Once in a process.
  convenience init(settings: CommunicationSettings) throws(CommunicationError) {
    var handle: OpaquePointer?
    try check(unfold_mpi_initialize(&handle), "initialisation", rank: 0)
    guard let handle else { preconditionFailure("MPI gave no world communicator") }
    let rank = unfold_communicator_rank(handle)
    unfold_report_crashes(rank)
    try self.init(handle, worldRank: Int(rank), settings: settings)
  }

  /// Finds out who of a group of ranks shares memory with whom. Collective over it.
  private init(
    _ handle: OpaquePointer, worldRank: Int, settings: CommunicationSettings
  ) throws(CommunicationError) {
    self.worldRank = worldRank
    world = RankGroup(handle: handle, worldRank: worldRank)
    rank = world.rank
    size = world.size
    library = text { unfold_mpi_library_version($0, $1) }

    var nodeHandle: OpaquePointer?
    var (index, count): (Int32, Int32) = (0, 0)
    let status = unfold_communicator_split_nodes(
      handle, Int32(settings.ranksPerNode ?? 0), &nodeHandle, &index, &count)
    try check(status, "split into nodes", rank: worldRank)
    guard let nodeHandle else { preconditionFailure("MPI gave no node communicator") }
    nodeGroup = RankGroup(handle: nodeHandle, worldRank: worldRank)
    node = NodeTopology(
      localRank: nodeGroup.rank, localSize: nodeGroup.size, index: Int(index), count: Int(count))
    self.settings = settings

    var domainHandle: OpaquePointer?
    let localRank = nodeGroup.rank
    let domains =
      settings.ranksPerDomain.map { Int32(localRank / $0) } ?? MemoryDomains().bits(of: .current())
    try check(
      unfold_communicator_split(nodeHandle, domains, &domainHandle), "split into memory domains",
      rank: worldRank)
    guard let domainHandle else { preconditionFailure("MPI gave no communicator of a domain") }
    domainGroup = RankGroup(handle: domainHandle, worldRank: worldRank)
  }

  package func allreduceSum(
    _ values: UnsafeMutablePointer<Float>, count: Int
  ) throws(CommunicationError) {
    try nodeGroup.meet()
    try world.allreduce(
      values, count: count, UNFOLD_MPI_FLOAT, UNFOLD_MPI_SUM, limit: messageLimit)
  }

  package func allreduceSum(
    _ values: UnsafeMutablePointer<Double>, count: Int
  ) throws(CommunicationError) {
    try nodeGroup.meet()
    try world.allreduce(
      values, count: count, UNFOLD_MPI_DOUBLE, UNFOLD_MPI_SUM, limit: messageLimit)
  }

  package func allreduceMinimum(_ value: Int64) throws(CommunicationError) -> Int64 {
    var result = value
    try nodeGroup.meet()
    try world.allreduce(&result, count: 1, UNFOLD_MPI_INT64, UNFOLD_MPI_MINIMUM, limit: 1)
    return result
  }

  package func allreduceMaximum(_ value: Int64) throws(CommunicationError) -> Int64 {
    var result = value
    try nodeGroup.meet()
    try world.allreduce(&result, count: 1, UNFOLD_MPI_INT64, UNFOLD_MPI_MAXIMUM, limit: 1)
    return result
  }

  package func broadcast(
    _ bytes: UnsafeMutableRawBufferPointer, from root: Int
  ) throws(CommunicationError) {
    checkRank(root)
    try world.broadcast(bytes, from: root, limit: messageLimit)
  }

  package func gather(
    _ bytes: UnsafeRawBufferPointer, at root: Int
  ) throws(CommunicationError) -> [[UInt8]]? {
    checkRank(root)
    return try world.gather(bytes, at: root, limit: messageLimit)
  }

  package func send(_ bytes: UnsafeRawBufferPointer, to rank: Int) throws(CommunicationError) {
    checkPeer(rank)
    try world.send(bytes, to: rank, tag: .exchange, limit: messageLimit)
  }

  package func receive(
    into bytes: UnsafeMutableRawBufferPointer, from rank: Int
  ) throws(CommunicationError) {
    checkPeer(rank)
    try world.receive(into: bytes, from: rank, tag: .exchange, limit: messageLimit)
  }

  package func makeFlight() throws(CommunicationError) -> Flight {
    try Flight(group: world, limit: messageLimit)
  }

  package func barrier() throws(CommunicationError) { try world.barrier() }

  package func abort(code: Int32) -> Never { unfold_mpi_abort(code) }

  /// Frees the shared windows and groups and ends MPI. Collective.
  ///
  /// What fails here is passed over: the work is done, and mpirun reports a rank that ends badly.
  func finalizeMessagePassing() {
    // Others may wait in a call that this rank has left.
    guard !unfold_mpi_has_failed() else { abort(code: 1) }
    guard !isFinalized else { return }
    isFinalized = true
    freeGroups()
    _ = unfold_mpi_finalize()
  }

  /// Frees the shared windows and the groups, and leaves MPI as it is. Collective.
  func freeGroups() {
    freeArenas()
    _ = unfold_meeting_free(domainGroup.handle)
    _ = unfold_meeting_free(nodeGroup.handle)
    _ = unfold_communicator_free(domainGroup.handle)
    _ = unfold_communicator_free(nodeGroup.handle)
    _ = unfold_communicator_free(world.handle)
  }

  /// Frees all shared windows that were made so far. Collective.
  func freeArenas() {
    world.checkThread()
    for window in windows { window.free() }
    windows = []
  }

  /// The ranks of equal `color`, in their order; one rank alone needs no MPI. Collective.
  func split(color: Int) throws(CommunicationError) -> any Communicator {
    world.checkThread()
    var handle: OpaquePointer?
    let status = Heartbeat.whileWaiting {
      unfold_communicator_split(world.handle, Int32(color), &handle)
    }
    try check(status, "split into groups", rank: worldRank)
    guard let handle else { preconditionFailure("MPI gave no communicator of a group") }
    guard unfold_communicator_size(handle) > 1 else {
      try check(unfold_communicator_free(handle), "end of a group", rank: worldRank)
      return SoloCommunicator()
    }
    return try MPICommunicator(handle, worldRank: worldRank, settings: settings)
  }
}

// MARK: - The node

extension MPICommunicator {
  package func gatherOnNode(_ bytes: [UInt8]) throws(CommunicationError) -> [[UInt8]] {
    var parts: [[UInt8]] = []
    for member in 0..<node.localSize {
      var count = Int64(bytes.count)
      try nodeGroup.broadcast(&count, from: member)
      var part = member == node.localRank ? bytes : [UInt8](repeating: 0, count: Int(count))
      try part.withBytes { (place) throws(CommunicationError) in
        try nodeGroup.broadcast(place, from: member, limit: messageLimit)
      }
      parts.append(part)
    }
    return parts
  }

  package func waitWithoutCores(_ isShort: Bool) throws(CommunicationError) {
    guard size > 1, try allreduceMaximum(isShort ? 1 : 0) == 1 else { return }
    for group in [nodeGroup, domainGroup] where group.size > 1 {
      // Without shared memory they go on to wait inside MPI.
      guard try reasonNotToShare([Int64(CacheLine.bytes)], among: group) == nil else { continue }
      try group.beginMeeting()
    }
  }

  package func makeSharedArena(
    floatCount: Int, privateCount: Int, scope: ArenaScope
  ) throws(CommunicationError) -> SharedArena {
    precondition(floatCount >= 0, "an arena of \(floatCount) floats")
    guard node.localSize > 1 else {
      return SharedArena(privateCount: privateCount, fallbackReason: nil)
    }
    let members =
      switch scope {
      case .memoryDomain: domainGroup
      case .node: nodeGroup
      }
    let byteCount = max(floatCount, 1) * MemoryLayout<Float>.stride
    // The leaders ask for all domains at once, before any of them takes what is there.
    let leads = members.rank == 0 && members.size > 1
    let demands = try gatherOnNode(
      withUnsafeBytes(of: Int64(leads ? byteCount : 0)) { Array($0) }
    ).map { bytes in bytes.withUnsafeBytes { $0.loadUnaligned(as: Int64.self) } }
    let reason = try reasonNotToShare(demands, among: nodeGroup)
    guard members.size > 1, reason == nil else {
      return SharedArena(
        privateCount: privateCount, fallbackReason: members.size > 1 ? reason : nil)
    }
    let window = try SharedWindow(byteCount: byteCount, members: members)
    windows.append(window)
    let arena = SharedArena(
      window: window, count: floatCount, memberRank: members.rank, memberCount: members.size)
    try arena.handOver()
    return arena
  }

  /// Asks the group's leader for the room in its /dev/shm before anyone allocates: with too little, MPI
  /// errs on one rank and the others wait for ever. All of the group decide from its answer.
  private func reasonNotToShare(
    _ demands: [Int64], among group: RankGroup
  ) throws(CommunicationError) -> String? {
    var free =
      settings.isSharedMemoryAllowed
      ? unfold_free_bytes(SharedMemoryRoom.folder) : SharedMemoryRoom.isOff
    try group.broadcast(&free, from: 0)
    return SharedMemoryRoom(demands).reasonNotToShare(free: free, host: hostName)
  }
}
