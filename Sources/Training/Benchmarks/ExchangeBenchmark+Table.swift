extension ExchangeBenchmark {
  /// On what it was measured, then a line for each size.
  package var table: String {
    var facts = [
      ("ranks × workers", "\(ranks) × \(workers)"), ("nodes", "\(nodes)"), ("library", library),
      ("kernel variant", variant),
    ]
    if let privateMemory { facts.append(("shared memory", "none: \(privateMemory)")) }
    if let wireGigabitsPerSecond {
      facts.append(("wire Gbit/s", Formatting.decimal(wireGigabitsPerSecond, 2)))
    }
    let bounds = wireGigabitsPerSecond == nil ? ["bound ms"] : ["node ms", "wire ms"]
    let times = ["MPI_Allreduce ms", "lowest–highest", "ours ms", "lowest–highest"]
    let header = ["bytes"] + times + ["ratio"] + bounds + ["ours/bound", "bound"]
    return Tables.aligned(facts) + "\n" + Tables.columns([header] + exchanges.map(\.cells))
  }
}

extension ExchangeMeasurement {
  /// Its line of the table.
  fileprivate var cells: [String] {
    let times = [allreduce, ours].flatMap { spread in
      [
        Formatting.decimal(spread.median),
        "\(Formatting.decimal(spread.lowest))–\(Formatting.decimal(spread.highest))",
      ]
    }
    let bounds = [nodeMilliseconds, wireMilliseconds].compactMap { $0 }
    var cells = [Formatting.grouped(Double(bytes))] + times
    cells.append(Formatting.decimal(ratio, 2))
    cells += bounds.map { Formatting.decimal($0) }
    cells.append(Formatting.decimal(timesBound, 2))
    let speed = " at \(Formatting.decimal(nodeGigabytesPerSecond, 1)) GB/s"
    cells.append(bound.rawValue + (bound == .wire ? "" : speed))
    return cells
  }
}
