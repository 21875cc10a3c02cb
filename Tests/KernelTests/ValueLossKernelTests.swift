import CKernels
import Foundation
import Testing

/// The losses of values: what each is of one target, in double precision, and its kernel.
enum ValueLossSample: CaseIterable, Sendable {
  case meanSquared, meanAbsolute, huber, quantile, gaussian, nashSutcliffe

  static let all = ValueLossSample.allCases
  static let delta: Float = 0.75
  static let levels: [Float] = [0.125, 0.5, 0.875]
  static let sequences = 3

  var outputsOfTarget: Int {
    switch self {
    case .quantile: Self.levels.count
    case .gaussian: 2
    default: 1
    }
  }

  /// Rows of targets, of which some are missing, and of outputs.
  struct Rows: Sendable {
    let count: Int
    let width: Int
    var targets: [Float]  // [count, width]
    var outputs: [Float]  // [count, width, outputs of a target]
    var weights: [Float]  // [count]
    let targetWeights: [Float]?  // [width]
    var sequences: [Int32]  // [count]
    let scales: [Float]  // [sequences, width]

    init(
      count: Int, width: Int, of loss: ValueLossSample, weighted: Bool = false,
      masked: Bool = false
    ) {
      self.count = count
      self.width = width
      outputs = uniform(count * width * loss.outputsOfTarget, stream: 91, range: 2)
      targets = uniform(count * width, stream: 92, range: 2)
      weights = (0..<count).map { [1, 0, 0.5, 2, 1][$0 % 5] }
      targetWeights = weighted ? uniform(width, stream: 93).map { abs($0) + 0.25 } : nil
      sequences = integers(count, below: ValueLossSample.sequences, stream: 94)
      scales = uniform(ValueLossSample.sequences * width, stream: 95).map { abs($0) + 0.5 }
      guard masked else { return }
      let draws = uniform(count * width, stream: 96)
      for place in draws.indices where draws[place] > 0.3 { targets[place] = .nan }
    }

    /// Some of the rows.
    func part(_ rows: Range<Int>) -> Rows {
      var part = Rows(self, count: rows.count)
      let spread = outputs.count / max(1, count)
      part.targets = Array(targets[rows.lowerBound * width..<rows.upperBound * width])
      part.outputs = Array(outputs[rows.lowerBound * spread..<rows.upperBound * spread])
      part.weights = Array(weights[rows])
      part.sequences = Array(sequences[rows])
      return part
    }

    private init(_ other: Rows, count: Int) {
      self.count = count
      width = other.width
      targets = other.targets
      outputs = other.outputs
      weights = other.weights
      targetWeights = other.targetWeights
      sequences = other.sequences
      scales = other.scales
    }
  }

  struct Result {
    var gradients: [Float]
    var losses: [Double]
    var shares: [Double]
  }

  func run(_ kernels: UnfoldKernels, _ rows: Rows) -> Result {
    var gradients = rows.outputs
    var losses = [Double](repeating: .nan, count: rows.count)
    var shares = losses
    call(
      kernels, rows, rows.targets, rows.weights, rows.targetWeights ?? [], &losses, &shares,
      &gradients)
    return Result(gradients: gradients, losses: losses, shares: shares)
  }

  private func call(
    _ kernels: UnfoldKernels, _ rows: Rows, _ targets: UnsafePointer<Float>,
    _ weights: UnsafePointer<Float>, _ targetWeights: UnsafePointer<Float>,
    _ losses: UnsafeMutablePointer<Double>, _ shares: UnsafeMutablePointer<Double>,
    _ outputs: UnsafeMutablePointer<Float>
  ) {
    let values = UnfoldValueRows(
      count: rows.count, width: rows.width, targets: targets, weights: weights,
      target_weights: rows.targetWeights == nil ? nil : targetWeights, losses: losses,
      shares: shares)
    switch self {
    case .meanSquared: kernels.mean_squared_error(values, outputs)
    case .meanAbsolute: kernels.mean_absolute_error(values, outputs)
    case .huber: kernels.huber(values, Self.delta, outputs)
    case .quantile: kernels.quantile(values, Self.levels, Self.levels.count, outputs)
    case .gaussian: kernels.gaussian(values, outputs)
    case .nashSutcliffe: kernels.nash_sutcliffe(values, rows.sequences, rows.scales, outputs)
    }
  }

  /// The loss of one target and its derivatives by the target's outputs.
  func expected(
    _ outputs: [Double], _ value: Double, scale: Double
  ) -> (loss: Double, slopes: [Double]) {
    let error = outputs[0] - value
    let delta = Double(Self.delta)
    switch self {
    case .meanSquared: return (error * error, [2 * error])
    case .meanAbsolute: return (abs(error), [error > 0 ? 1 : -1])
    case .huber where abs(error) <= delta: return (error * error / 2, [error])
    case .huber: return (delta * (abs(error) - delta / 2), [error > 0 ? delta : -delta])
    case .quantile:
      let levels = Self.levels.map(Double.init)
      let count = Double(levels.count)
      let losses = zip(levels, outputs).map { max($0 * (value - $1), ($0 - 1) * (value - $1)) }
      let slopes = zip(levels, outputs).map { (value > $1 ? -$0 : 1 - $0) / count }
      return (losses.reduce(0, +) / count, slopes)
    case .gaussian:
      let floored = max(exp(2 * outputs[1]), 1e-6)
      let loss = 0.5 * (log(2 * .pi) + log(floored) + error * error / floored)
      let byVariance = 0.5 * (1 / floored - error * error / (floored * floored))
      return (loss, [error / floored, byVariance * 2 * exp(2 * outputs[1])])
    case .nashSutcliffe:
      return (error * error * scale * scale, [2 * error * scale * scale])
    }
  }
}

/// The kernels of the losses of values against their definitions in double precision.
struct ValueLossKernelTests {
  static let sizes = [(rows: 1, width: 1), (3, 2), (4, 15), (5, 16), (3, 65), (2, 1000)]

  private func expectAgreement(
    _ loss: ValueLossSample, _ rows: ValueLossSample.Rows, _ got: ValueLossSample.Result,
    _ name: String
  ) {
    let spread = loss.outputsOfTarget
    let targetWeights = rows.targetWeights.map { $0.map(Double.init) }
    let total = targetWeights?.reduce(0, +) ?? Double(rows.width)
    var slopes: [Double] = []
    for row in 0..<rows.count {
      var (sum, size, present) = (0.0, 0.0, 0.0)
      for target in 0..<rows.width {
        let place = row * rows.width + target
        let weight = targetWeights?[target] ?? 1
        let own = rows.outputs[place * spread..<(place + 1) * spread].map(Double.init)
        guard !rows.targets[place].isNaN else {
          slopes += own.map { _ in 0 }
          continue
        }
        let scale = Double(rows.scales[Int(rows.sequences[row]) * rows.width + target])
        let expected = loss.expected(own, Double(rows.targets[place]), scale: scale)
        sum += weight * expected.loss
        size += weight * abs(expected.loss)
        present += weight
        slopes += expected.slopes.map { $0 * Double(rows.weights[row]) * weight / total }
      }
      // Errors are rounded to single precision, and so is the exponential of a deviation.
      let rounding = 0x1p-20 * (size + present) / total
      #expect(abs(got.losses[row] - sum / total) <= rounding, "\(name), row \(row)")
      #expect(abs(got.shares[row] - present / total) <= 1e-12, "\(name), row \(row)")
    }
    let largest = slopes.map(abs).max() ?? 0
    let difference = firstDifference(got.gradients, slopes) { _ in 0x1p-20 * largest }
    #expect(difference == nil, "\(name)")
  }

  @Test(arguments: Variant.supported)
  func agreeWithTheirDefinitions(_ variant: Variant) {
    for loss in ValueLossSample.all {
      for (count, width) in Self.sizes {
        for (weighted, masked) in [(false, false), (true, false), (false, true), (true, true)] {
          let rows = ValueLossSample.Rows(
            count: count, width: width, of: loss, weighted: weighted, masked: masked)
          let name = "\(loss) [\(count), \(width)], weighted \(weighted), masked \(masked)"
          expectAgreement(loss, rows, loss.run(variant.kernels, rows), name)
        }
      }
    }
  }

  /// Below the floor of the variance the density stays finite.
  @Test(arguments: Variant.supported)
  func aTinyDeviationIsFloored(_ variant: Variant) {
    var rows = ValueLossSample.Rows(count: 1, width: 3, of: .gaussian)
    rows.outputs = [0.5, -8, 0.25, -7, 1, -100]
    rows.targets = [0.501, 0.25, 0]
    expectAgreement(
      .gaussian, rows, ValueLossSample.gaussian.run(variant.kernels, rows), "floored")
  }

  /// A row's loss and gradients are the same in any block of rows.
  @Test(arguments: Variant.supported)
  func blocksDoNotChangeBits(_ variant: Variant) {
    for loss in ValueLossSample.all {
      let rows = ValueLossSample.Rows(
        count: 7, width: 5, of: loss, weighted: true, masked: true)
      let whole = loss.run(variant.kernels, rows)
      let parts = [0..<1, 1..<3, 3..<7].map { loss.run(variant.kernels, rows.part($0)) }
      #expect(sameBits(parts.flatMap(\.gradients), whole.gradients), "\(loss)")
      #expect(parts.flatMap(\.losses) == whole.losses, "\(loss)")
      #expect(parts.flatMap(\.shares) == whole.shares, "\(loss)")
    }
  }

  /// Where nothing is masked or weighted, the squared error is the plain one, to the bit.
  @Test(arguments: Variant.supported)
  func masksCostNoBits(_ variant: Variant) {
    let rows = ValueLossSample.Rows(count: 5, width: 33, of: .meanSquared)
    let got = ValueLossSample.meanSquared.run(variant.kernels, rows)
    for row in 0..<5 {
      var sum = 0.0
      for place in row * 33..<(row + 1) * 33 {
        let error = rows.outputs[place] - rows.targets[place]
        sum += Double(error) * Double(error)
        #expect(got.gradients[place] == error * (2 * rows.weights[row] / 33))
      }
      #expect(got.losses[row] == sum / 33 && got.shares[row] == 1)
    }
  }

  /// A NaN in any output must reach the loss, or training would go on with it.
  @Test(arguments: Variant.supported)
  func outputsThatAreNaNReachTheLoss(_ variant: Variant) {
    for loss in ValueLossSample.all {
      var rows = ValueLossSample.Rows(count: 1, width: 3, of: loss)
      for place in rows.outputs.indices {
        let kept = rows.outputs[place]
        rows.outputs[place] = .nan
        #expect(loss.run(variant.kernels, rows).losses[0].isNaN, "\(loss), output \(place)")
        rows.outputs[place] = kept
      }
    }
  }

  @Test(arguments: Variant.supported)
  func aRowWithoutTargetsHasNoShare(_ variant: Variant) {
    for loss in ValueLossSample.all {
      var rows = ValueLossSample.Rows(count: 2, width: 2, of: loss, weighted: true)
      rows.targets = [.nan, .nan, 1, .nan]
      let got = loss.run(variant.kernels, rows)
      #expect(got.losses[0] == 0 && got.shares[0] == 0, "\(loss)")
      #expect(got.gradients.prefix(2 * loss.outputsOfTarget).allSatisfy { $0 == 0 }, "\(loss)")
      #expect(got.losses[1] != 0 && got.shares[1] > 0 && got.shares[1] < 1, "\(loss)")
    }
  }
}
