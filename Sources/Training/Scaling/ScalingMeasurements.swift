/// What was measured of a plan, round by round.
package struct ScalingMeasurements: Sendable {
  /// What was to be measured.
  package let plan: ScalingPlan
  private var taken: [ScalingPoint: [ScalingRound]] = [:]

  /// Nothing yet.
  package init(_ plan: ScalingPlan) { self.plan = plan }

  /// Measures all points in turns, so that a change of the machine's speed meets all of them.
  ///
  /// - Parameters:
  ///   - rounds: how often each point is measured.
  ///   - measure: measures a point in a round, counted from 1.
  /// - Throws: what `measure` throws; what was measured before stays.
  package mutating func take(
    rounds: Int, _ measure: (_ point: ScalingPoint, _ round: Int) throws -> ScalingRound
  ) rethrows {
    for round in 0..<rounds {
      for point in plan.points {
        let figures = try measure(point, round + 1)
        taken[point, default: []].append(figures)
      }
    }
  }

  /// The rounds of a point.
  package func rounds(of point: ScalingPoint) -> [ScalingRound] { taken[point] ?? [] }

  /// A figure's median over the rounds of a point that was measured.
  package func median(_ figure: KeyPath<ScalingRound, Double>, of point: ScalingPoint) -> Double {
    Spread(rounds(of: point).map { $0[keyPath: figure] }).median
  }

  /// The nodes that a point's ranks were on.
  package func nodes(of point: ScalingPoint) -> Int { rounds(of: point).last?.nodes ?? 1 }

  /// The bytes that a point's step sums.
  package func exchangeBytes(of point: ScalingPoint) -> Int {
    rounds(of: point).last?.exchangeBytes ?? 0
  }

  /// A point's speed in each round, over that of the series' smallest point in the same round and as
  /// many times as many cores. 1 is ideal.
  package func efficiencies(of point: ScalingPoint, in series: ScalingSeries) -> [Double] {
    let ratio = Double(point.cores) / Double(series.base.cores)
    return zip(rounds(of: point), rounds(of: series.base)).map { round, base in
      round.tokensPerSecond / (base.tokensPerSecond * ratio)
    }
  }
}

/// A measured point as the reports show it: medians, and how far speed and efficiency spread.
package struct ScalingRow: Sendable {
  /// What was measured.
  package let point: ScalingPoint
  /// The nodes that its ranks were on.
  package let nodes: Int
  /// Tokens per second.
  package let speed: Spread
  /// Against the series' smallest point in the same round.
  package let efficiency: Spread
  /// The medians of its rounds.
  package let figures: ScalingRound
}

extension ScalingMeasurements {
  /// The points of a series that were measured.
  package func rows(of series: ScalingSeries) -> [ScalingRow] {
    series.points.filter { !rounds(of: $0).isEmpty }.map { point in
      ScalingRow(
        point: point, nodes: nodes(of: point),
        speed: Spread(rounds(of: point).map(\.tokensPerSecond)),
        efficiency: Spread(efficiencies(of: point, in: series)), figures: medians(of: point))
    }
  }

  /// The median of every figure of a point.
  func medians(of point: ScalingPoint) -> ScalingRound {
    ScalingRound(
      nodes: nodes(of: point), tokensPerSecond: median(\.tokensPerSecond, of: point),
      computing: median(\.computing, of: point), exchange: median(\.exchange, of: point),
      hidden: median(\.hidden, of: point), update: median(\.update, of: point),
      wait: median(\.wait, of: point), total: median(\.total, of: point),
      imbalance: median(\.imbalance, of: point), exchangeBytes: exchangeBytes(of: point))
  }
}
