import Files

/// What GuitarML's and AIDA's training tools save and their plug-ins convert: PyTorch's `state_dict` with
/// the recurrent layers as `rec` and the readout as `lin`.
package struct ProteusFormat: ExportFormat {
  package static let name = "proteus"

  package init() {}

  package func requireSuitable(_ model: ExportedModel) throws(ExportError) {
    try model.requireVectors(Self.name)
    try model.requireValues(Self.name)
    try model.requireCell([.gru, .lstm], Self.name)
    try model.requireSingleSkip(Self.name)
    _ = try model.folded()
  }

  package func contents(of model: ExportedModel, _ vector: TestVector) throws -> [UInt8] {
    Array(JSON.line(ProteusFile(try model.folded())).utf8)
  }

  /// Reads the file and computes with it in PyTorch's gate order.
  package func check(_ path: String, _ vector: TestVector) throws -> ExportCheck {
    guard let file = JSON.value(ProteusFile.self, from: try TextFile.bytes(of: path)) else {
      throw ExportError.unreadable(
        path: path, problem: "it is not the JSON of GuitarML's and AIDA's tools")
    }
    var player = ProteusPlayer(file)
    let inputs = (vector.inputs ?? []).map { $0.map { Double($0) } }
    let found = (inputs + inputs).map { player.step($0) }
    return ExportCheck(
      reader: "a plain loop over the file", difference: vector.difference(found))
  }
}

/// The file.
struct ProteusFile: Codable {
  struct Model: Codable {
    let model: String
    let inputSize: Int
    let skip: Int
    let outputSize: Int
    let unitType: String
    let layers: Int
    let hiddenSize: Int
    let hasBias: Bool

    enum CodingKeys: String, CodingKey {
      case model, skip
      case inputSize = "input_size"
      case outputSize = "output_size"
      case unitType = "unit_type"
      case layers = "num_layers"
      case hiddenSize = "hidden_size"
      case hasBias = "bias_fl"
    }
  }

  let model: Model
  let weights: [String: RTNeuralFile.Numbers]

  enum CodingKeys: String, CodingKey {
    case model = "model_data"
    case weights = "state_dict"
  }

  /// A model that has nothing around its network.
  init(_ exported: ExportedModel) {
    model = Model(
      model: "SimpleRNN", inputSize: exported.inputs.count, skip: exported.skipsInput ? 1 : 0,
      outputSize: exported.outputs.count, unitType: exported.cell.rawValue.uppercased(),
      layers: exported.layers.count, hiddenSize: exported.hidden, hasBias: true)
    var weights: [String: RTNeuralFile.Numbers] = [
      "lin.weight": .matrix(exported.readout.lists), "lin.bias": .vector(exported.readoutBias),
    ]
    for (index, layer) in exported.layers.enumerated() {
      weights["rec.weight_ih_l\(index)"] = .matrix(layer.inputWeight.lists)
      weights["rec.weight_hh_l\(index)"] = .matrix(layer.hiddenWeight.lists)
      weights["rec.bias_ih_l\(index)"] = .vector(layer.inputBias)
      weights["rec.bias_hh_l\(index)"] = .vector(layer.hiddenBias)
    }
    self.weights = weights
  }
}
