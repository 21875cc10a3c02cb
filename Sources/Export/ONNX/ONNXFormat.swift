import Files
import Foundation
import SwiftProtobuf

/// Open Neural Network Exchange: what ONNX Runtime and many others read. Opset 17, as everything since
/// 2022 reads it, with axes [T, B, …] (`layout = 0`, the only one that runtimes have).
package struct ONNXFormat: ExportFormat {
  package static let name = "onnx"

  /// The version of the file format, which goes with that of the operators.
  static let fileVersion: Int64 = 8
  static let operatorVersion: Int64 = 17
  /// A protobuf message ends below 2 GiB.
  private static let mostBytes = 0x7fff_ffff - (1 << 20)

  package init() {}

  package func requireSuitable(_ model: ExportedModel) throws(ExportError) {}

  package func contents(of model: ExportedModel, _ vector: TestVector) throws -> [UInt8] {
    let network = ONNXNetwork(model)
    guard network.builder.byteCount <= Self.mostBytes else {
      throw ExportError.unsuitable(
        "onnx: the weights have \(network.builder.byteCount) bytes, a file has at most 2 GB; choose a smaller "
          + "model")
    }
    var file = ONNX.Model()
    file.irVersion = Self.fileVersion
    file.producerName = "unfold"
    file.graph = network.builder.graph
    var operators = ONNX.OperatorSet()
    operators.version = Self.operatorVersion
    file.operatorSets = [operators]
    file.metadata = metadata(model)
    return try file.serializedBytes()
  }

  /// The columns' names, and what else is known.
  private func metadata(_ model: ExportedModel) -> [ONNX.Entry] {
    var pairs = [("name", model.name)]
    if model.embedding == nil { pairs.append(("inputs", list(model.inputs))) }
    if model.meaning.outputName == "output" { pairs.append(("outputs", list(model.outputs))) }
    if let rate = model.sampleRate { pairs.append(("sample_rate", "\(rate)")) }
    return pairs.map { key, value in
      var entry = ONNX.Entry()
      entry.key = key
      entry.value = value
      return entry
    }
  }

  private func list(_ columns: [ExportedModel.Column]) -> String {
    JSON.line(columns.map(\.name)).trimmingCharacters(in: .newlines)
  }

  package func check(_ path: String, _ vector: TestVector) throws -> ExportCheck {
    let needs = "python3 with onnx and onnxruntime (pip install onnx onnxruntime)"
    let difference = try PythonReader(program: Self.program, needs: needs).difference(path)
    return ExportCheck(reader: "onnx and onnxruntime", difference: difference)
  }

  /// Prints the largest difference of one stream over both passes, and of several shorter ones at once.
  private static let program = """
    import json, sys
    try:
        import numpy, onnx, onnxruntime
    except ImportError:
        sys.exit(77)
    path, vector = sys.argv[1], json.load(open(sys.argv[2]))
    onnx.checker.check_model(onnx.load(path), full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_outputs()]
    if "symbols" in vector:
        steps = numpy.array(vector["symbols"], numpy.int64)[:, None]
    else:
        steps = numpy.array(vector["inputs"], numpy.float32)[:, None, :]

    def start(streams):
        states = session.get_inputs()[1:]
        return {s.name: numpy.zeros((1, streams, s.shape[2]), numpy.float32) for s in states}

    def run(steps, states):
        results = dict(zip(names, session.run(None, {"input": steps, **states})))
        return results[names[0]], {name: results[name[0] + "n" + name[2:]] for name in states}

    def difference(outputs, expected):
        return numpy.abs(outputs - numpy.array(expected, numpy.float32)[:, None, :]).max()

    first, states = run(steps, start(1))
    second, _ = run(steps, states)
    several, _ = run(numpy.repeat(steps[:5], 3, axis=1), start(3))
    found = [
        difference(first, vector["outputs"]),
        difference(second, vector["carried_outputs"]),
        difference(several, vector["outputs"][:5]),
    ]
    print(float(numpy.max(found)))
    """
}
