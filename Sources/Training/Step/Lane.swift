import CKernels
import Communication
import Recurrent
import SequenceData
import Storage

/// A network with the parts of a rank's streams that it runs, one after the other.
///
/// Its *roots* are the subtrees that it sums by itself, each of which is cut into equal parts; their
/// gradients are added as the tree has it while caches hold them.
///
/// Sendable by this invariant, which `RankMinibatch` keeps: from a fork to its join one worker alone
/// runs a lane.
final class Lane: @unchecked Sendable {
  let network: Network
  /// All that it runs.
  let parts: [MinibatchPart]
  private let roots: [Root]
  private let partials: Arena<Float>  // [halvings of a root, gradientCount]
  private let kernels = Common(unfold_active_kernels())
  private let track: Timeline.Track?
  /// What its rank says that it does, while it runs forward and back.
  private let forwardPhase: Heartbeat.Phase
  private let backwardPhase: Heartbeat.Phase
  /// What its phases took since the step began.
  private(set) var times = StepTimes()

  /// A subtree, the parts that it is cut into, and where its gradients go.
  struct Root {
    let parts: [MinibatchPart]
    let gradients: FloatPointer
  }

  /// - Parameters:
  ///   - network: with room for the largest of its parts.
  ///   - roots: what it runs.
  ///   - isAlone: whether the rank has no other.
  ///   - track: where its phases are noted.
  init(network: Network, roots: [Root], isAlone: Bool, track: Timeline.Track?) {
    self.network = network
    self.track = track
    forwardPhase = isAlone ? .forward : .computing
    backwardPhase = isAlone ? .backward : .computing
    self.roots = roots
    parts = roots.flatMap(\.parts)
    let most = roots.map(\.parts.count).max() ?? 1
    partials = Arena(count: max(0, most.trailingZeroBitCount) * network.gradientCount)
  }

  /// Reads a window's time steps.
  func fill(_ span: WindowSpan, of plan: EpochPlan) {
    for part in parts { part.fill(span, of: plan) }
  }

  /// Runs the window forward and back: leaves each leaf's losses in the table, the next window's states,
  /// and each root's gradients.
  ///
  /// - Parameters:
  ///   - span: the window.
  ///   - weights: of this version.
  ///   - seed: the run's.
  ///   - earlierTimeSteps: the time steps of the epochs before; they key dropout.
  ///   - losses: a row for each leaf.
  ///   - completed: called when all roots' gradients of a region are there, in the order of
  ///     `Network.completedRegions`; for a lane that is the whole rank, whose regions these are.
  func run(
    _ span: WindowSpan, weights: UnsafePointer<Float>, seed: UInt64, earlierTimeSteps: Int,
    losses: LossTable, completed: (GradientRegion) -> Void = { _ in }
  ) {
    var clock = StepClock(track)
    for (number, root) in roots.enumerated() {
      let completes = number + 1 == roots.count && root.parts.count == 1
      for (index, part) in root.parts.enumerated() {
        Heartbeat.enter(forwardPhase)
        let batch = part.batch
        let dropout = DropoutKey(
          seed: seed, firstStream: part.window.firstStream,
          firstTimeStep: earlierTimeSteps + span.leftEdge)
        let forward = network.forward(
          batch, weights: weights, from: part.state, dropout: dropout)
        forward.captureState(before: span.nextLeftEdge - span.leftEdge, into: part.state)
        let backward = forward.costAndGradient()
        for leaf in 0..<part.leaves.count {
          losses[part.leaves.lowerBound + leaf] = backward.losses[leaf]
        }
        clock.lap(.forward)
        Heartbeat.enter(backwardPhase)
        // As in counting: a part joins what is complete to its left, a part, then two, four, …
        let level = (~index).trailingZeroBitCount
        let sums = place(level, of: root)
        var number = 0
        backward.formGradients(at: sums) { region in
          clock.lap(.backward, region: number)
          Heartbeat.beat()
          number += 1
          if completes { completed(region) }
        }
        guard level > 0 else { continue }
        for lower in 0..<level { add(place(lower, of: root), to: sums) }
        clock.lap(.backward)
      }
    }
    if roots.last?.parts.count != 1 { network.completedRegions.forEach(completed) }
    times = clock.times
  }

  /// Where 2^level parts of a root are summed; the root's own place for all of them.
  private func place(_ level: Int, of root: Root) -> FloatPointer {
    1 << level == root.parts.count
      ? root.gradients : partials.base + level * network.gradientCount
  }

  private func add(_ left: FloatPointer, to right: FloatPointer) {
    let written = network.writtenGradients
    kernels.pointee.add(
      left + written.lowerBound, right + written.lowerBound, written.count,
      right + written.lowerBound)
  }
}
