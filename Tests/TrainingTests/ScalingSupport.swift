import Settings
import Training

/// Nodes whose steps take what the model says, so that a fit must find these numbers again.
struct SyntheticCluster {
  var fixed = 0.001
  var perStream = 0.0005
  var update = 0.0008
  var within = 0.0003
  var latency = 35e-6
  var bytesPerSecond = 1.25e8
  /// The part of computing that hides an exchange between nodes.
  var hidingShare = 0.0
  var exchangeBytes = 4_000_000
  var ranksPerNode = 1
  var tokensPerStream = 50.0

  func round(_ point: ScalingPoint) -> ScalingRound {
    let nodes = (point.ranks + ranksPerNode - 1) / ranksPerNode
    let computing = fixed + perStream * point.streamsPerWorker
    let needed = between(nodes)
    let hidden = min(needed, hidingShare * computing)
    let exchange = (point.ranks > nodes ? within : 0) + needed - hidden
    let total = computing + update + exchange
    return ScalingRound(
      nodes: nodes, tokensPerSecond: tokensPerStream * Double(point.streams) / total,
      computing: computing, exchange: exchange, hidden: hidden, update: update, wait: 0,
      total: total, exchangeBytes: exchangeBytes)
  }

  /// With the doublings that reach so many nodes counted one by one.
  func between(_ nodes: Int) -> Double {
    var doublings = 0
    while 1 << doublings < nodes { doublings += 1 }
    let share = Double(nodes - 1) / Double(nodes)
    return 2 * Double(doublings) * latency + 2 * share * Double(exchangeBytes) / bytesPerSecond
  }

  /// All points of a plan, so often.
  func measure(_ plan: ScalingPlan, rounds: Int = 1) -> ScalingMeasurements {
    var measurements = ScalingMeasurements(plan)
    measurements.take(rounds: rounds) { point, _ in round(point) }
    return measurements
  }
}

/// A plan for 64 streams in 16 leaves.
func scalingPlan(
  ranks: [Int], workers: [Int] = [1], modes: [ScalingMode] = ScalingMode.allCases,
  data: String = "{kind: random, symbols: 20, samples: 8000}"
) throws -> ScalingPlan {
  let configuration = try Configuration(
    yaml: """
      data: \(data)
      batch: {streams: 64, leaves: 16}
      training: {epochs: 1}
      """)
  return ScalingPlan(configuration, ranks: ranks, workers: workers, modes: modes)
}
