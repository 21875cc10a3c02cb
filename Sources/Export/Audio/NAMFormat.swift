import Files
import Foundation

/// Neural Amp Modeler's LSTM. The player starts from the state that a second of silence leaves, which lies
/// in the file with the weights.
package struct NAMFormat: ExportFormat {
  package static let name = "nam"

  /// What the player takes where a file does not say.
  private static let usualSampleRate = 48_000.0

  package init() {}

  package func silence(before model: ExportedModel) -> Int {
    Int((model.sampleRate ?? Self.usualSampleRate).rounded())
  }

  package func requireSuitable(_ model: ExportedModel) throws(ExportError) {
    try model.requireVectors(Self.name)
    try model.requireValues(Self.name)
    try model.requireCell([.lstm], Self.name)
    guard model.inputs.count == 1, model.outputs.count == 1 else {
      throw .unsuitable(
        "nam: has one input and one output, the model has \(model.inputs.count) and "
          + "\(model.outputs.count); export to rtneural, onnx or c")
    }
    guard !model.skipsInput else {
      throw .unsuitable(
        "nam: has no place for model.skip: input; train without it, or export to rtneural, onnx or c"
      )
    }
  }

  package func contents(of model: ExportedModel, _ vector: TestVector) throws -> [UInt8] {
    let file = NAMFile(try model.folded(), start: vector.initialState ?? [])
    return Array(JSON.line(file).utf8)
  }

  package func check(_ path: String, _ vector: TestVector) throws -> ExportCheck {
    let needs = "python3 with neural-amp-modeler (pip install neural-amp-modeler)"
    let difference = try PythonReader(program: Self.program, needs: needs).difference(path)
    return ExportCheck(reader: "neural-amp-modeler", difference: difference)
  }

  private static let program = """
    import json, sys
    try:
        import torch
        from nam.models._from_nam import init_from_nam
    except ImportError:
        sys.exit(77)
    config, vector = json.load(open(sys.argv[1])), json.load(open(sys.argv[2]))
    model = init_from_nam(config).eval()
    inputs = [row[0] for row in vector["inputs"]]
    expected = [row[0] for row in vector["outputs"] + vector["carried_outputs"]]
    with torch.no_grad():
        outputs = model(torch.tensor(inputs + inputs), pad_start=False)
    print(float((outputs - torch.tensor(expected)).abs().max()))
    """
}

/// The file.
struct NAMFile: Codable {
  struct Config: Codable {
    let inputSize: Int
    let hiddenSize: Int
    let layers: Int

    enum CodingKeys: String, CodingKey {
      case inputSize = "input_size"
      case hiddenSize = "hidden_size"
      case layers = "num_layers"
    }
  }

  let version: String
  let metadata: [String: String]
  let architecture: String
  let config: Config
  let weights: [Float]
  let sampleRate: Double?

  enum CodingKeys: String, CodingKey {
    case version, metadata, architecture, config, weights
    case sampleRate = "sample_rate"
  }

  /// A model that has nothing around its network, and the state of each layer at the start.
  init(_ model: ExportedModel, start: [TestVector.State]) {
    version = "0.5.4"
    metadata = ["name": model.name]
    architecture = "LSTM"
    config = Config(inputSize: 1, hiddenSize: model.hidden, layers: model.layers.count)
    sampleRate = model.sampleRate
    // For each layer [W_ih | W_hh] row by row, the biases' sum, h and c; then the readout.
    var weights: [Float] = []
    for (layer, state) in zip(model.layers, start) {
      for row in 0..<layer.inputWeight.rows {
        weights += layer.inputWeight.row(row)
        weights += layer.hiddenWeight.row(row)
      }
      weights += sum(layer.inputBias, layer.hiddenBias)
      weights += state.hidden
      weights += state.memory ?? []
    }
    self.weights = weights + model.readout.values + model.readoutBias
  }
}
