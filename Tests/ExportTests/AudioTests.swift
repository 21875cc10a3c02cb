import Export
import Files
import Foundation
import TestSupport
import Testing
import Training

/// The formats of audio plug-ins.
struct AudioTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  @Test(
    arguments: [ExportKind.rtneural, .proteus], ["cell: gru, layers: 2", "cell: lstm, layers: 2"])
  func whatIsReadBackComputesTheSame(kind: ExportKind, cell: String) throws {
    for sample in [Sample.plain, .normalized, .skip] {
      let own = try TestFolder()
      let model = try sample.train(cell: cell, in: own)
      let words = try ModelExport(kind, to: own("a.json")).write(model, checks: true)
      #expect(words.contains("checked by a plain loop"), "\(words)")
    }
  }

  @Test(arguments: [ExportKind.rtneural, .proteus]) func aChangedWeightIsSeen(kind: ExportKind)
    throws
  {
    let model = try Sample.signal.train(in: folder)
    _ = try ModelExport(kind, to: folder("a.json")).write(model, checks: false)
    let exported = try ExportedModel(model, name: "a").folded()
    let number = "\(exported.readout.values[0])"
    let text = try folder.text("a.json")
    try folder.write(text.replacing(number, with: "7.5"), to: "a.json")
    let vector = try #require(
      JSON.value(TestVector.self, from: try folder.bytes("a.json.test.json")))
    let check = try kind.format.check(folder("a.json"), vector)
    #expect(check.difference > Double(vector.tolerance))
  }

  /// RTNeural's own conventions, by places.
  @Test func rtneuralTransposesAndExchanges() throws {
    let model = try Sample.plain.train(cell: "cell: gru", in: folder)
    _ = try ModelExport(.rtneural, to: folder("a.json")).write(model, checks: false)
    let file = try folder.json("a.json")
    let layers = try #require(file["layers"] as? [[String: Any]])
    #expect(layers.map { $0["type"] as? String } == ["gru", "dense"])
    #expect((file["in_shape"] as? [Any])?.last as? Int == 2 && file["in_skip"] as? Int == 0)
    let weights = try #require(layers[0]["weights"] as? [[[Double]]])
    let exported = try ExportedModel(model, name: "a")
    let (matrix, hidden) = (exported.layers[0].inputWeight, exported.hidden)
    #expect(weights[0].count == 2 && weights[0][0].count == 3 * hidden)
    // z first, which PyTorch has second; r second; n last.
    for (theirs, ours) in [(0, hidden), (hidden, 0), (2 * hidden, 2 * hidden)] {
      #expect(Float(weights[0][1][theirs + 3]) == matrix[ours + 3, 1])
      #expect(Float(weights[2][0][theirs]) == exported.layers[0].inputBias[ours])
      #expect(Float(weights[2][1][theirs]) == exported.layers[0].hiddenBias[ours])
    }
    let outputs = try #require(file["output_batch"] as? [Double])
    #expect(outputs.count == TestVector.timeSteps * 3)
  }

  @Test func proteusHasPyTorchsNames() throws {
    let model = try Sample.skip.train(in: folder)
    _ = try ModelExport(.proteus, to: folder("a.json")).write(model, checks: false)
    let file = try folder.json("a.json")
    let data = try #require(file["model_data"] as? [String: Any])
    #expect(data["unit_type"] as? String == "LSTM" && data["hidden_size"] as? Int == 5)
    #expect(data["skip"] as? Int == 1 && data["num_layers"] as? Int == 2)
    let weights = try #require(file["state_dict"] as? [String: Any])
    let rows = try #require(weights["rec.weight_ih_l0"] as? [[Double]])
    #expect(rows.count == 20 && rows[0].count == 1)
    #expect((weights["lin.bias"] as? [Double])?.count == 1 && weights.count == 10)
  }

  /// The player's loop over the flat list: order and start are what its C++ reads.
  @Test func namStartsFromSettledStates() throws {
    let model = try Sample.signal.train(in: folder)
    _ = try ModelExport(.nam, to: folder("a.nam")).write(model, checks: false)
    let file = try folder.json("a.nam")
    #expect(file["architecture"] as? String == "LSTM")
    #expect(
      file["config"] as? [String: Int] == ["input_size": 1, "hidden_size": 5, "num_layers": 2])
    let numbers = try #require(file["weights"] as? [Double])
    #expect(numbers.count == 20 * 6 + 20 + 10 + 20 * 10 + 20 + 10 + 6)
    var player = NAMPlayer(numbers, hidden: 5, layers: 2)
    #expect(player.layers[0].h.contains { $0 != 0 })
    let vector = try #require(
      JSON.value(TestVector.self, from: try folder.bytes("a.nam.test.json")))
    let inputs = try #require(vector.inputs).map { Double($0[0]) }
    let outputs = (inputs + inputs).map { [player.step($0)] }
    #expect(vector.difference(outputs) <= Double(vector.tolerance))
  }
}

/// Neural Amp Modeler's LSTM, from the flat list of its file.
private struct NAMPlayer {
  struct Layer {
    let weights: [Double]  // [4H, I + H]
    let bias: [Double]
    var h: [Double]
    var c: [Double]
  }

  private(set) var layers: [Layer] = []
  private let head: [Double]

  init(_ numbers: [Double], hidden: Int, layers count: Int) {
    var rest = numbers[...]
    func take(_ count: Int) -> [Double] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    for index in 0..<count {
      let width = (index == 0 ? 1 : hidden) + hidden
      layers.append(
        Layer(
          weights: take(4 * hidden * width), bias: take(4 * hidden), h: take(hidden),
          c: take(hidden)))
    }
    head = Array(rest)
  }

  mutating func step(_ input: Double) -> Double {
    var values = [input]
    for index in layers.indices {
      values = Self.advance(&layers[index], values)
    }
    return zip(values, head).reduce(head[values.count]) { $0 + $1.0 * $1.1 }
  }

  /// Gates i, f, g, o over [x | h].
  private static func advance(_ layer: inout Layer, _ input: [Double]) -> [Double] {
    let operands = input + layer.h
    let sums = layer.bias.indices.map { row in
      operands.indices.reduce(layer.bias[row]) {
        $0 + operands[$1] * layer.weights[row * operands.count + $1]
      }
    }
    let width = layer.h.count
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    for unit in 0..<width {
      layer.c[unit] =
        sigmoid(sums[width + unit]) * layer.c[unit]
        + sigmoid(sums[unit]) * tanh(sums[2 * width + unit])
      layer.h[unit] = sigmoid(sums[3 * width + unit]) * tanh(layer.c[unit])
    }
    return layer.h
  }
}
