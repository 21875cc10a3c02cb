import Recurrent

/// A trained network as other programs need it: plain matrices in PyTorch's gate orders, and what its
/// inputs and outputs are in the data's units.
///
///     x = (input − center) / scale, or the embedding's row of a symbol
///     y = W·h + b, and the first O of x where the network skips
///     output = scale·y + center
package struct ExportedModel: Sendable, Equatable {
  /// The cells that other programs know.
  package enum Cell: String, Sendable, Equatable {
    case elman, gru, lstm

    /// G.
    package var gates: Int {
      switch self {
      case .elman: 1
      case .gru: 3
      case .lstm: 4
      }
    }
  }

  /// The weights of a recurrent layer.
  package struct Layer: Sendable, Equatable {
    /// W_ih.
    package var inputWeight: Matrix  // [G·H, I]
    /// W_hh.
    package var hiddenWeight: Matrix  // [G·H, H]
    /// b_ih.
    package var inputBias: [Float]  // [G·H]
    /// b_hh.
    package var hiddenBias: [Float]  // [G·H]
  }

  /// An input or an output: value = scale·x + center, where the network has x.
  package struct Column: Sendable, Equatable {
    /// Its name, as messages and other programs show it.
    package var name: String
    /// In the data's units.
    package var center: Float
    /// In the data's units.
    package var scale: Float

    /// Whether the network has the value itself.
    package var isPlain: Bool { center == 0 && scale == 1 }
  }

  /// What the outputs say.
  package enum Meaning: Sendable, Equatable {
    /// The logits of classes.
    case classes
    /// The logits of labels that hold or do not.
    case labels
    /// The targets' values.
    case values
    /// Quantiles of each target at these levels, those of a target side by side.
    case quantiles([Float])
    /// The mean and the logarithm of the deviation of each target, side by side.
    case deviations
  }

  /// What it is called.
  package var name: String
  /// The cell of every layer.
  package var cell: Cell
  /// The squashing function of an Elman cell.
  package var activation: Activation
  /// H.
  package var hidden: Int
  /// The recurrent layers, the first one first.
  package var layers: [Layer]
  /// A row for each symbol, where inputs are symbols.
  package var embedding: Matrix?  // [V, E]
  /// The readout's weight.
  package var readout: Matrix  // [O, H]
  /// The readout's bias.
  package var readoutBias: [Float]  // [O]
  /// Whether the first O inputs, as the network has them, are added to the readout.
  package var skipsInput: Bool
  /// The input columns; none where inputs are symbols.
  package var inputs: [Column]  // [I]
  /// The outputs.
  package var outputs: [Column]  // [O]
  /// What the outputs say.
  package var meaning: Meaning
  /// Time steps per second, where the data tell.
  package var sampleRate: Double?

  /// The width of the first layer's input.
  package var inputWidth: Int { embedding?.columns ?? inputs.count }

  /// Its layers and sizes, for messages.
  package var words: String {
    let layer = layers.count == 1 ? "layer" : "layers"
    let input = embedding.map { "\($0.rows) symbols" } ?? "inputs: \(inputs.count)"
    return "\(layers.count) \(cell.rawValue) \(layer) of \(hidden), \(input), outputs: "
      + "\(outputs.count)"
  }
}
