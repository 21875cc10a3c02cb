import Files
import Foundation

/// RTNeural's JSON, for audio plug-ins: a list of layers as Keras has them. Matrices are transposed; an
/// LSTM's biases are summed; a GRU's update gate comes before its reset gate. `in_skip` and the test vector
/// `input_batch` and `output_batch` are what AIDA-X reads beside them.
package struct RTNeuralFormat: ExportFormat {
  package static let name = "rtneural"

  package init() {}

  package func requireSuitable(_ model: ExportedModel) throws(ExportError) {
    try model.requireVectors(Self.name)
    try model.requireCell([.gru, .lstm], Self.name)
    try model.requireSingleSkip(Self.name)
    _ = try model.folded()
  }

  package func contents(of model: ExportedModel, _ vector: TestVector) throws -> [UInt8] {
    let file = RTNeuralFile(try model.folded(), vector)
    return Array(JSON.line(file).utf8)
  }

  /// Reads the file and computes with it in RTNeural's own gate order.
  package func check(_ path: String, _ vector: TestVector) throws -> ExportCheck {
    guard let file = JSON.value(RTNeuralFile.self, from: try TextFile.bytes(of: path)) else {
      throw ExportError.unreadable(path: path, problem: "it is not RTNeural's JSON")
    }
    var player = RTNeuralPlayer(file)
    let inputs = (vector.inputs ?? []).map { $0.map { Double($0) } }
    let found = (inputs + inputs).map { player.step($0) }
    return ExportCheck(
      reader: "a plain loop over the file", difference: vector.difference(found))
  }
}

/// The file.
struct RTNeuralFile: Codable {
  struct Layer: Codable {
    let type: String
    let activation: String
    let shape: [Int?]
    let weights: [Numbers]
  }

  /// A vector or a matrix.
  enum Numbers: Codable {
    case vector([Float])
    case matrix([[Float]])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let rows = try? container.decode([[Float]].self) {
        self = .matrix(rows)
      } else {
        self = .vector(try container.decode([Float].self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .vector(let numbers): try container.encode(numbers)
      case .matrix(let rows): try container.encode(rows)
      }
    }

    /// The rows of a matrix, or the vector as one row.
    var rows: [[Double]] {
      switch self {
      case .vector(let numbers): [numbers.map { Double($0) }]
      case .matrix(let rows): rows.map { $0.map { Double($0) } }
      }
    }
  }

  let inputShape: [Int?]
  let skip: Int
  let sampleRate: Double?
  let layers: [Layer]
  /// Inputs of the test vector, one time step after the other.
  let inputBatch: [Float]
  let outputBatch: [Float]
  let metadata: [String: String]

  enum CodingKeys: String, CodingKey {
    case layers, metadata
    case inputShape = "in_shape"
    case skip = "in_skip"
    case sampleRate = "samplerate"
    case inputBatch = "input_batch"
    case outputBatch = "output_batch"
  }

  /// A model that has nothing around its network.
  init(_ model: ExportedModel, _ vector: TestVector) {
    inputShape = [nil, nil, model.inputs.count]
    skip = model.skipsInput ? 1 : 0
    sampleRate = model.sampleRate
    let recurrent = model.layers.map { layer in
      Layer(
        type: model.cell.rawValue, activation: "", shape: [nil, nil, model.hidden],
        weights: model.cell == .gru
          ? Self.gru(layer, hidden: model.hidden) : Self.lstm(layer))
    }
    let dense = Layer(
      type: "dense", activation: "", shape: [nil, nil, model.outputs.count],
      weights: [.matrix(model.readout.transposed.lists), .vector(model.readoutBias)])
    layers = recurrent + [dense]
    inputBatch = Array((vector.inputs ?? []).joined())
    outputBatch = Array(vector.outputs.joined())
    metadata = ["name": model.name]
  }

  private static func lstm(_ layer: ExportedModel.Layer) -> [Numbers] {
    [
      .matrix(layer.inputWeight.transposed.lists),
      .matrix(layer.hiddenWeight.transposed.lists),
      .vector(sum(layer.inputBias, layer.hiddenBias)),
    ]
  }

  /// z, r, c of PyTorch's r, z, n.
  private static func gru(_ layer: ExportedModel.Layer, hidden: Int) -> [Numbers] {
    let order = [1, 0, 2]
    return [
      .matrix(layer.inputWeight.blocks(order, height: hidden).transposed.lists),
      .matrix(layer.hiddenWeight.blocks(order, height: hidden).transposed.lists),
      .matrix([
        layer.inputBias.blocks(order, height: hidden),
        layer.hiddenBias.blocks(order, height: hidden),
      ]),
    ]
  }
}
