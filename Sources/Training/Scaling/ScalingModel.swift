/// How long a step takes on N nodes, fitted to what was measured.
///
///     t(N) = computing + update + within + max(0, between(N) − hideable)
///     computing = fixed + perStream · (streams of a worker)
///     between(N) = 2⌈log₂N⌉·α + 2(N − 1)/N · bytes/β
///     hideable = share · computing
///
/// A message of m bytes takes α + m/β (R. W. Hockney, The communication challenge for MPP, Parallel
/// Computing 20, 1994). `between` is what an allreduce by recursive halving and doubling costs on links
/// of which each node has one (R. Thakur, R. Rabenseifner and W. Gropp, Optimization of collective
/// communication operations in MPICH, International Journal of High Performance Computing Applications
/// 19, 2005, section 4.5), with its additions left to `within`. Nodes here move as many bytes, but send
/// them to one another directly; what that costs beyond the logarithm shows in the residuals.
///
/// Every part is fitted to the same part of the measured steps, by least squares of its difference over
/// the step's time; nothing may be below 0.
package struct ScalingModel: Sendable, Equatable {
  /// Seconds of forward and backward for each stream of a worker.
  package let computingPerStream: Double
  /// Seconds of them that do not depend on streams.
  package let computingFixed: Double
  /// Seconds of update and waiting in hand-overs.
  package let update: Double
  /// Seconds of summing over the ranks of a node, where it has several.
  package let withinNode: Double
  /// α, in seconds.
  package let latency: Double
  /// Whether α was told rather than fitted: that takes points of two or more numbers of nodes above one.
  package let isLatencyAssumed: Bool
  /// 1/β; nil where no point has several nodes.
  package let secondsPerByte: Double?
  /// The largest part of computing during which an exchange between nodes was seen to go on.
  package let hideableShare: Double

  /// Fits the model.
  ///
  /// - Parameters:
  ///   - measurements: one round of every point at least.
  ///   - assumedLatency: α in seconds, where it cannot be fitted.
  package init(_ measurements: ScalingMeasurements, assumedLatency: Double) {
    let samples = measurements.plan.points.map { point in
      (point: point, figures: measurements.medians(of: point))
    }
    var computing = LeastSquares(unknowns: 2)
    var update = LeastSquares(unknowns: 1)
    for (point, figures) in samples {
      let weight = 1 / figures.total
      computing.add([point.streamsPerWorker, 1], figures.computing, weight: weight)
      update.add([1], figures.update + figures.wait, weight: weight)
    }
    let parts = computing.solve()
    computingPerStream = parts[0]
    computingFixed = parts[1]
    self.update = update.solve()[0]

    let several = samples.filter { $0.figures.nodes > 1 }
    isLatencyAssumed = Set(several.map(\.figures.nodes)).count < 2
    var exchange = LeastSquares(unknowns: 3)
    for (point, figures) in samples where point.ranks > 1 {
      let nodes = figures.nodes
      let messages = Double(Self.messages(nodes: nodes))
      let told = isLatencyAssumed ? messages * assumedLatency : 0
      exchange.add(
        [
          Self.bytes(figures.exchangeBytes, nodes: nodes), isLatencyAssumed ? 0 : messages,
          point.ranks > nodes ? 1 : 0,
        ], max(0, figures.exchange + figures.hidden - told), weight: 1 / figures.total)
    }
    let costs = exchange.solve()
    secondsPerByte = several.isEmpty ? nil : costs[0]
    latency = isLatencyAssumed ? assumedLatency : costs[1]
    withinNode = costs[2]
    hideableShare =
      several.map { $0.figures.hidden / $0.figures.computing }.max().map { min($0, 1) } ?? 0
  }

  /// 2⌈log₂N⌉.
  private static func messages(nodes: Int) -> Int {
    2 * (Int.bitWidth - (nodes - 1).leadingZeroBitCount)
  }

  /// 2(N − 1)/N of the bytes.
  private static func bytes(_ bytes: Int, nodes: Int) -> Double {
    2 * Double(nodes - 1) / Double(nodes) * Double(bytes)
  }

  /// Seconds of forward and backward.
  package func computing(_ point: ScalingPoint) -> Double {
    computingFixed + computingPerStream * point.streamsPerWorker
  }

  /// Seconds of summing that nothing hides.
  ///
  /// - Parameters:
  ///   - point: the layout and its streams.
  ///   - nodes: the nodes that its ranks are on.
  ///   - exchangeBytes: the bytes of the gradients.
  ///   - secondsPerByte: 1/β.
  package func exchange(
    _ point: ScalingPoint, nodes: Int, exchangeBytes: Int, secondsPerByte: Double
  ) -> Double {
    let between =
      Double(Self.messages(nodes: nodes)) * latency
      + Self.bytes(exchangeBytes, nodes: nodes) * secondsPerByte
    return (point.ranks > nodes ? withinNode : 0)
      + max(0, between - hideableShare * computing(point))
  }

  /// Seconds of a step; see `exchange`.
  package func seconds(
    _ point: ScalingPoint, nodes: Int, exchangeBytes: Int, secondsPerByte: Double
  ) -> Double {
    computing(point) + update
      + exchange(
        point, nodes: nodes, exchangeBytes: exchangeBytes, secondsPerByte: secondsPerByte)
  }

  /// What it says of a point that was measured, in seconds.
  package func seconds(_ point: ScalingPoint, in measurements: ScalingMeasurements) -> Double {
    seconds(
      point, nodes: measurements.nodes(of: point),
      exchangeBytes: measurements.exchangeBytes(of: point), secondsPerByte: secondsPerByte ?? 0)
  }

  /// How much longer than the measured step of a point it says that it takes: 0.1 is a tenth.
  package func residual(_ point: ScalingPoint, in measurements: ScalingMeasurements) -> Double {
    seconds(point, in: measurements) / measurements.median(\.total, of: point) - 1
  }
}
