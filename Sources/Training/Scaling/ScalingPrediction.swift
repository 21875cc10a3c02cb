import Storage

/// What the model says of a number of nodes that may not have been measured.
package struct ScalingPrediction: Sendable, Equatable {
  /// How the work grows.
  package let mode: ScalingMode
  /// Gigabits a second that the link of each node carries.
  package let gigabits: Double
  /// The number of nodes.
  package let nodes: Int
  /// Their ranks and workers, and the minibatch.
  package let point: ScalingPoint
  /// Seconds of a step.
  package let seconds: Double
  /// Those of summing that nothing hides.
  package let exchange: Double
  /// Counted time steps of all ranks.
  package let tokensPerSecond: Double
}

/// Predictions of one mode and link: one node like the largest point's, and as many as that.
package struct ScalingCurve: Sendable {
  /// How the work grows.
  package let mode: ScalingMode
  /// Gigabits a second that the link of each node carries.
  package let gigabits: Double
  /// 1, 2, 4 … nodes: between them leaves, a power of two, are uneven.
  package let predictions: [ScalingPrediction]

  /// Speeds of links that are asked about.
  package static let gigabits = [1.0, 10, 25, 100]
  /// The most nodes that are asked about.
  package static let mostNodes = 1024
  /// Below it half of the nodes are paid for nothing.
  package static let kneeEfficiency = 0.5

  /// The speed over that of one node and as many times as many nodes. 1 is ideal.
  package func efficiency(_ prediction: ScalingPrediction) -> Double {
    prediction.tokensPerSecond / (predictions[0].tokensPerSecond * Double(prediction.nodes))
  }

  /// The first of the predictions whose efficiency is below `kneeEfficiency`; nil where all reach it.
  package var knee: ScalingPrediction? {
    predictions.first { efficiency($0) < Self.kneeEfficiency }
  }

  /// Asks the model. Weak scaling takes as many leaves as `batch.leaves` may have.
  ///
  /// - Parameters:
  ///   - series: the measured points of a mode.
  ///   - gigabits: what a link carries.
  ///   - model: fitted to the measurements.
  ///   - measurements: what was measured.
  package init(
    _ series: ScalingSeries, gigabits: Double, model: ScalingModel,
    measurements: ScalingMeasurements
  ) {
    let base = series.base
    let node = Node(measurements)
    func predict(_ nodes: Int) -> ScalingPrediction {
      let streams =
        series.mode == .strong
        ? Double(base.streams)
        : Double(base.streams) * Double(nodes * node.ranks * node.workers) / Double(base.cores)
      let point = ScalingPoint(
        ranks: nodes * node.ranks, workers: node.workers, streams: max(1, Int(streams.rounded())),
        leaves: series.mode == .strong ? base.leaves : LeafTree.most)
      let secondsPerByte = 8e-9 / gigabits
      let seconds = model.seconds(
        point, nodes: nodes, exchangeBytes: node.exchangeBytes, secondsPerByte: secondsPerByte)
      return ScalingPrediction(
        mode: series.mode, gigabits: gigabits, nodes: nodes, point: point, seconds: seconds,
        exchange: model.exchange(
          point, nodes: nodes, exchangeBytes: node.exchangeBytes, secondsPerByte: secondsPerByte),
        tokensPerSecond: node.tokensPerStream * Double(point.streams) / seconds)
    }
    mode = series.mode
    self.gigabits = gigabits
    predictions = sequence(first: 1) { $0 < Self.mostNodes ? 2 * $0 : nil }.map(predict)
  }

  /// A node of the point of most cores, and what a step counts and sums there.
  private struct Node {
    let ranks: Int
    let workers: Int
    let exchangeBytes: Int
    let tokensPerStream: Double

    init(_ measurements: ScalingMeasurements) {
      let points = measurements.plan.points
      let largest = points.reduce(points[0]) { $1.cores > $0.cores ? $1 : $0 }
      let figures = measurements.medians(of: largest)
      ranks = max(1, largest.ranks / figures.nodes)
      workers = largest.workers
      exchangeBytes = figures.exchangeBytes
      tokensPerStream = figures.tokensPerSecond * figures.total / Double(largest.streams)
    }
  }
}
