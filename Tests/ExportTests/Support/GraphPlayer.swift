import Foundation

/// Computes what an ONNX file says for one stream, in doubles, by the words of ONNX's operator pages.
struct GraphPlayer {
  struct Tensor {
    let shape: [Int]
    let values: [Double]
  }

  struct Node {
    let operation: String
    let inputs: [String]
    let outputs: [String]
    let integers: [String: Int]
    let strings: [String: [String]]
  }

  let model: WireMessage
  let nodes: [Node]
  let weights: [String: Tensor]
  let inputNames: [String]
  let outputNames: [String]
  /// Values by their names, [T][width], or a state as one row.
  private var values: [String: [[Double]]] = [:]

  init(_ file: [UInt8]) throws {
    model = try WireMessage(file[...])
    let graph = try model.messages(7)[0]
    weights = try graph.messages(5).reduce(into: [:]) { weights, tensor in
      weights[tensor.text(8)] = try Self.tensor(tensor)
    }
    nodes = try graph.messages(1).map { node in
      let attributes = try node.messages(5)
      return Node(
        operation: node.text(4), inputs: node.texts(1), outputs: node.texts(2),
        integers: attributes.reduce(into: [:]) { $0[$1.text(1)] = $1.numbers[3]?.first },
        strings: attributes.reduce(into: [:]) { $0[$1.text(1)] = $1.texts(9) })
    }
    inputNames = try graph.messages(11).map { $0.text(1) }
    outputNames = try graph.messages(12).map { $0.text(1) }
  }

  private static func tensor(_ message: WireMessage) throws -> Tensor {
    let bytes = Array(message.bytes[9]?.first ?? [])
    let isFloat = message.numbers[2] == [1]
    let width = isFloat ? 4 : 8
    let values = stride(from: 0, to: bytes.count, by: width).map { start -> Double in
      // Little-endian: the last byte is the highest.
      var bits = UInt64(0)
      for byte in bytes[start..<start + width].reversed() { bits = bits << 8 | UInt64(byte) }
      return isFloat
        ? Double(Float(bitPattern: UInt32(bits))) : Double(Int64(bitPattern: bits))
    }
    return Tensor(shape: try message.integers(1), values: values)
  }

  /// Runs the graph.
  ///
  /// - Returns: every output, by its name; states are what they are after the last time step.
  mutating func run(_ input: [[Double]], states: [String: [Double]]) -> [String: [[Double]]] {
    values = ["input": input]
    for (name, state) in states { values[name] = [state] }
    for node in nodes { apply(node) }
    return values.filter { outputNames.contains($0.key) }
  }

  private mutating func apply(_ node: Node) {
    let rows = values[node.inputs[0]] ?? []
    let operand = node.inputs.count > 1 ? weights[node.inputs[1]] : nil
    func each(_ body: (Double, Double) -> Double) -> [[Double]] {
      let other = values[node.inputs[1]]
      return rows.enumerated().map { index, row in
        zip(row, other?[index] ?? operand?.values ?? []).map { body($0, $1) }
      }
    }
    func columns(_ chosen: [Int]) -> [[Double]] { rows.map { row in chosen.map { row[$0] } } }
    let result: [[Double]]
    switch node.operation {
    case "Sub": result = each { $0 - $1 }
    case "Div": result = each { $0 / $1 }
    case "Add": result = each { $0 + $1 }
    case "Mul": result = each { $0 * $1 }
    case "MatMul": result = rows.map { Self.product($0, operand) }
    case "Squeeze": result = rows
    case "Slice":
      let bounds = node.inputs.dropFirst().map { Int(weights[$0]?.values[0] ?? -1) }
      result = columns(Array(bounds[0]..<bounds[1]))
    case "Gather":
      if let table = weights[node.inputs[0]] {
        let width = table.shape[1]
        result = (values[node.inputs[1]] ?? []).map { row in
          Array(table.values[Int(row[0]) * width..<(Int(row[0]) + 1) * width])
        }
      } else {
        result = columns(operand?.values.map { Int($0) } ?? [])
      }
    case "Softmax":
      result = rows.map { row in
        let sum = row.reduce(0.0) { $0 + exp($1) }
        return row.map { exp($0) / sum }
      }
    case "Sigmoid": result = rows.map { $0.map { 1 / (1 + exp(-$0)) } }
    case "Exp": result = rows.map { $0.map { exp($0) } }
    default: return recur(node, rows)
    }
    values[node.outputs[0]] = result
  }

  // MARK: Layers

  private mutating func recur(_ node: Node, _ rows: [[Double]]) {
    let hidden = node.integers["hidden_size"] ?? 0
    let bias = weights[node.inputs[3]]?.values ?? []
    let (inputBias, stateBias) = (bias.prefix(bias.count / 2), bias.suffix(bias.count / 2))
    var h = values[node.inputs[5]]?[0] ?? []
    var c = node.inputs.count > 6 ? values[node.inputs[6]]?[0] ?? [] : []
    var outputs: [[Double]] = []
    for row in rows {
      let x = zip(rowProduct(row, weights[node.inputs[1]]), inputBias).map { $0 + $1 }
      let s = zip(rowProduct(h, weights[node.inputs[2]]), stateBias).map { $0 + $1 }
      for unit in 0..<hidden {
        func a(_ gate: Int) -> Double { x[gate * hidden + unit] }
        func b(_ gate: Int) -> Double { s[gate * hidden + unit] }
        func gate(_ index: Int) -> Double { 1 / (1 + exp(-a(index) - b(index))) }
        switch node.operation {
        case "RNN":
          let sum = a(0) + b(0)
          h[unit] = node.strings["activations"] == ["Relu"] ? max(0, sum) : tanh(sum)
        case "GRU":  // z, r, h
          let reset = node.integers["linear_before_reset"] == 1 ? gate(1) : .nan
          let candidate = tanh(a(2) + reset * b(2))
          h[unit] = (1 - gate(0)) * candidate + gate(0) * h[unit]
        case "LSTM":  // i, o, f, c
          c[unit] = gate(2) * c[unit] + gate(0) * tanh(a(3) + b(3))
          h[unit] = gate(1) * tanh(c[unit])
        default: h[unit] = .nan
        }
      }
      outputs.append(h)
    }
    values[node.outputs[0]] = outputs
    values[node.outputs[1]] = [h]
    if node.outputs.count > 2 { values[node.outputs[2]] = [c] }
  }

  /// x·W of W [I, O].
  private static func product(_ x: [Double], _ weight: Tensor?) -> [Double] {
    guard let weight else { return [] }
    let width = weight.shape[1]
    return (0..<width).map { column in
      x.indices.reduce(0.0) { $0 + x[$1] * weight.values[$1 * width + column] }
    }
  }

  /// W·x of W [1, G·H, I].
  private func rowProduct(_ x: [Double], _ weight: Tensor?) -> [Double] {
    guard let weight else { return [] }
    return (0..<weight.shape[1]).map { row in
      x.indices.reduce(0.0) { $0 + x[$1] * weight.values[row * weight.shape[2] + $1] }
    }
  }
}
