import CKernels
import Dispatch
import Glibc
import Synchronization

/// A caller and its helpers, threads of Dispatch that stay awake between the phases of a step.
///
/// The caller publishes a phase: a body and a number of blocks. Whoever is awake claims blocks, its
/// own first, until none is left; the caller then waits for those that a helper has begun. It never
/// waits for a helper to start, so a phase ends even if Dispatch runs none. A helper that has found
/// nothing to do for a while leaves its thread, and is sent for again by the next phase.
final class WorkerTeam: Sendable {
  private let queue = DispatchQueue(label: "unfold.workers", attributes: .concurrent)
  // Atomics only, each in its place until `deinit`.
  nonisolated(unsafe) private let members: UnsafeMutableBufferPointer<Member>
  private let isBusy = Atomic(false)
  private let phase = Atomic(Phase(number: 0, blocks: 0).word)
  /// Where the phase's body lies on the stack of the caller of `perform`. Whoever reads it has claimed
  /// a block, which keeps that caller waiting.
  nonisolated(unsafe) private let body = Atomic<UnsafePointer<Body>?>(nil)
  private let finished = Atomic(0)

  /// How often who waits looks again before it lets others on its core.
  private let spins: Int

  init(members count: Int, spins: Int) {
    self.spins = spins
    members = .allocate(capacity: count)
    for index in 0..<count { members.initializeElement(at: index, to: Member()) }
  }

  deinit {
    members.deinitialize()
    members.deallocate()
  }

  /// Runs `body` for the blocks 0..<blocks; false, having done nothing, if the team is at work.
  func perform(blocks: Int, _ body: @Sendable (Int) -> Void) -> Bool {
    guard !isBusy.exchange(true, ordering: .acquiring) else { return false }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: Body(run: body)) { publish($0, blocks: blocks) }
    }
    isBusy.store(false, ordering: .releasing)
    return true
  }

  private func publish(_ body: UnsafePointer<Body>, blocks: Int) {
    let current = Phase(word: phase.load(ordering: .relaxed)).next(blocks: blocks)
    self.body.store(body, ordering: .relaxed)
    finished.store(0, ordering: .relaxed)
    phase.store(current.word, ordering: .sequentiallyConsistent)
    for helper in 1..<blocks where members[helper].wake() {
      queue.async { self.help(as: helper) }
    }
    work(on: current, as: 0)
    var patience = Patience(spins: spins)
    while finished.load(ordering: .acquiring) < blocks { patience.wait() }
  }

  /// Claims blocks of a phase and runs them until none is left.
  private func work(on phase: Phase, as member: Int) {
    for offset in 0..<phase.blocks {
      let block = (member + offset) % phase.blocks
      guard members[block].claim(for: phase) else { continue }
      // A claimed block that is not finished keeps `perform` waiting, and so the body in its place.
      body.load(ordering: .relaxed)?.pointee.run(block)
      finished.add(1, ordering: .acquiringAndReleasing)
    }
  }

  private func help(as helper: Int) {
    // Dispatch keeps threads whose floating-point mode predates ours.
    unfold_flush_denormals()
    var last = Phase(number: 0, blocks: 0)
    repeat {
      var patience = Patience(spins: spins)
      while !patience.isExhausted {
        let current = Phase(word: phase.load(ordering: .acquiring))
        guard current.number != last.number else {
          patience.wait()
          continue
        }
        last = current
        work(on: current, as: helper)
        patience = Patience(spins: spins)
      }
      members[helper].sleep()
      // A phase published in between took this helper for awake and did not send for it.
    } while Phase(word: phase.load(ordering: .sequentiallyConsistent)).number != last.number
      && members[helper].wake()
  }
}

/// What a phase does for each block.
private struct Body {
  let run: @Sendable (Int) -> Void
}

/// One round of blocks.
private struct Phase {
  let number: UInt64
  let blocks: Int

  private static let blockBits: UInt64 = 20

  init(number: UInt64, blocks: Int) {
    self.number = number
    self.blocks = blocks
  }

  init(word: UInt64) {
    number = word >> Self.blockBits
    blocks = Int(word & (1 << Self.blockBits - 1))
  }

  /// Both numbers in one, so that they are read together.
  var word: UInt64 { number << Self.blockBits | UInt64(blocks) }

  func next(blocks: Int) -> Phase { Phase(number: number + 1, blocks: blocks) }
}

/// What the team knows of one of its members, on cache lines of its own.
private struct Member: ~Copyable {
  /// The last phase whose block with this member's number was claimed.
  private let claimed = Atomic<UInt64>(0)
  private let isAwake = Atomic(false)
  private let padding = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

  /// Claims the block for a phase; false if somebody has. A phase ends only when all its blocks
  /// are claimed, so whoever still looks at an earlier phase gets none.
  func claim(for phase: Phase) -> Bool {
    let earlier = claimed.load(ordering: .relaxed)
    return earlier < phase.number
      && claimed.compareExchange(
        expected: earlier, desired: phase.number, ordering: .acquiringAndReleasing
      ).exchanged
  }

  /// Wakes the member; false if it was awake already.
  func wake() -> Bool {
    !isAwake.load(ordering: .sequentiallyConsistent)
      && !isAwake.exchange(true, ordering: .sequentiallyConsistent)
  }

  func sleep() { isAwake.store(false, ordering: .sequentiallyConsistent) }
}

/// How long a thread stays awake for what may come soon: at first without leaving its core, which
/// answers within a microsecond, then letting others have it, who may be what it waits for.
private struct Patience {
  private let spins: Int
  private var waits = 0
  private static let yields = 200

  init(spins: Int) { self.spins = spins }

  var isExhausted: Bool { waits >= spins + Self.yields }

  mutating func wait() {
    if waits < spins {
      unfold_pause()
    } else {
      sched_yield()
    }
    waits += isExhausted ? 0 : 1
  }
}
