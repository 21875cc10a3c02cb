import Foundation
import Recurrent
import SequenceData
import Settings
import Storage
import Training

extension ExportedModel {
  /// A trained model's network.
  ///
  /// - Parameters:
  ///   - model: what was trained.
  ///   - name: what it shall be called.
  /// - Throws: `ExportError.unsuitable` if the cell is one of a program's own, or a weight is not finite.
  package init(_ model: TrainedModel, name: String) throws(ExportError) {
    let description = model.description
    guard let cell = Cell(rawValue: description.cell) else {
      throw .unsuitable(
        "\(model.path): model.cell \(description.cell) is not one that other programs know; exports are "
          + "of elman, gru and lstm")
    }
    let weights = Weights(model)
    try weights.requireFinite()
    self.name = name
    self.cell = cell
    activation = description.activation
    hidden = description.hidden
    layers = (0..<description.layers).map { layer in
      Layer(
        inputWeight: weights.matrix("rnn.weight_ih_l\(layer)"),
        hiddenWeight: weights.matrix("rnn.weight_hh_l\(layer)"),
        inputBias: weights.vector("rnn.bias_ih_l\(layer)"),
        hiddenBias: weights.vector("rnn.bias_hh_l\(layer)"))
    }
    embedding = description.input.isSymbols ? weights.matrix("embedding.weight") : nil
    readout = weights.matrix(description.tied ? "embedding.weight" : "readout.weight")
    readoutBias = weights.vector("readout.bias")
    skipsInput = description.skipsInput
    meaning =
      switch description.loss.kind {
      case .crossEntropy: .classes
      case .binaryCrossEntropy: .labels
      case .quantile: .quantiles(description.loss.levels)
      case .gaussian: .deviations
      default: .values
      }
    let columns = DataColumns(model.data)
    inputs =
      description.input.isSymbols
      ? [] : Self.columns(columns?.inputs, count: description.input.width, "input")
    outputs = Self.outputs(
      of: Self.columns(columns?.targets, count: description.targets, "output"), meaning)
    sampleRate = columns?.sampleRate
  }

  /// Those that the data tell of, or else plain ones.
  private static func columns(_ known: [Column]?, count: Int, _ word: String) -> [Column] {
    if let known, known.count == count { return known }
    return (0..<count).map { Column(name: "\(word)_\($0 + 1)", center: 0, scale: 1) }
  }

  /// The readout's outputs for the targets.
  private static func outputs(of targets: [Column], _ meaning: Meaning) -> [Column] {
    switch meaning {
    case .classes, .labels, .values: targets
    case .quantiles(let levels):
      targets.flatMap { target in
        levels.map { level in
          Column(name: "\(target.name)_\(level)", center: target.center, scale: target.scale)
        }
      }
    case .deviations:
      targets.flatMap { target in
        // log(scale·deviation) = log deviation + log scale
        [
          target,
          Column(
            name: "\(target.name)_log_deviation", center: Float(log(Double(target.scale))),
            scale: 1),
        ]
      }
    }
  }
}

/// What is known of a series' columns.
private struct DataColumns {
  let inputs: [ExportedModel.Column]
  let targets: [ExportedModel.Column]
  let sampleRate: Double?

  /// nil where the data have no columns.
  init?(_ data: DataDescription) {
    func column(_ column: SeriesColumn) -> ExportedModel.Column {
      ExportedModel.Column(
        name: column.title, center: Float(column.center), scale: Float(column.scale))
    }
    guard let columns = data.columns else { return nil }
    let known = columns.inputs.map(column)
    let attributes = columns.attributes.map(column)
    // Where something stands for what is missing, a column beside each tells.
    let hasMarks = data.inputKind == .vectors(width: 2 * known.count + attributes.count)
    let marks = known.map {
      ExportedModel.Column(name: "\($0.name)_missing", center: 0, scale: 1)
    }
    inputs = known + (hasMarks ? marks : []) + attributes
    targets = columns.targets.map(column)
    sampleRate = columns.sampleRate
  }
}

/// A model's parameters by their names.
private struct Weights {
  private let path: String
  private let layout: ParameterLayout
  private let base: UnsafePointer<Float>  // [layout.count], as long as the model lives

  init(_ model: TrainedModel) {
    path = model.path
    layout = model.layout
    base = model.parameters
  }

  func matrix(_ name: String) -> Matrix {
    let shape = parameter(name).shape
    return Matrix(rows: shape[0], columns: shape[1], vector(name))
  }

  func vector(_ name: String) -> [Float] {
    let parameter = parameter(name)
    return Array(UnsafeBufferPointer(start: base + parameter.offset, count: parameter.count))
  }

  func requireFinite() throws(ExportError) {
    for parameter in layout.parameters
    where !vector(parameter.name).allSatisfy(\.isFinite) {
      throw .unsuitable(
        "\(path): \(parameter.name) has a number that is not finite; export an earlier checkpoint")
    }
  }

  private func parameter(_ name: String) -> ParameterLayout.Parameter {
    guard let parameter = layout[name] else { preconditionFailure("no parameter \(name)") }
    return parameter
  }
}
