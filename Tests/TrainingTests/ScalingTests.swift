import Testing
import Training

/// Which points are measured, in which order, and what their speeds say.
struct ScalingTests {
  @Test func pointsAreOrderedByCores() throws {
    let plan = try scalingPlan(ranks: [4, 1, 2, 2], workers: [2, 1])
    #expect(plan.series.map(\.mode) == [.strong, .weak])
    for series in plan.series {
      #expect(series.points.map(\.ranks) == [1, 1, 2, 2, 4, 4])
      #expect(series.points.map(\.workers) == [1, 2, 1, 2, 1, 2])
    }
    #expect(plan.series[0].points.allSatisfy { $0.streams == 64 })
    #expect(plan.series[1].points.map(\.streams) == [64, 128, 128, 256, 256, 512])
    // The smallest point is that of both modes.
    #expect(plan.points.count == 11 && Set(plan.points).count == 11)
    #expect(plan.points[0] == plan.series[1].base)
  }

  @Test func weakScalingChangesStreamsAndWhatIsGenerated() throws {
    let plan = try scalingPlan(ranks: [2, 4])
    let (strong, weak) = (plan.series[0].points, plan.series[1].points)
    #expect((strong + weak.prefix(1)).allSatisfy { plan.settings(of: $0).isEmpty })
    #expect(plan.settings(of: weak[1]) == ["batch.streams=128", "data.samples=16000"])
    let text = try scalingPlan(ranks: [1, 3], modes: [.weak], data: "{kind: text, train: a.txt}")
    #expect(text.settings(of: text.points[1]) == ["batch.streams=192"])
  }

  /// 16 leaves of 4 streams: of 3 ranks one has 6 leaves, and more ranks than leaves are idle.
  @Test(arguments: [(1, 1, 64.0), (3, 2, 12.0), (16, 1, 4.0), (40, 1, 4.0)])
  func aWorkersStreamsAreThoseOfItsLeaves(ranks: Int, workers: Int, streams: Double) throws {
    let plan = try scalingPlan(ranks: [ranks], workers: [workers], modes: [.strong])
    #expect(plan.points[0].streamsPerWorker == streams)
  }

  @Test func pointsAreMeasuredInTurns() throws {
    let plan = try scalingPlan(ranks: [1, 2], modes: [.strong])
    var measurements = ScalingMeasurements(plan)
    var order: [String] = []
    measurements.take(rounds: 2) { point, round in
      order.append("\(round): \(point.ranks)")
      return SyntheticCluster().round(point)
    }
    #expect(order == ["1: 1", "1: 2", "2: 1", "2: 2"])
    #expect(plan.points.allSatisfy { measurements.rounds(of: $0).count == 2 })
  }

  private struct Broken: Error {}

  @Test func whatWasMeasuredBeforeAFailureStays() throws {
    let plan = try scalingPlan(ranks: [1, 2], modes: [.strong])
    var measurements = ScalingMeasurements(plan)
    #expect(throws: Broken.self) {
      try measurements.take(rounds: 2) { point, round in
        if round == 2, point.ranks == 2 { throw Broken() }
        return SyntheticCluster().round(point)
      }
    }
    #expect(plan.points.map { measurements.rounds(of: $0).count } == [2, 1])
    #expect(measurements.csv().split(separator: "\n").count == 1 + 3)
  }

  /// Each round is compared with the same round: a machine that slows down does not show.
  @Test func efficiencyIsThatOfARound() throws {
    let plan = try scalingPlan(ranks: [1, 2], modes: [.strong])
    let speeds = [1: [100.0, 200, 400], 2: [180.0, 300, 800]]
    var measurements = ScalingMeasurements(plan)
    measurements.take(rounds: 3) { point, round in
      var figures = SyntheticCluster().round(point)
      figures.tokensPerSecond = speeds[point.ranks]?[round - 1] ?? 0
      return figures
    }
    let rows = measurements.rows(of: plan.series[0])
    #expect(rows.map(\.efficiency.median) == [1, 0.9])
    #expect(rows[1].efficiency.lowest == 0.75 && rows[1].efficiency.highest == 1)
    #expect(rows[1].speed == Spread([180, 300, 800]) && rows[1].speed.median == 300)
  }
}
