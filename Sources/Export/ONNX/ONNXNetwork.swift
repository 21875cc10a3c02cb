import Recurrent

/// An exported model as a graph of ONNX's operators. T and B may vary from call to call; states come in
/// as `h0_l0`, `c0_l0`, … and go out as `hn_l0`, `cn_l0`, ….
struct ONNXNetwork {
  private let model: ExportedModel
  private(set) var builder: ONNXGraphBuilder

  private let time = ONNXGraphBuilder.Axis.named("time_steps")
  private let streams = ONNXGraphBuilder.Axis.named("streams")

  init(_ model: ExportedModel) {
    self.model = model
    builder = ONNXGraphBuilder(name: model.name)
    let input = addInput()
    // The graph's first output is what the model says; the states come last.
    let name = model.meaning.outputName
    _ = builder.addOutput(name, [time, streams, .fixed(model.outputs.count)])
    declareDerivedOutputs()
    var current = input
    for layer in model.layers.indices { current = addLayer(layer, current) }
    addReadout(current, input, to: name)
    addDerivedOutputs(of: name)
  }

  /// The columns as the network has them, or the embedding's rows.
  private mutating func addInput() -> String {  // [T, B, I]
    if let embedding = model.embedding {
      let symbols = builder.addInput("input", [time, streams], ONNX.ElementType.int64)
      let table = builder.add(
        "embedding.weight", shape: [embedding.rows, embedding.columns], embedding.values)
      builder.add("Gather", [table, symbols], to: ["embedded"], integers: ["axis": 0])
      return "embedded"
    }
    let width = model.inputs.count
    let input = builder.addInput("input", [time, streams, .fixed(width)])
    guard !model.inputs.allSatisfy(\.isPlain) else { return input }
    let center = builder.add("input.center", shape: [width], model.inputs.map(\.center))
    let scale = builder.add("input.scale", shape: [width], model.inputs.map(\.scale))
    builder.add("Sub", [input, center], to: ["centered"])
    builder.add("Div", ["centered", scale], to: ["normalized"])
    return "normalized"
  }

  // MARK: Layers

  private mutating func addLayer(_ index: Int, _ input: String) -> String {  // [T, B, H]
    let layer = model.layers[index]
    let (hidden, order) = (model.hidden, model.cell.onnxOrder)
    func weight(_ name: String, _ matrix: Matrix) -> String {
      builder.add(
        "rnn.\(name)_l\(index)", shape: [1, matrix.rows, matrix.columns],
        matrix.blocks(order, height: hidden).values)
    }
    let inputWeight = weight("weight_ih", layer.inputWeight)
    let hiddenWeight = weight("weight_hh", layer.hiddenWeight)
    let bias = builder.add(
      "rnn.bias_l\(index)", shape: [1, 2 * layer.inputBias.count],
      layer.inputBias.blocks(order, height: hidden)
        + layer.hiddenBias.blocks(order, height: hidden))
    let states = model.cell == .lstm ? ["h", "c"] : ["h"]
    let axes = [.fixed(1), streams, .fixed(hidden)] as [ONNXGraphBuilder.Axis]
    let before = states.map { builder.addInput("\($0)0_l\(index)", axes) }
    let after = states.map { builder.addOutput("\($0)n_l\(index)", axes) }
    let operands = [input, inputWeight, hiddenWeight, bias, ""] + before
    let results = ["layer_\(index)"] + after
    switch model.cell {
    case .elman:
      let function = model.activation == .rectifier ? "Relu" : "Tanh"
      builder.add(
        "RNN", operands, to: results, integers: ["hidden_size": hidden],
        strings: ["activations": [function]])
    case .gru:
      builder.add(
        "GRU", operands, to: results,
        integers: ["hidden_size": hidden, "linear_before_reset": 1])
    case .lstm: builder.add("LSTM", operands, to: results, integers: ["hidden_size": hidden])
    }
    // [T, 1, B, H], where the 1 is for directions.
    let directions = builder.add("directions_\(index)", [1])
    builder.add("Squeeze", [results[0], directions], to: ["hidden_\(index)"])
    return "hidden_\(index)"
  }

  // MARK: Outputs

  /// y = W·h + b, the skip, and back to the data's units.
  private mutating func addReadout(_ hidden: String, _ input: String, to name: String) {
    let width = model.outputs.count
    let weight = builder.add(
      "readout.weight", shape: [model.hidden, width], model.readout.transposed.values)
    let bias = builder.add("readout.bias", shape: [width], model.readoutBias)
    var steps = [("MatMul", weight), ("Add", bias)]
    if model.skipsInput {
      let first = builder.add("skip.first", [0])
      let end = builder.add("skip.end", [width])
      let axis = builder.add("skip.axis", [2])
      builder.add("Slice", [input, first, end, axis], to: ["skipped"])
      steps.append(("Add", "skipped"))
    }
    if !model.outputs.allSatisfy(\.isPlain) {
      steps.append(
        ("Mul", builder.add("output.scale", shape: [width], model.outputs.map(\.scale))))
      steps.append(
        ("Add", builder.add("output.center", shape: [width], model.outputs.map(\.center))))
    }
    var current = hidden
    for (index, step) in steps.enumerated() {
      let result = index == steps.count - 1 ? name : "readout_\(index)"
      builder.add(step.0, [current, step.1], to: [result])
      current = result
    }
  }

  private mutating func declareDerivedOutputs() {
    for derived in model.derivedOutputs {
      _ = builder.addOutput(derived.name, [time, streams, .fixed(derived.width)])
    }
  }

  /// Probabilities, quantiles, means and deviations.
  private mutating func addDerivedOutputs(of output: String) {
    for derived in model.derivedOutputs {
      var current = output
      if let columns = derived.columns {
        let indices = builder.add("\(derived.name).columns", columns)
        let result = derived.function == nil ? derived.name : "\(derived.name).chosen"
        builder.add("Gather", [current, indices], to: [result], integers: ["axis": 2])
        current = result
      }
      switch derived.function {
      case "Softmax"?:
        builder.add("Softmax", [current], to: [derived.name], integers: ["axis": 2])
      case let function?: builder.add(function, [current], to: [derived.name])
      case nil: break
      }
    }
  }
}

/// An output that is computed from the readout's.
private struct DerivedOutput {
  let name: String
  /// The columns of the output that it reads; all if nil.
  let columns: [Int]?
  let width: Int
  /// The operator, if there is one.
  let function: String?
}

extension ExportedModel {
  fileprivate var derivedOutputs: [DerivedOutput] {
    let width = outputs.count
    func every(_ stride: Int, from first: Int, _ name: String, _ function: String? = nil)
      -> DerivedOutput
    {
      let columns = Array(Swift.stride(from: first, to: width, by: stride))
      return DerivedOutput(name: name, columns: columns, width: columns.count, function: function)
    }
    switch meaning {
    case .values: return []
    case .classes:
      return [
        DerivedOutput(name: "probabilities", columns: nil, width: width, function: "Softmax")
      ]
    case .labels:
      return [
        DerivedOutput(name: "probabilities", columns: nil, width: width, function: "Sigmoid")
      ]
    case .quantiles(let levels):
      return levels.enumerated().map {
        every(levels.count, from: $0.offset, "quantile_\($0.element)")
      }
    case .deviations:
      return [every(2, from: 0, "mean"), every(2, from: 1, "deviation", "Exp")]
    }
  }
}

extension ExportedModel.Meaning {
  /// What the readout's output is called.
  var outputName: String {
    switch self {
    case .classes, .labels: "logits"
    case .values, .quantiles, .deviations: "output"
    }
  }
}

extension ExportedModel.Cell {
  /// ONNX's gate order of PyTorch's gates: i, o, f, c of i, f, g, o; z, r, h of r, z, n.
  fileprivate var onnxOrder: [Int] {
    switch self {
    case .elman: [0]
    case .gru: [1, 0, 2]
    case .lstm: [0, 3, 1, 2]
    }
  }
}
