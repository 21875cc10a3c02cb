import CMessagePassing
import Storage
import Workers

/// Which ranks share one copy of an arena.
public enum ArenaScope: Sendable {
  /// The ranks of a node that run beside the same memory (on the same NUMA nodes), for what they all
  /// read at every turn.
  case memoryDomain
  /// The ranks of a node.
  case node
}

/// Floats of which some ranks of a node share one copy, or of which each rank has its own.
///
/// Its *members* are the ranks that share this copy. Who writes, and when, is the members' agreement:
/// what one stored is visible to the others only after `handOver()`.
public final class SharedArena {
  /// The first float, aligned to 64 bytes. Zero-filled at the start.
  public let base: UnsafeMutablePointer<Float>

  /// How many floats there are.
  public let count: Int

  /// This rank's number among the members.
  public let memberRank: Int

  /// How many ranks share this copy; 1 when it is private.
  public let memberCount: Int

  /// Why every rank has its own copy although a shared one was asked for, in one line.
  public let fallbackReason: String?

  /// Whether other ranks see this copy.
  public var isShared: Bool { window != nil }

  /// Whether this rank is the one that writes for all members.
  public var isLeader: Bool { memberRank == 0 }

  /// This rank's part of what the members do together.
  package var share: Share { Share(memberRank, of: memberCount) }

  /// The floats.
  public var values: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: base, count: count)
  }

  private let window: SharedWindow?
  private let own: Arena<Float>?

  /// A copy of this rank's own, freed with the arena.
  init(privateCount count: Int, fallbackReason: String?) {
    let own = Arena<Float>(count: count)
    base = own.base
    self.own = consume own
    self.count = count
    self.fallbackReason = fallbackReason
    memberRank = 0
    memberCount = 1
    window = nil
  }

  /// A view of the members' copy, which belongs to the window. The leader fills it with zeros.
  init(window: SharedWindow, count: Int, memberRank: Int, memberCount: Int) {
    base = window.base.bindMemory(to: Float.self, capacity: count)
    self.count = count
    self.memberRank = memberRank
    self.memberCount = memberCount
    self.window = window
    own = nil
    fallbackReason = nil
    if memberRank == 0 { base.initialize(repeating: 0, count: count) }
  }

  /// Makes what any member stored before the call visible to all of them after it.
  ///
  /// Collective over the members, and a barrier among them; nothing happens to a private copy.
  public func handOver() throws(CommunicationError) {
    try window?.handOver()
  }
}

/// An MPI window. Its communicator frees it (a collective act, so not when Swift lets go of it).
final class SharedWindow {
  let base: UnsafeMutableRawPointer
  private let members: RankGroup
  private var handle: OpaquePointer?

  /// Allocates the memory. Collective over the members.
  init(byteCount: Int, members: RankGroup) throws(CommunicationError) {
    members.checkThread()
    var handle: OpaquePointer?
    var base: UnsafeMutableRawPointer?
    let status = unfold_window_allocate(
      members.handle, Int64(byteCount), Int64(CacheLine.bytes), &handle, &base)
    try check(status, "shared window of \(byteCount) bytes", rank: members.worldRank)
    guard let base else { preconditionFailure("a window of \(byteCount) bytes without a base") }
    self.base = base
    self.handle = handle
    self.members = members
  }

  func handOver() throws(CommunicationError) {
    members.checkThread()
    guard let handle else { preconditionFailure("an arena used after its communicator's end") }
    let status = Heartbeat.whileWaiting { unfold_window_hand_over(handle) }
    try check(status, "hand-over of shared memory", rank: members.worldRank)
  }

  /// Frees the memory. Collective over the members; the arena's base means nothing afterwards.
  func free() {
    guard let handle else { return }
    self.handle = nil
    _ = unfold_window_free(handle)
  }
}
