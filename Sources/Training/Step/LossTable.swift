import Recurrent
import Storage

/// The losses of a minibatch, a row for each leaf, and what ranks want of one another.
///
/// Each row is one rank's; the others leave it zero, so that sums over ranks give every rank all rows, to
/// the bit and in any order.
package final class LossTable {
  private static let columns = 6
  private let tree: LeafTree
  private let arena: Arena<Double>  // [leaves, columns], and the control word's three

  /// How many ranks want something of all of them.
  struct ControlWord {
    /// Ranks that have failed.
    var failed = 0.0
    /// Ranks that want to stop.
    var stop = 0.0
    /// Ranks that want a checkpoint.
    var checkpoint = 0.0
  }

  /// A table of the tree's leaves, all zero.
  package init(_ tree: LeafTree) {
    self.tree = tree
    arena = Arena(count: tree.leafCount * Self.columns + 3)
  }

  /// Everything that travels.
  var values: UnsafeMutableBufferPointer<Double> { arena.buffer }

  /// Begins anew.
  package func clear() { arena.clear() }

  var control: ControlWord {
    get {
      let words = arena.base + arena.count - 3
      return ControlWord(failed: words[0], stop: words[1], checkpoint: words[2])
    }
    set {
      let words = arena.base + arena.count - 3
      words[0] = newValue.failed
      words[1] = newValue.stop
      words[2] = newValue.checkpoint
    }
  }

  /// The losses of a leaf, by its number in the minibatch. Several workers may write, each leaves of its
  /// own.
  package subscript(leaf: Int) -> LossSum {
    get {
      let row = arena.base + leaf * Self.columns
      var loss = LossSum()
      loss.sum = row[0]
      loss.count = row[1]
      loss.hits = row[2]
      loss.scored = row[3]
      loss.scoredHits = row[4]
      loss.timeSteps = row[5]
      return loss
    }
    set {
      let row = arena.base + leaf * Self.columns
      row[0] = newValue.sum
      row[1] = newValue.count
      row[2] = newValue.hits
      row[3] = newValue.scored
      row[4] = newValue.scoredHits
      row[5] = newValue.timeSteps
    }
  }

  /// The energies of a leaf's signal, in the place of its losses.
  func note(_ energies: SignalEnergies, ofLeaf leaf: Int) {
    var loss = LossSum()
    loss.sum = energies.emphasised
    loss.count = energies.plain
    self[leaf] = loss
  }

  /// The sum over all leaves.
  package var total: LossSum { tree.sum({ self[$0] }, +) }
}

extension SignalEnergies {
  /// The sum of energies that leaves have noted in a table.
  init(_ total: LossSum) {
    self.init()
    emphasised = total.sum
    plain = total.count
  }
}
