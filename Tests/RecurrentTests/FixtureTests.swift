import Checkpoints
import Foundation
import Recurrent
import Storage
import Testing

/// Losses, outputs, states and gradients against PyTorch's in double precision, stored in
/// Tests/Reference/gradients.safetensors and losses.safetensors by the scripts beside them.
struct FixtureTests {
  /// The sizes of a case, as the file's metadata has them.
  struct Sizes: Decodable {
    let activation, cell, kind, loss: String
    let hidden, inputs, k1, k2, layers, outputs, streams, symbols: Int
    let tie: Bool
    let delta: Float?
    let levels, weights: [Float]?
    let skip: Bool?
  }

  static func path(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Reference/\(name).safetensors").path
  }

  static func cases(_ name: String) throws -> [String: Sizes] {
    let metadata = try SafetensorsFile(path: path(name)).metadata
    let json = try #require(metadata["cases"])
    return try JSONDecoder().decode([String: Sizes].self, from: Data(json.utf8))
  }

  /// Every cell × loss × kind of truncation, and more.
  @Test func thereIsACaseOfEveryKind() throws {
    let names = try Set(Self.cases("gradients").keys)
    for cell in ["elman-tanh", "elman-relu", "gru", "lstm"] {
      for loss in GradientCase.losses {
        for kind in ["window", "overlap", "full"] {
          #expect(names.contains("\(cell).\(loss.kind.rawValue).\(kind)"))
        }
      }
    }
    let others = try Set(Self.cases("losses").keys)
    for loss in GradientCase.valueLosses {
      for kind in ["window", "overlap"] {
        for form in ["plain", "masked"] {
          #expect(others.contains("\(loss.kind.rawValue).\(kind).\(form)"))
        }
      }
    }
  }

  @Test(arguments: ["gradients", "losses"])
  func gradientsAgreeWithPyTorch(_ name: String) throws {
    let file = try SafetensorsFile(path: Self.path(name))
    for (name, sizes) in try Self.cases(name).sorted(by: { $0.key < $1.key }) {
      try expectAgreement(FixtureCase(name: name, sizes: sizes, file: file))
    }
  }

  private func expectAgreement(_ fixture: FixtureCase) throws {
    let description = try fixture.description()
    let window = try fixture.window(description)
    let layout = try NetworkRun(
      description, capacity: window.dimensions, weights: try randomWeights(description)
    ).network.layout
    let run = try NetworkRun(
      description, capacity: window.dimensions, workers: 2,
      weights: try fixture.weights(layout))
    run.stateValues =
      try fixture.state("initial.", timeStep: 0) + fixture.rememberedByLoss()
    run.step(window)
    run.fold()

    let loss = try fixture.doubles("loss")[0]
    #expect(abs(run.loss.sum - loss) <= Tolerance.loss * max(1, abs(loss)), "\(fixture.name)")
    let count = try fixture.doubles("count")[0]
    #expect(abs(run.loss.count - count) <= 1e-12 * max(1, count), "\(fixture.name)")
    let outputs = try fixture.doubles("outputs")
    let difference = firstDifference(run.outputs, outputs, relative: Tolerance.activation)
    #expect(difference == nil, "\(fixture.name), outputs")
    for timeStep in 0..<window.dimensions.timeSteps {
      run.carry(before: timeStep + 1)
      let state = try fixture.state("", timeStep: timeStep).map(Double.init)
      let difference = firstDifference(
        Array(run.stateValues.prefix(state.count)), state, relative: Tolerance.activation)
      #expect(difference == nil, "\(fixture.name), state after time step \(timeStep)")
    }
    for parameter in layout.parameters {
      let expected = try fixture.doubles("gradients.\(parameter.name)")
      let difference = firstDifference(
        run.gradient(parameter), expected, relative: Tolerance.gradient)
      #expect(difference == nil, "\(fixture.name), \(parameter.name)")
    }
  }
}

/// One case of the file.
private struct FixtureCase {
  let name: String
  let sizes: FixtureTests.Sizes
  let file: SafetensorsFile

  func doubles(_ key: String) throws -> [Double] {
    try file.elements("\(name)/\(key)", as: .float64, of: Double.self)
  }

  func description() throws -> NetworkDescription {
    let kind = try #require(Loss.Kind(rawValue: sizes.loss))
    let loss = Loss(
      kind, weights: sizes.weights, levels: sizes.levels ?? [0.5], delta: sizes.delta ?? 1)
    return NetworkDescription(
      input: sizes.symbols > 0
        ? .symbols(count: sizes.symbols, embedding: sizes.inputs) : .vectors(width: sizes.inputs),
      cell: sizes.cell, activation: try #require(Activation(rawValue: sizes.activation)),
      layers: sizes.layers, hidden: sizes.hidden, outputs: sizes.outputs,
      loss: loss, tied: sizes.tie, skipsInput: sizes.skip ?? false)
  }

  func window(_ description: NetworkDescription) throws -> SampleWindow {
    var window = SampleWindow(description, timeSteps: sizes.k2, streams: sizes.streams)
    if sizes.symbols > 0 {
      window.symbols = try file.elements("\(name)/inputs", as: .int32, of: Int32.self)
      window.targetClasses = try file.elements("\(name)/targets", as: .int32, of: Int32.self)
    } else {
      window.vectors = try file.floats("\(name)/inputs")
      window.targetValues = try file.floats("\(name)/targets")
    }
    window.weights = try file.floats("\(name)/weights")
    window.resets = try file.elements("\(name)/resets", as: .uint8, of: UInt8.self)
    if file.contains("\(name)/scales") {
      window.sequences = try file.elements("\(name)/sequences", as: .int32, of: Int32.self)
      window.scales = try file.floats("\(name)/scales")
    }
    return window
  }

  func weights(_ layout: ParameterLayout) throws -> [Float] {
    var weights = [Float](repeating: 0, count: layout.count)
    for parameter in layout.parameters {
      #expect(
        try file.tensor("\(name)/parameters.\(parameter.name)").shape == parameter.shape,
        "\(name), \(parameter.name)")
      weights.replaceSubrange(
        parameter.range, with: try file.floats("\(name)/parameters.\(parameter.name)"))
    }
    return weights
  }

  /// What the loss remembers at the left edge, [B, lossWidth].
  func rememberedByLoss() throws -> [Float] {
    file.contains("\(name)/initial.loss") ? try file.floats("\(name)/initial.loss") : []
  }

  /// A state [layers, vectors, B, H] from PyTorch's hidden and memory, [T, layers, B, H] each.
  func state(_ prefix: String, timeStep: Int) throws -> [Float] {
    let parts = try ["hidden", "memory"].filter { file.contains("\(name)/\(prefix)\($0)") }.map {
      try file.floats("\(name)/\(prefix)\($0)")
    }
    let block = sizes.streams * sizes.hidden
    return (0..<sizes.layers).flatMap { layer in
      parts.flatMap { part in
        let first = (timeStep * sizes.layers + layer) * block
        return part[first..<first + block]
      }
    }
  }
}
