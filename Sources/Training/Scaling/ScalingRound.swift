/// What one `unfold bench step` told of a point: its median step on rank 0, in seconds.
package struct ScalingRound: Sendable, Equatable {
  /// The nodes that the ranks were on.
  package var nodes: Int
  /// Counted time steps of all ranks.
  package var tokensPerSecond: Double
  /// Forward and backward.
  package var computing: Double
  /// Summing over ranks, as far as nothing was computed meanwhile.
  package var exchange: Double
  /// Summing over nodes while gradients were still computed; no part of `total`.
  package var hidden: Double
  /// Norm, clipping, optimizer and packing.
  package var update: Double
  /// Waiting in hand-overs.
  package var wait: Double
  /// The whole step.
  package var total: Double
  /// The slowest rank's computing over the mean of all, less 1.
  package var imbalance: Double
  /// The bytes of the gradients that the step sums.
  package var exchangeBytes: Int

  /// What was measured, or what a test says was.
  package init(
    nodes: Int, tokensPerSecond: Double, computing: Double, exchange: Double, hidden: Double = 0,
    update: Double, wait: Double, total: Double, imbalance: Double = 0, exchangeBytes: Int
  ) {
    self.nodes = nodes
    self.tokensPerSecond = tokensPerSecond
    self.computing = computing
    self.exchange = exchange
    self.hidden = hidden
    self.update = update
    self.wait = wait
    self.total = total
    self.imbalance = imbalance
    self.exchangeBytes = exchangeBytes
  }

  /// The figures of a benchmark.
  package init(_ benchmark: StepBenchmark) {
    func seconds(_ phase: String) -> Double { (benchmark.milliseconds[phase] ?? 0) * 1e-3 }
    self.init(
      nodes: benchmark.nodes, tokensPerSecond: benchmark.tokensPerSecond,
      computing: seconds("forward") + seconds("backward"), exchange: seconds("exchange"),
      hidden: seconds("hidden"), update: seconds("update"), wait: seconds("wait"),
      total: seconds("total"), imbalance: benchmark.imbalance,
      exchangeBytes: benchmark.exchangeBytes)
  }
}
