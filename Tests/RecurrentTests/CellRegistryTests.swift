import Recurrent
import Storage
import Testing

/// Finding cells by name, and adding one.
struct CellRegistryTests {
  /// h_t = tanh(sum) + h_{t−1}/2: the least that reaches h_t past the sums.
  struct LeakyCell: RecurrentCell {
    static let name = "leaky-of-the-tests"
    static let gateCount = 1
    static let passesHidden = true
    static let savedVectors = 1

    private let squashing = ElmanCell(activation: .hyperbolicTangent)

    init(activation: Activation) {}

    func forward(_ step: CellForwardStep) {
      squashing.forward(step)
      for place in 0..<step.rows * step.hidden {
        step.saved[place] = step.output[place]
        step.output[place] += step.previousHidden[place] / 2
      }
    }

    func backward(_ step: CellBackwardStep) {
      for place in 0..<step.rows * step.hidden {
        let gradient = step.outputGradient[place] + step.hiddenGradient[place]
        step.gates[place] = gradient * (1 - step.saved[place] * step.saved[place])
        step.hiddenGradient[place] = gradient / 2
      }
    }
  }

  /// The same in the namespace of another, to take its place.
  struct ReplacedCell: RecurrentCell {
    static let name = "replaced-of-the-tests"
    static let gateCount = 1
    init(activation: Activation) {}
    func forward(_ step: CellForwardStep) {}
    func backward(_ step: CellBackwardStep) {}
  }

  struct ReplacingCell: RecurrentCell {
    static let name = ReplacedCell.name
    static let gateCount = 2
    init(activation: Activation) {}
    func forward(_ step: CellForwardStep) {}
    func backward(_ step: CellBackwardStep) {}
  }

  @Test func theBuiltInCellsAreKnown() {
    for (name, gates) in [("elman", 1), ("gru", 3), ("lstm", 4)] {
      #expect(CellRegistry.names.contains(name))
      #expect(CellRegistry.cell(named: name)?.gateCount == gates)
    }
    #expect(CellRegistry.names == CellRegistry.names.sorted())
    #expect(CellRegistry.cell(named: "LSTM") == nil)
  }

  @Test func aLaterCellTakesTheNameOver() {
    CellRegistry.register(ReplacedCell.self)
    CellRegistry.register(ReplacingCell.self)
    #expect(CellRegistry.cell(named: ReplacedCell.name)?.gateCount == 2)
    #expect(CellRegistry.names.count { $0 == ReplacedCell.name } == 1)
  }

  @Test func anUnknownCellIsNamedWithTheKnownOnes() throws {
    var description = GradientCase.small[0].description
    description.cell = "transformer"
    let error = #expect(throws: RecurrentError.self) {
      try NetworkRun(
        description, capacity: WindowDimensions(timeSteps: 1, streams: 1), weights: [])
    }
    let message = try #require(error).description
    #expect(message.contains("model.cell") && message.contains("'transformer'"))
    #expect(message.contains("elman") && message.contains("lstm") && !message.contains("\n"))
  }

  /// All that a new cell needs is its two functions: the layer does the rest, gradients included.
  @Test func aNewCellTrains() throws {
    CellRegistry.register(LeakyCell.self)
    let description = NetworkDescription(
      input: .vectors(width: 3), cell: LeakyCell.name, layers: 2, hidden: 6, outputs: 2,
      loss: .meanSquaredError)
    let window = SampleWindow(description, timeSteps: 6, streams: 3, seed: 8)
    let weights = try randomWeights(description)
    let run = try NetworkRun(
      description, capacity: window.dimensions, workers: 2, weights: weights)
    run.step(window)
    for parameter in run.network.layout.parameters {
      let gradient = run.gradient(parameter)
      for place in stride(from: 0, to: parameter.count, by: 5) {
        // A step of 2⁻⁶ in single precision: rounding 1e-7 / 2⁻⁶ and truncation 2⁻¹² of the loss.
        let losses = try [Float(0x1p-6), -0x1p-6].map { change in
          var changed = weights
          changed[parameter.offset + place] += change
          let run = try NetworkRun(description, capacity: window.dimensions, weights: changed)
          run.step(window)
          return run.loss.sum
        }
        let slope = (losses[0] - losses[1]) / 0x1p-5
        #expect(
          abs(slope - Double(gradient[place])) < 2e-3 * max(1, abs(slope)),
          "\(parameter.name)[\(place)]")
      }
    }
  }
}
