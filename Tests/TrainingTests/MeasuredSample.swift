import SequenceData
import Training

/// Targets and outputs of five streams of three pieces each; some time steps do not count, and some
/// targets are missing.
struct MeasuredSample {
  static let streams = 5
  static let timeSteps = 60
  static let targets = [
    MeasuredTarget(name: "level", center: 1e6, scale: 3),
    MeasuredTarget(name: "flow", center: 0.25, scale: 0.01),
  ]
  /// Sequences of 4, 2, 5, 3 and 1 pieces.
  static let pieces = MeasuredUnits(
    origins: [0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 4], names: ["a", "b", "c", "d", "e"],
    areStreams: false)
  /// One sequence, cut into streams.
  static let continuous = MeasuredUnits(
    origins: [0, 0, 0, 0, 0], names: ["all"], areStreams: true)

  let units: MeasuredUnits
  let reading: PointPrediction
  private var weights: [Float] = []  // [T, B]
  private var values: [Float] = []  // [T, B, targets]
  private var outputs: [Float] = []  // [T, B, targets, outputs of a target]

  init(_ units: MeasuredUnits, _ reading: PointPrediction = .value) {
    self.units = units
    self.reading = reading
    var state: UInt64 = 1
    func noise() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 23) - 1
    }
    for timeStep in 0..<Self.timeSteps {
      for stream in 0..<Self.streams {
        weights.append(timeStep % 20 < 4 ? 0 : 1)
        for _ in Self.targets {
          let value = 0.2 * Float(stream) + noise()
          values.append(noise() < -0.8 ? .nan : value)
          let prediction = value + 0.1 + 0.5 * noise()
          outputs += (0..<reading.width).map { prediction + 0.2 * Float($0 - reading.point) }
        }
      }
    }
  }

  private func piece(_ timeStep: Int, _ stream: Int) -> Int { stream * 3 + timeStep / 20 }

  /// What the rank of some streams adds, in windows of some length.
  func table(of streams: Range<Int> = 0..<MeasuredSample.streams, windows length: Int = 60)
    -> MeasureTable
  {
    let width = Self.targets.count
    let table = MeasureTable(units, targets: width, reading: reading)
    for start in stride(from: 0, to: Self.timeSteps, by: length) {
      let end = min(start + length, Self.timeSteps)
      let window = Window(
        capacity: length, streams: streams.count, inputKind: .vectors(width: 1),
        targetKind: .values(width: width))
      window.resize(timeSteps: end - start)
      window.firstStream = streams.lowerBound
      var own: [Float] = []
      for timeStep in start..<end {
        for (column, stream) in streams.enumerated() {
          let row = timeStep * Self.streams + stream
          let place = (timeStep - start) * streams.count + column
          window.weights[place] = weights[row]
          window.sequences[place] = Int32(units.areStreams ? 0 : piece(timeStep, stream))
          for target in 0..<width {
            window.targetValues[place * width + target] = values[row * width + target]
          }
          let rowOutputs = width * reading.width
          own += outputs[row * rowOutputs..<(row + 1) * rowOutputs]
        }
      }
      table.add(own, of: window)
    }
    return table
  }

  func report(_ table: MeasureTable) -> MeasureReport {
    MeasureReport(table, units, targets: Self.targets, reading: reading)
  }

  /// The counted targets of some sequences in the data's units, and the outputs that belong to them.
  func counted(
    _ target: Int, of sequences: Set<Int>
  ) -> (targets: [Double], outputs: [[Double]]) {
    var counted: (targets: [Double], outputs: [[Double]]) = ([], [])
    let (width, units) = (Self.targets.count, Self.targets[target])
    for stream in 0..<Self.streams {
      for timeStep in 0..<Self.timeSteps {
        let row = timeStep * Self.streams + stream
        let unit = self.units.areStreams ? stream : piece(timeStep, stream)
        let value = values[row * width + target]
        guard weights[row] > 0, !value.isNaN, sequences.contains(self.units.origins[unit])
        else { continue }
        counted.targets.append(units.center + units.scale * Double(value))
        let first = (row * width + target) * reading.width
        counted.outputs.append(
          outputs[first..<first + reading.width].map { units.center + units.scale * Double($0) })
      }
    }
    return counted
  }
}

/// The measures as their definitions read, in the data's units and in two passes.
struct ReferenceMeasures {
  private let targets: [Double]
  private let predictions: [Double]

  init(_ targets: [Double], _ predictions: [Double]) {
    self.targets = targets
    self.predictions = predictions
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  private func products(_ left: [Double], _ right: [Double]) -> Double {
    let (leftMean, rightMean) = (mean(left), mean(right))
    return zip(left, right).reduce(0) { $0 + ($1.0 - leftMean) * ($1.1 - rightMean) }
  }

  var squaredErrors: Double {
    zip(targets, predictions).map { $1 - $0 }.reduce(0) { $0 + $1 * $1 }
  }

  var targetSquares: Double { products(targets, targets) }

  subscript(measure: Measure) -> Double {
    let errors = zip(targets, predictions).map { $1 - $0 }
    let unexplained = squaredErrors / targetSquares
    let predictionSquares = products(predictions, predictions)
    let correlation =
      products(targets, predictions) / (targetSquares * predictionSquares).squareRoot()
    switch measure {
    case .rmse: return mean(errors.map { $0 * $0 }).squareRoot()
    case .mae: return mean(errors.map { abs($0) })
    case .bias: return mean(errors)
    case .r2, .nse: return 1 - unexplained
    case .fit: return 100 * (1 - unexplained.squareRoot())
    case .esr: return squaredErrors / targets.reduce(0) { $0 + $1 * $1 }
    case .correlation: return correlation
    case .kge:
      let deviations = (predictionSquares / targetSquares).squareRoot() - 1
      let means = mean(predictions) / mean(targets) - 1
      let distance = (correlation - 1) * (correlation - 1) + deviations * deviations + means * means
      return 1 - distance.squareRoot()
    }
  }
}
