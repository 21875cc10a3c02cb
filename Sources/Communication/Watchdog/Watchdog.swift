import CMessagePassing
import Dispatch
import Files
import Foundation
import Storage

/// Finds out which ranks the others wait for in vain, says which they are and what they do, and ends the
/// job.
///
/// A thread of its own on every rank looks at the heartbeats of all ranks: those of its node in memory
/// that they share, the others' as they come by `WatchMail`. It calls no MPI and allocates nothing until
/// something is wrong. A missing rank whose process still runs writes the stacks of its threads.
///
/// Sendable by this invariant: what varies is the thread's, from the start to its end.
package final class Watchdog: @unchecked Sendable {
  /// The exit code of a rank that ends its job because others did not come (EX_UNAVAILABLE).
  package static let exitCode: Int32 = 69

  private let rank: Int
  private let timeout: Double
  /// Seconds between two looks.
  private let interval: Double
  /// Seconds between two letters to other nodes.
  private let mailInterval: Double
  private let homes: [RankHome]
  private let arena: SharedArena  // [members, a cache line]
  /// The ranks that share it.
  private let members: [Int]
  private let mail: WatchMail?
  private let bell = Bell()
  private let hasEnded = DispatchSemaphore(value: 0)

  private var heartbeats: [unfold_heartbeat]  // of each rank
  private var sightings: [Sighting]
  /// Seconds to the next letter.
  private var untilMail: Double
  /// Seconds since something was found wrong.
  private var sinceVerdict = 0.0
  private var hasWrittenStacks = false

  /// So many seconds after it should have, a rank that has not told is told for by all others.
  private static let patienceWithNarrators = 10.0

  /// Starts it, for `Watch`. Collective.
  init(_ communicator: any Communicator, timeout: Int) throws(CommunicationError) {
    let (rank, size) = (communicator.rank, communicator.size)
    self.rank = rank
    interval = min(1, Double(timeout) / 20)
    // Many ranks write seldom, as each hears from all; and some letters may be lost.
    mailInterval = max(min(10, Double(timeout) / 20), Double(size) * 0.005)
    self.timeout = max(Double(timeout), 6 * mailInterval)
    untilMail = mailInterval * Double(rank) / Double(size)
    let onNode = try communicator.ranksOfNode()
    let arena = try communicator.makeSharedArena(
      floatCount: onNode.count * CacheLine.floats, privateCount: CacheLine.floats, scope: .node)
    self.arena = arena
    let members = arena.memberCount == onNode.count ? onNode : [rank]
    self.members = members
    // Before anything collective: from then on nobody on this node is unheard of.
    unfold_heartbeat_move(
      (UnsafeMutableRawPointer(arena.base) + arena.memberRank * CacheLine.bytes)
        .assumingMemoryBound(to: unfold_heartbeat.self))
    unfold_heartbeat_tick()

    let token = try communicator.broadcast(WatchMail.newToken(), from: 0)
    let mail = members.count < size ? WatchMail(rank: rank, of: size, token: token) : nil
    self.mail = mail
    let own = RankHome(
      rank: communicator.worldRank, host: communicator.hostName, address: mail?.address ?? "")
    let homes = try communicator.gatherForAll(own.text).map { RankHome($0) }
    self.homes = homes
    for (other, home) in homes.enumerated() where !members.contains(other) {
      mail?.add(home.address, isNear: home.host == own.host)
    }
    heartbeats = Array(repeating: unfold_heartbeat(), count: size)
    sightings = Array(repeating: Sighting(), count: size)

    unfold_prepare_stacks()
    let thread = Thread { [self] in run() }
    thread.name = "unfold.watchdog"
    thread.start()
  }

  /// Ends it.
  func stop() {
    bell.ring()
    hasEnded.wait()
    unfold_heartbeat_move(nil)
  }

  private func line(ofMember member: Int) -> UnsafeMutablePointer<unfold_heartbeat> {
    (UnsafeMutableRawPointer(arena.base) + member * CacheLine.bytes)
      .assumingMemoryBound(to: unfold_heartbeat.self)
  }

  // MARK: The thread

  private func run() {
    var last = DispatchTime.now().uptimeNanoseconds
    while !bell.rings(within: interval) {
      let now = DispatchTime.now().uptimeNanoseconds
      // Who was kept from looking has not seen that nobody went on.
      let seconds = min(Double(now - last) * 1e-9, 2 * interval)
      last = now
      unfold_heartbeat_tick()
      exchangeMail(after: seconds)
      look(after: seconds)
      judge(after: seconds)
    }
    hasEnded.signal()
  }

  private func exchangeMail(after seconds: Double) {
    guard let mail else { return }
    untilMail -= seconds
    if untilMail <= 0 {
      untilMail += mailInterval
      mail.send(unfold_heartbeat_read(line(ofMember: arena.memberRank)))
    }
    mail.takeAll { rank, heartbeat in
      // A letter may be overtaken.
      if heartbeat.ticks > heartbeats[rank].ticks { heartbeats[rank] = heartbeat }
    }
  }

  private func look(after seconds: Double) {
    for (index, member) in members.enumerated() {
      heartbeats[member] = unfold_heartbeat_read(line(ofMember: index))
    }
    for rank in sightings.indices { sightings[rank].update(heartbeats[rank], after: seconds) }
  }

  private func judge(after seconds: Double) {
    guard let verdict = Verdict(of: sightings, timeout: timeout) else {
      sinceVerdict = 0
      return
    }
    sinceVerdict += seconds
    if case .missing(let missing) = verdict.cause, missing.contains(rank), !hasWrittenStacks {
      hasWrittenStacks = true
      unfold_write_stacks(Int32(homes[rank].rank))
    }
    let lines = self.lines(verdict)
    guard !lines.isEmpty else { return }
    StandardStream.error(lines.map { "unfold: \($0)\n" }.joined())
    // The missing ones come to the same verdict by themselves, and write their stacks meanwhile.
    Thread.sleep(forTimeInterval: 2 * interval + 1)
    _exit(Self.exitCode)
  }

  // MARK: Words

  /// What this rank has to tell; nothing while others are to do so.
  private func lines(_ verdict: Verdict) -> [String] {
    let othersAreSilent = sinceVerdict > Self.patienceWithNarrators
    let wait = "\(Int(verdict.wait)) s"
    switch verdict.cause {
    case .missing(let missing):
      // Whoever has ended may have told before, or the launcher tells of it; the job ends already.
      guard
        othersAreSilent || !missing.contains(where: { reason($0) == ProcessState.hasEnded })
      else { return [] }
      let machines = homes.map(\.machine)
      return missing.filter { missing in
        othersAreSilent
          || verdict.narrator(of: missing, machines: machines, sightings: sightings) == rank
      }.map { missing in
        "rank \(homes[missing].rank) on \(homes[missing].host) did not come to an exchange for \(wait): last seen "
          + "\(sightings[missing].place), \(Int(sightings[missing].silence)) s ago"
          + (reason(missing).map { "; \($0)" } ?? "")
      }
    case .unheard(let unheard):
      guard sightings.firstIndex(where: \.isHeard) == rank || othersAreSilent else { return [] }
      return [
        "rank \(homes[rank].rank) on \(homes[rank].host) waited for \(wait), at last \(sightings[rank].place), and of "
          + list(unheard) { "rank \(homes[$0].rank) on \(homes[$0].host)" }
          + " no sign of life has ever come (UDP between the hosts may be blocked)"
      ]
    case .deadlock:
      guard rank == 0 || othersAreSilent else { return [] }
      return [
        "all ranks waited for one another for \(wait) (a network that loses messages, or ranks that "
          + "exchange different things): "
          + list(sightings.indices) { "rank \(homes[$0].rank) \(sightings[$0].place)" }
      ]
    }
  }

  /// What keeps a missing rank, as far as it can be known from here.
  private func reason(_ missing: Int) -> String? {
    if homes[missing].machine == homes[rank].machine,
      let words = ProcessState.words(of: sightings[missing].process)
    {
      return words
    }
    return sightings[missing].stillness >= timeout
      ? "its process has not been heard of since, or its host does not answer" : nil
  }

  private func list(_ ranks: some Collection<Int>, _ words: (Int) -> String) -> String {
    let most = 8
    let more = ranks.count > most ? " and \(ranks.count - most) more" : ""
    return ranks.prefix(most).map(words).joined(separator: ", ") + more
  }
}
