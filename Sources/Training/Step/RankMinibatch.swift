import Communication
import Recurrent
import SequenceData
import Storage
import Workers

/// This rank's part of the minibatch, and how its workers run it.
///
/// A large network runs the rank's streams as a whole, and its workers share every product. A small one
/// would wait for its workers more than they compute: there each has a lane of its own and takes some
/// leaves through forward, loss and backward, with one fork a step. The bits are the same.
final class RankMinibatch {
  /// The state that this rank's streams carry to the next window.
  let state: RecurrentState
  private let lanes: [Lane]
  private let places: SumPlaces?  // of the lanes' roots, where they are parts of the rank's
  private let laneGradients: Arena<Float>
  private let pool: WorkerPool
  /// The network that the whole rank uses: for what lanes share, for validation and for folding.
  private let network: Network

  init(
    _ tree: LeafTree, shard: RankShard, network: Network, plan: LanePlan,
    reduction: TreeReduction, timeSteps: Int, data: DataDescription, pool: WorkerPool,
    timeline: Timeline?
  ) throws {
    self.network = network
    self.pool = pool
    let state = network.makeState()
    self.state = state
    func parts(_ root: Range<Int>, _ size: Int) -> [MinibatchPart] {
      stride(from: root.lowerBound, to: root.upperBound, by: size).map { first in
        MinibatchPart(
          first..<first + size, of: tree, shard: shard.streams, state: state, capacity: timeSteps,
          data: data)
      }
    }
    switch plan {
    case .whole:
      laneGradients = Arena(count: 0)
      places = nil
      let roots = reduction.subtrees.enumerated().map { index, subtree in
        Lane.Root(parts: parts(subtree, subtree.count), gradients: reduction.partial(index))
      }
      lanes = [Lane(network: network, roots: roots, isAlone: true, track: timeline?.main)]
    case .perWorker(let leavesOfPart):
      let runs = (0..<pool.workers).map { worker in
        let run = Share(worker, of: pool.workers).range(of: shard.leaves)
        return LeafTree.subtrees(of: run)
      }
      var bases: [FloatPointer] = []
      var subtrees: [Range<Int>: Int] = [:]
      let own = Arena<Float>(count: runs.joined().count * network.gradientCount)
      var lanes: [Lane] = []
      for (worker, run) in runs.enumerated() {
        var roots: [Lane.Root] = []
        for root in run {
          // The first root of a subtree of the rank's goes where that one's sums go.
          let place = reduction.subtrees.firstIndex { $0.lowerBound == root.lowerBound }
          let gradients =
            place.map { reduction.partial($0) } ?? own.base + bases.count * network.gradientCount
          subtrees[root] = bases.count
          bases.append(gradients)
          roots.append(
            Lane.Root(parts: parts(root, min(leavesOfPart, root.count)), gradients: gradients))
        }
        let streams = roots.flatMap(\.parts).map(\.window.streams).max() ?? 0
        lanes.append(
          Lane(
            network: try Network(
              network.description,
              capacity: WindowDimensions(timeSteps: timeSteps, streams: streams),
              pool: WorkerPool(workers: 1), like: network), roots: roots,
            isAlone: pool.workers == 1, track: timeline?.workers[worker]))
      }
      self.lanes = lanes
      places = SumPlaces(
        TreeSums(subtrees, leafCount: tree.leafCount).additions, bases: bases)
      laneGradients = consume own
    }
  }

  /// Whether each worker has a lane of its own.
  private var isPerWorker: Bool { lanes[0].network !== network }

  private func forEachLane(_ body: @Sendable (Lane) -> Void) {
    guard isPerWorker else { return body(lanes[0]) }
    pool.run { [lanes] worker in body(lanes[worker]) }
  }

  /// Brings the lanes' networks up to date with new weights, once they are packed.
  func renew(_ weights: UnsafePointer<Float>) {
    guard isPerWorker else { return }
    let weights = Common(weights)
    forEachLane { $0.network.renew(weights.base) }
  }

  /// Reads a window's time steps, and marks the rows of the table that they touch.
  func fill(_ span: WindowSpan, of plan: EpochPlan) {
    forEachLane { $0.fill(span, of: plan) }
    guard let rows = network.touchedRows else { return }
    rows.clear()
    for lane in lanes {
      for part in lane.parts { part.batch.mark(rows) }
    }
  }

  /// Writes the energies of the window's signal, leaf by leaf, where the loss asks for them.
  func noteEnergies(in table: LossTable) {
    for lane in lanes {
      for part in lane.parts {
        let batch = part.batch
        for leaf in 0..<part.leaves.count {
          guard
            let energies = network.description.loss.energies(
              of: batch, leaf: leaf, state: part.state)
          else { return }
          table.note(energies, ofLeaf: part.leaves.lowerBound + leaf)
        }
      }
    }
  }

  /// Takes over the energies of the whole minibatch.
  func take(_ energies: SignalEnergies) {
    for lane in lanes {
      for part in lane.parts { part.energies = energies }
    }
  }

  /// Runs the window forward and back, and sums the gradients of each of the rank's subtrees.
  ///
  /// - Parameters:
  ///   - span: the window.
  ///   - weights: of this version.
  ///   - seed: the run's.
  ///   - earlierTimeSteps: the time steps of the epochs before; they key dropout.
  ///   - losses: a row for each leaf.
  ///   - completed: called when a region's sums are there, in the order of `Network.completedRegions`.
  func run(
    _ span: WindowSpan, weights: UnsafePointer<Float>, seed: UInt64, earlierTimeSteps: Int,
    losses: LossTable, completed: (GradientRegion) -> Void
  ) -> StepTimes {
    guard isPerWorker else {
      lanes[0].run(
        span, weights: weights, seed: seed, earlierTimeSteps: earlierTimeSteps, losses: losses,
        completed: completed)
      return lanes[0].times
    }
    let (weights, losses) = (Common(weights), UncheckedTable(losses))
    pool.run { [lanes] worker in
      lanes[worker].run(
        span, weights: weights.base, seed: seed, earlierTimeSteps: earlierTimeSteps,
        losses: losses.table)
    }
    places?.add(network.writtenGradients, pool: pool)
    network.completedRegions.forEach(completed)
    return lanes[0].times
  }

  /// Sendable, since lanes write the rows of leaves of their own.
  private struct UncheckedTable: @unchecked Sendable {
    let table: LossTable

    init(_ table: LossTable) { self.table = table }
  }
}

/// The leaves and the streams of a rank.
struct RankShard {
  /// Its run of leaves.
  let leaves: Range<Int>
  /// Their streams.
  let streams: Range<Int>

  init(_ tree: LeafTree, _ communicator: any Communicator) {
    leaves = tree.leaves(ofPart: communicator.rank, of: communicator.size)
    streams = tree.streams(of: leaves)
  }
}
