import Foundation
import Testing
import Training

/// The model finds the numbers that steps were made from, and predicts by its equations.
struct ScalingModelTests {
  private func close(_ value: Double, _ expected: Double) -> Bool {
    abs(value - expected) <= 1e-6 * abs(expected)
  }

  @Test(arguments: [1, 2])
  func knownCostsAreFound(ranksPerNode: Int) throws {
    var cluster = SyntheticCluster()
    cluster.ranksPerNode = ranksPerNode
    let measurements = cluster.measure(try scalingPlan(ranks: [1, 2, 4, 8]))
    let model = ScalingModel(measurements, assumedLatency: 1)
    #expect(close(model.computingFixed, cluster.fixed))
    #expect(close(model.computingPerStream, cluster.perStream))
    #expect(close(model.update, cluster.update))
    #expect(!model.isLatencyAssumed && close(model.latency, cluster.latency))
    #expect(close(1 / (model.secondsPerByte ?? 0), cluster.bytesPerSecond))
    // One rank a node exchanges nothing within it.
    #expect(abs(model.withinNode - (ranksPerNode == 1 ? 0 : cluster.within)) < 1e-9)
    for point in measurements.plan.points {
      #expect(abs(model.residual(point, in: measurements)) < 1e-6)
    }
  }

  /// Two nodes have as many messages as one number tells: the latency must be given.
  @Test func whatCannotBeFittedIsAssumed() throws {
    let cluster = SyntheticCluster()
    let two = ScalingModel(
      cluster.measure(try scalingPlan(ranks: [1, 2])), assumedLatency: cluster.latency)
    #expect(two.isLatencyAssumed && two.latency == cluster.latency)
    #expect(close(1 / (two.secondsPerByte ?? 0), cluster.bytesPerSecond))
    let one = ScalingModel(
      cluster.measure(try scalingPlan(ranks: [1], workers: [1, 2])), assumedLatency: 1e-5)
    #expect(one.isLatencyAssumed && one.latency == 1e-5 && one.secondsPerByte == nil)
  }

  @Test func hiddenExchangeCostsNothing() throws {
    var cluster = SyntheticCluster()
    cluster.hidingShare = 0.5
    let measurements = cluster.measure(try scalingPlan(ranks: [1, 2, 4, 8]))
    let model = ScalingModel(measurements, assumedLatency: 1)
    #expect(close(model.hideableShare, cluster.hidingShare))
    #expect(close(1 / (model.secondsPerByte ?? 0), cluster.bytesPerSecond))
    for point in measurements.plan.points {
      #expect(abs(model.residual(point, in: measurements)) < 1e-6)
    }
  }

  /// A point that does not fit shows.
  @Test func residualsTellOfDifferences() throws {
    let plan = try scalingPlan(ranks: [1, 2, 4, 8])
    var measurements = ScalingMeasurements(plan)
    measurements.take(rounds: 1) { point, _ in
      var figures = SyntheticCluster().round(point)
      if point == plan.points[2] { figures.computing *= 1.3 }
      figures.total = figures.computing + figures.update + figures.exchange
      return figures
    }
    let model = ScalingModel(measurements, assumedLatency: 1)
    #expect(model.residual(plan.points[2], in: measurements) < -0.02)
  }

  /// By hand, for weak scaling, where computing stays as it is.
  @Test(arguments: [1, 2, 8, 512])
  func predictionsFollowTheEquations(nodes: Int) throws {
    let cluster = SyntheticCluster()
    let measurements = cluster.measure(try scalingPlan(ranks: [1, 2, 4], modes: [.weak]))
    let model = ScalingModel(measurements, assumedLatency: 1)
    let curve = ScalingCurve(
      measurements.plan.series[0], gigabits: 10, model: model, measurements: measurements)
    let prediction = try #require(curve.predictions.first { $0.nodes == nodes })
    var faster = cluster
    faster.bytesPerSecond = 10e9 / 8
    let one = cluster.fixed + cluster.perStream * 64 + cluster.update
    let seconds = one + faster.between(nodes)
    #expect(close(prediction.seconds, seconds))
    #expect(close(prediction.tokensPerSecond, 50 * 64 * Double(nodes) / seconds))
    #expect(close(curve.efficiency(prediction), one / seconds))
    #expect(prediction.point.streams == 64 * nodes && prediction.point.ranks == nodes)
  }

  /// Leaves end strong scaling: 16 ranks have them all.
  @Test func strongScalingEndsWithItsLeaves() throws {
    let measurements = SyntheticCluster().measure(try scalingPlan(ranks: [1, 2, 4]))
    let model = ScalingModel(measurements, assumedLatency: 1)
    let curve = ScalingCurve(
      measurements.plan.series[0], gigabits: 100, model: model, measurements: measurements)
    let last = try #require(curve.predictions.last)
    #expect(last.nodes == 1024 && last.point.streams == 64 && last.point.streamsPerWorker == 4)
    #expect(curve.efficiency(last) < 16.0 / 1024)
  }

  @Test(arguments: ScalingMode.allCases)
  func theKneeIsWhereHalfIsLost(mode: ScalingMode) throws {
    var cluster = SyntheticCluster()
    cluster.exchangeBytes = 20_000_000
    let measurements = cluster.measure(try scalingPlan(ranks: [1, 2, 4, 8]))
    let model = ScalingModel(measurements, assumedLatency: 1)
    let series = try #require(measurements.plan.series.first { $0.mode == mode })
    var last = 0
    for gigabits in ScalingCurve.gigabits {
      let curve = ScalingCurve(
        series, gigabits: gigabits, model: model, measurements: measurements)
      #expect(curve.predictions.map(\.nodes) == (0...10).map { 1 << $0 })
      #expect(curve.efficiency(curve.predictions[0]) == 1)
      for prediction in curve.predictions {
        let isBeyond = curve.knee.map { prediction.nodes >= $0.nodes } ?? false
        #expect((curve.efficiency(prediction) < 0.5) == isBeyond)
      }
      if let knee = curve.knee { #expect(curve.efficiency(knee) < 0.5) }
      // A faster link moves it to the right.
      let nodes = curve.knee?.nodes ?? .max
      #expect(nodes >= last)
      last = nodes
    }
  }
}
