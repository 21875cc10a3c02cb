import Foundation

/// Puts a graph together, node by node.
struct ONNXGraphBuilder {
  /// The axes of an input or an output.
  enum Axis {
    /// One that may vary from call to call.
    case named(String)
    case fixed(Int)
  }

  private(set) var graph = ONNX.Graph()

  init(name: String) { graph.name = name }

  /// The bytes of all weights.
  var byteCount: Int { graph.initializers.reduce(0) { $0 + $1.bytes.count } }

  /// Adds weights.
  ///
  /// - Returns: their name.
  mutating func add(_ name: String, shape: [Int], _ values: [Float]) -> String {
    add(name, shape: shape, ONNX.ElementType.float, values.withUnsafeBytes { Data($0) })
  }

  /// Adds whole numbers in a row, such as axes.
  ///
  /// - Returns: their name.
  mutating func add(_ name: String, _ values: [Int]) -> String {
    add(
      name, shape: [values.count], ONNX.ElementType.int64,
      values.map { Int64($0) }.withUnsafeBytes { Data($0) })
  }

  /// Bytes as they lie in memory, which is little-endian on every processor that Unfold knows.
  private mutating func add(
    _ name: String, shape: [Int], _ elementType: Int32, _ bytes: Data
  ) -> String {
    var tensor = ONNX.Tensor()
    tensor.name = name
    tensor.dimensions = shape.map { Int64($0) }
    tensor.elementType = elementType
    tensor.bytes = bytes
    graph.initializers.append(tensor)
    return name
  }

  /// Adds an operation.
  ///
  /// - Parameters:
  ///   - operation: its name in ONNX.
  ///   - inputs: the values it reads; empty names for those left out.
  ///   - outputs: the values it makes.
  ///   - integers: its constants that are whole numbers.
  ///   - strings: its constants that are lists of words.
  mutating func add(
    _ operation: String, _ inputs: [String], to outputs: [String],
    integers: KeyValuePairs<String, Int> = [:], strings: KeyValuePairs<String, [String]> = [:]
  ) {
    var node = ONNX.Node()
    node.operation = operation
    node.name = "\(operation)_\(graph.nodes.count)"
    node.inputs = inputs
    node.outputs = outputs
    for (name, value) in integers {
      var attribute = ONNX.Attribute()
      attribute.name = name
      attribute.integer = Int64(value)
      attribute.kind = 2
      node.attributes.append(attribute)
    }
    for (name, words) in strings {
      var attribute = ONNX.Attribute()
      attribute.name = name
      attribute.strings = words.map { Data($0.utf8) }
      attribute.kind = 8
      node.attributes.append(attribute)
    }
    graph.nodes.append(node)
  }

  /// Declares an input of the graph.
  ///
  /// - Returns: its name.
  mutating func addInput(
    _ name: String, _ axes: [Axis], _ elementType: Int32 = ONNX.ElementType.float
  ) -> String {
    graph.inputs.append(Self.value(name, axes, elementType))
    return name
  }

  /// Declares an output of the graph, in floats.
  ///
  /// - Returns: its name.
  mutating func addOutput(_ name: String, _ axes: [Axis]) -> String {
    graph.outputs.append(Self.value(name, axes, ONNX.ElementType.float))
    return name
  }

  private static func value(_ name: String, _ axes: [Axis], _ elementType: Int32)
    -> ONNX.ValueInfo
  {
    var shape = ONNX.Shape()
    shape.axes = axes.map { axis in
      var result = ONNX.Axis()
      switch axis {
      case .named(let name): result.name = name
      case .fixed(let size): result.size = Int64(size)
      }
      return result
    }
    var tensor = ONNX.TensorType()
    tensor.elementType = elementType
    tensor.shape = shape
    var type = ONNX.ValueType()
    type.tensor = tensor
    var value = ONNX.ValueInfo()
    value.name = name
    value.type = type
    return value
  }
}
