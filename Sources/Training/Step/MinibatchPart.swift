import Recurrent
import SequenceData
import Storage

/// Some of a rank's streams, which go through a network together: a whole subtree of leaves.
final class MinibatchPart {
  /// The leaves, by their numbers in the minibatch.
  let leaves: Range<Int>
  /// Its streams' state, a part of the rank's.
  let state: RecurrentState
  let window: Window
  private let streams: Range<Int>
  private let ends: Arena<Int>  // [leaves]
  private var scales: UnsafePointer<Float>?  // [sequences, targets]
  /// Those of the whole minibatch's signal in this window, where the loss asks for them.
  var energies: SignalEnergies?

  init(
    _ leaves: Range<Int>, of tree: LeafTree, shard: Range<Int>, state: RecurrentState,
    capacity: Int, data: DataDescription
  ) {
    self.leaves = leaves
    let streams = tree.streams(of: leaves)
    ends = Arena(tree.ends(of: leaves))
    self.state = RecurrentState(
      streams.lowerBound - shard.lowerBound..<streams.upperBound - shard.lowerBound, of: state)
    window = Window(
      capacity: capacity, streams: streams.count, inputKind: data.inputKind,
      targetKind: data.targetKind)
    self.streams = streams
  }

  /// Reads a window's time steps.
  func fill(_ span: WindowSpan, of plan: EpochPlan) {
    scales = plan.corpus.sequenceScales
    plan.fill(
      window, streams: streams, from: span.leftEdge, to: span.end, countedFrom: span.countedFrom)
  }

  /// The filled window as a network reads it.
  var batch: NetworkBatch {
    NetworkBatch(
      window, scales: scales, energies: energies,
      leaves: WindowLeaves(ends: Common(ends.base), count: ends.count))
  }
}
