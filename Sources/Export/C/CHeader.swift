import Recurrent

/// The text of an exported model's header.
struct CHeader {
  let model: ExportedModel
  let vector: TestVector
  /// What its functions' names begin with, and its macros'.
  let prefix: String
  let macro: String

  init(_ model: ExportedModel, _ vector: TestVector) {
    self.model = model
    self.vector = vector
    prefix = CFormat.identifier(model.name)
    macro = prefix.uppercased()
  }

  /// The whole file.
  var text: String {
    """
    \(introduction)
    #ifndef \(macro)_H
    #define \(macro)_H

    #include <math.h>
    #include <stddef.h>
    #include <string.h>

    \(sizes)

    \(weights)
    static float \(prefix)_h[\(model.layers.count)][\(macro)_HIDDEN];
    \(model.cell == .lstm ? "static float \(prefix)_c[\(model.layers.count)][\(macro)_HIDDEN];" : "")

    \(reset)

    \(CLayer(model, prefix: prefix, macro: macro).text)

    \(step)

    \(CSelfTest(self).text)
    #endif

    """
  }

  private var isOfSymbols: Bool { model.embedding != nil }

  /// How the header is used.
  private var introduction: String {
    let input =
      isOfSymbols
      ? "symbol: 0 to \(macro)_SYMBOLS - 1"
      : "input: \(macro)_INPUTS values in the data's units"
    let columns = (isOfSymbols ? [] : ["inputs: \(Self.list(model.inputs))"]) + [outputWords]
    return """
      /* A network trained by Unfold: \(model.words).
       *
       *   \(prefix)_reset();                  back to the zero state
       *   \(prefix)_step(\(isOfSymbols ? "symbol" : "input"), output);   one time step
       *
       * \(input); output: \(macro)_OUTPUTS values.
       * \(columns.joined(separator: "\n * "))
       * Compiled with -D\(macro)_SELF_TEST -lm it is a program that checks itself.
       */
      """
  }

  private var outputWords: String {
    switch model.meaning {
    case .classes: "outputs: the logits of the classes; the largest is the most probable one"
    case .labels: "outputs: the logits of the labels; one above 0 is more probable than not"
    case .values, .quantiles, .deviations: "outputs: \(Self.list(model.outputs))"
    }
  }

  /// The columns' names, which must not end the comment they stand in.
  private static func list(_ columns: [ExportedModel.Column]) -> String {
    columns.map { column in
      column.name.replacing("*/", with: "* /").replacing("/*", with: "/ *")
        .split(whereSeparator: \.isNewline).joined(separator: " ")
    }.joined(separator: ", ")
  }

  private var sizes: String {
    let input =
      model.embedding.map { "#define \(macro)_SYMBOLS \($0.rows)" }
      ?? "#define \(macro)_INPUTS \(model.inputs.count)"
    return """
      \(input)
      #define \(macro)_OUTPUTS \(model.outputs.count)
      #define \(macro)_HIDDEN \(model.hidden)
      """
  }

  // MARK: Constants

  private var weights: String {
    var arrays: [String] = []
    func append(_ name: String, _ values: [Float]) { arrays.append(array(name, values)) }
    if let embedding = model.embedding { append("embedding", embedding.values) }
    if isNormalized {
      append("input_center", model.inputs.map(\.center))
      append("input_scale", model.inputs.map(\.scale))
    }
    for (index, layer) in model.layers.enumerated() {
      append("w_ih_\(index)", layer.inputWeight.values)
      append("w_hh_\(index)", layer.hiddenWeight.values)
      append("b_ih_\(index)", layer.inputBias)
      append("b_hh_\(index)", layer.hiddenBias)
    }
    append("readout", model.readout.values)
    append("readout_bias", model.readoutBias)
    if isRestored {
      append("output_center", model.outputs.map(\.center))
      append("output_scale", model.outputs.map(\.scale))
    }
    return arrays.joined()
  }

  private var isNormalized: Bool { !model.inputs.allSatisfy(\.isPlain) }
  private var isRestored: Bool { !model.outputs.allSatisfy(\.isPlain) }

  /// A constant array of floats, eight in a line.
  func array(_ name: String, _ values: [Float]) -> String {
    // The shortest digits that give the same float back.
    list("float", name, values.map { "\($0)f" })
  }

  /// A constant array.
  func list(_ type: String, _ name: String, _ elements: [String]) -> String {
    let lines = stride(from: 0, to: elements.count, by: 8).map { start in
      "  " + elements[start..<min(start + 8, elements.count)].joined(separator: ", ")
    }
    return "static const \(type) \(prefix)_\(name)[\(elements.count)] = {\n"
      + lines.joined(separator: ",\n") + "\n};\n"
  }

  // MARK: Functions

  private var reset: String {
    let memory = model.cell == .lstm ? "\n  memset(\(prefix)_c, 0, sizeof \(prefix)_c);" : ""
    return """
      static inline void \(prefix)_reset(void) {
        memset(\(prefix)_h, 0, sizeof \(prefix)_h);\(memory)
      }
      """
  }

  private var step: String {
    let parameter = isOfSymbols ? "int symbol" : "const float *input"
    let last = model.layers.count - 1
    return """
      static inline void \(prefix)_step(\(parameter), float *output) {
      \(firstInput)
      \(layerCalls)
        for (size_t o = 0; o < \(macro)_OUTPUTS; o++) {
          float y = \(prefix)_readout_bias[o];
          for (size_t k = 0; k < \(macro)_HIDDEN; k++) {
            y += \(prefix)_readout[o * \(macro)_HIDDEN + k] * \(prefix)_h[\(last)][k];
          }
      \(model.skipsInput ? "    y += x[o];\n" : "")\(restored)
        }
      }
      """
  }

  private var restored: String {
    isRestored
      ? "    output[o] = y * \(prefix)_output_scale[o] + \(prefix)_output_center[o];"
      : "    output[o] = y;"
  }

  /// x, as the first layer has it.
  private var firstInput: String {
    if let embedding = model.embedding {
      return "  const float *x = \(prefix)_embedding + (size_t)symbol * \(embedding.columns);"
    }
    guard isNormalized else { return "  const float *x = input;" }
    return """
        float x[\(macro)_INPUTS];
        for (size_t i = 0; i < \(macro)_INPUTS; i++) {
          x[i] = (input[i] - \(prefix)_input_center[i]) / \(prefix)_input_scale[i];
        }
      """
  }

  private var layerCalls: String {
    model.layers.enumerated().map { index, layer in
      let input = index == 0 ? "x" : "\(prefix)_h[\(index - 1)]"
      let weights = ["w_ih", "w_hh", "b_ih", "b_hh"].map { "\(prefix)_\($0)_\(index)" }
      let states = model.cell == .lstm ? ["h", "c"] : ["h"]
      let operands =
        [input, "\(layer.inputWeight.columns)"] + weights
        + states.map { "\(prefix)_\($0)[\(index)]" }
      return "  \(prefix)_layer(\(operands.joined(separator: ", ")));"
    }.joined(separator: "\n")
  }
}
