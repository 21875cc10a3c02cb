import CKernels
import Storage

/// The rows of a window, sorted by their symbols and then in the order in which they are summed.
final class SymbolOrder: Sendable {
  private let symbols: Int
  private let ends: Arena<Int32>  // [V + 1]
  private let rows: Arena<UnfoldSymbolRow>  // [T, B]

  init(symbols: Int, rows: Int) {
    self.symbols = symbols
    ends = Arena(count: symbols + 1)
    self.rows = Arena(count: rows)
  }

  /// Sorts by counting. The rows stand until the next call.
  func sort(_ batch: NetworkBatch) -> Common<UnfoldSymbolRow> {
    guard let symbols = batch.symbols else { preconditionFailure("a batch without symbols") }
    return sort(batch, as: symbols)
  }

  /// Sorts by these numbers in the symbols' place. // [T, B]
  func sort(_ batch: NetworkBatch, as symbols: Common<Int32>) -> Common<UnfoldSymbolRow> {
    let (timeSteps, streams) = (batch.dimensions.timeSteps, batch.dimensions.streams)
    ends.clear()
    for row in 0..<batch.dimensions.rows { ends.base[Int(symbols[row]) + 1] += 1 }
    for symbol in 0..<self.symbols { ends.base[symbol + 1] += ends.base[symbol] }
    for leaf in 0..<batch.leaves.count {
      for timeStep in (0..<timeSteps).reversed() {
        for stream in batch.leaves.streams(ofLeaf: leaf, of: streams) {
          let row = timeStep * streams + stream
          let symbol = symbols[row]
          rows.base[Int(ends.base[Int(symbol)])] = UnfoldSymbolRow(
            symbol: symbol, leaf: Int32(leaf), row: Int32(row))
          ends.base[Int(symbol)] += 1
        }
      }
    }
    return Common(rows.base)
  }
}
