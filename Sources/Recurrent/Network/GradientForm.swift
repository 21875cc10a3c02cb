/// How the gradients of a first layer over symbols are summed.
///
/// It decides the order of sums, so it follows from the minibatch alone: all ranks do the same, any
/// number of them, and a resumed run.
package struct GradientForm: Sendable, Equatable {
  /// Whether the first layer computes its input's part once a symbol rather than once a time step, and
  /// adds gradients by symbol first. It pays where a window has at least twice as many rows as
  /// there are symbols.
  package let bySymbol: Bool
  /// Whether only those rows of the embedding have gradients that a window touches, on any rank. It
  /// pays where they are at most half of all.
  package let packsTouchedRows: Bool

  /// A form, as far as the network can have it: dropout makes a symbol's input differ from one time
  /// step to the next, and tied weights touch every row.
  package init(_ network: NetworkDescription, bySymbol: Bool, packsTouchedRows: Bool) {
    self.bySymbol = bySymbol && network.input.isSymbols && network.dropout.input == 0
    self.packsTouchedRows =
      packsTouchedRows && network.input.isSymbols && !network.tied && !self.bySymbol
  }

  /// The form that pays for windows of so many rows (time steps × streams) of all ranks.
  ///
  /// - Parameter packs: whether packing may be taken: it needs rows that are marked before.
  package init(_ network: NetworkDescription, rows: Int, packs: Bool = true) {
    guard case .symbols(let count, _) = network.input else {
      self.init(network, bySymbol: false, packsTouchedRows: false)
      return
    }
    self.init(
      network, bySymbol: 2 * count <= rows, packsTouchedRows: packs && 2 * rows <= count)
  }
}
