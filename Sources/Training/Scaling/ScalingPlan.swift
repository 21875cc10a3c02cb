import Settings

/// How the work grows with the cores.
package enum ScalingMode: String, Sendable, CaseIterable {
  /// The minibatch stays as it is, so that each core has less of it.
  case strong
  /// The minibatch grows with the cores, so that each core has as much of it.
  case weak
}

/// What is measured at once: the step of a configuration at a layout.
package struct ScalingPoint: Sendable, Hashable {
  /// The number of ranks.
  package let ranks: Int
  /// The workers of each rank.
  package let workers: Int
  /// `batch.streams`.
  package let streams: Int
  /// `batch.leaves`.
  package let leaves: Int

  /// Ranks × workers.
  package var cores: Int { ranks * workers }

  /// The streams of a worker on rank 0, which has as many leaves as any: a rank without leaves computes
  /// nothing.
  package var streamsPerWorker: Double {
    let leavesOfRank = (leaves + ranks - 1) / ranks
    return Double(streams) * Double(leavesOfRank) / Double(leaves) / Double(workers)
  }
}

/// The points of one mode.
package struct ScalingSeries: Sendable {
  /// How the work grows.
  package let mode: ScalingMode
  /// By their cores, the fewest first: what the others are compared with.
  package let points: [ScalingPoint]

  /// The point of fewest cores.
  package var base: ScalingPoint { points[0] }
}

/// What is measured, and in which order.
package struct ScalingPlan: Sendable {
  /// One for each mode.
  package let series: [ScalingSeries]
  /// Every point once, in the order of a round.
  package let points: [ScalingPoint]
  /// Those of the configuration, whose data are made for them.
  private let streams: Int
  private let samples: Int?

  /// Every number of ranks with every number of workers, in every mode.
  ///
  /// Weak scaling multiplies `batch.streams` by the cores (ranks × workers) relative to the point that
  /// has fewest; where the data are generated, `data.samples` grows alike.
  ///
  /// - Parameters:
  ///   - configuration: what is measured.
  ///   - ranks: numbers of ranks, one or more.
  ///   - workers: numbers of workers, one or more.
  ///   - modes: one or both.
  package init(
    _ configuration: Configuration, ranks: [Int], workers: [Int], modes: [ScalingMode]
  ) {
    precondition(!ranks.isEmpty && !workers.isEmpty && !modes.isEmpty, "nothing to measure")
    let batch = configuration.batch
    streams = batch.streams
    samples = configuration.data.samples?.training
    let layouts = Set(ranks).flatMap { ranks in Set(workers).map { (ranks, $0) } }
      .sorted { ($0.0 * $0.1, $0.0) < ($1.0 * $1.1, $1.0) }
    let fewest = layouts[0].0 * layouts[0].1
    series = modes.map { mode in
      ScalingSeries(
        mode: mode,
        points: layouts.map { ranks, workers in
          var scaled = batch
          if mode == .weak {
            scaled.streams = Self.multiple(batch.streams, ranks * workers, over: fewest)
          }
          return ScalingPoint(
            ranks: ranks, workers: workers, streams: scaled.streams, leaves: scaled.leaves)
        })
    }
    var points: [ScalingPoint] = []
    for point in series.flatMap(\.points) where !points.contains(point) { points.append(point) }
    self.points = points
  }

  /// What a point changes of the configuration, as `key=value`.
  package func settings(of point: ScalingPoint) -> [String] {
    guard point.streams != streams else { return [] }
    let samples = samples.map {
      ["data.samples=\(Self.multiple($0, point.streams, over: streams))"]
    }
    return ["batch.streams=\(point.streams)"] + (samples ?? [])
  }

  /// A count times a ratio, as far as a count of a configuration goes.
  private static func multiple(_ count: Int, _ numerator: Int, over denominator: Int) -> Int {
    let exact = Double(count) * Double(numerator) / Double(denominator)
    return Int(min(exact.rounded(), Double(Int32.max)))
  }
}
