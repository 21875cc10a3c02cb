extension Configuration {
  /// The network: an optional embedding, a stack of recurrent layers and a readout.
  public struct Model: Sendable, Equatable {
    /// The nonlinearity of an Elman cell.
    public enum Activation: String, Sendable, CaseIterable, ConfigurationValue {
      case tanh
      case relu
    }

    /// What reaches the outputs beside the recurrent layers.
    public enum Skip: String, Sendable, CaseIterable, ConfigurationValue {
      /// Nothing.
      case none
      /// The input, which is added to the readout.
      case input
    }

    /// The name of a registered cell; `elman`, `gru` and `lstm` are built in.
    public var cell: String
    /// The nonlinearity of an Elman cell.
    public var activation: Activation
    /// The number of stacked recurrent layers.
    public var layers: Int
    /// The width H of every layer.
    public var hidden: Int
    /// The width of the embedding; `nil` with sequences means ``hidden`` if these turn out to hold
    /// symbols, and with vector inputs that there is none.
    public var embedding: Int?
    /// Where units are dropped while training.
    public var dropout: Dropout
    /// Whether embedding and readout share one weight matrix.
    public var tie: Bool
    /// Series: what reaches the outputs beside the recurrent layers.
    public var skip: Skip
    /// The weights before the first step.
    public var initialization: Initialization

    /// Creates the section.
    public init(
      cell: String = "lstm", activation: Activation = .tanh, layers: Int = 1, hidden: Int = 128,
      embedding: Int? = nil, dropout: Dropout = Dropout(), tie: Bool = false,
      skip: Skip = .none, initialization: Initialization = Initialization()
    ) {
      self.cell = cell
      self.activation = activation
      self.layers = layers
      self.hidden = hidden
      self.embedding = embedding
      self.dropout = dropout
      self.tie = tie
      self.skip = skip
      self.initialization = initialization
    }
  }
}

extension Configuration.Model {
  /// The probability that a unit is dropped, place by place. `dropout: X` in a file sets
  /// ``between`` only, as `torch.nn.LSTM(dropout=X)` does.
  public struct Dropout: Sendable, Equatable {
    /// On the first layer's input.
    public var input: Double
    /// Between stacked layers.
    public var between: Double
    /// On the last layer's output, before the readout.
    public var output: Double

    /// Creates the probabilities, each 0 ≤ p < 1.
    public init(input: Double = 0, between: Double = 0, output: Double = 0) {
      self.input = input
      self.between = between
      self.output = output
    }
  }

  /// How weights are drawn before the first step. `initialization: pytorch` in a file stands for
  /// `{kind: pytorch}`.
  public struct Initialization: Sendable, Equatable {
    /// The distribution of the weights.
    public enum Kind: String, Sendable, CaseIterable, ConfigurationValue {
      /// PyTorch's default: U(−1/√H, 1/√H) in the layers, N(0, 1) in the embedding.
      case pytorch
      /// U(−range, range) everywhere.
      case uniform
    }

    /// How the recurrent matrices are drawn.
    public enum Recurrent: String, Sendable, CaseIterable, ConfigurationValue {
      /// Like the other weights.
      case same
      /// Random orthogonal matrices, gate by gate.
      case orthogonal
    }

    /// The distribution of the weights.
    public var kind: Kind
    /// The half width of the uniform distribution.
    public var range: Double
    /// How the recurrent matrices are drawn.
    public var recurrent: Recurrent
    /// The forget gate's bias (the sum of PyTorch's two); `nil` draws it as the others.
    public var forgetBias: Double?

    /// Creates the section.
    public init(
      kind: Kind = .pytorch, range: Double = 0.1, recurrent: Recurrent = .same,
      forgetBias: Double? = nil
    ) {
      self.kind = kind
      self.range = range
      self.recurrent = recurrent
      self.forgetBias = forgetBias
    }
  }
}

extension Configuration.Model {
  /// The keys of this section.
  static let fields: [ConfigurationField] =
    [
      .init(
        "model.cell", \.model.cell, meaning: "`elman`, `gru`, `lstm` or another registered cell"),
      .init(
        "model.activation", \.model.activation, usage: .cells(except: ["gru", "lstm"]),
        meaning: "nonlinearity of an Elman cell"),
      .init(
        "model.layers", \.model.layers, .within(1...10_000),
        meaning: "number of stacked recurrent layers"),
      .init("model.hidden", \.model.hidden, .width(), meaning: "width of every layer"),
      .init(
        "model.embedding", \.model.embedding, .width(), default: "`hidden` for symbols",
        usage: .symbols,
        derive: { configuration in
          let hasSymbols = configuration.data.kind.hasSymbolInputs == true
          configuration.model.embedding = hasSymbols ? configuration.model.hidden : nil
        },
        meaning: "width of the embedding of input symbols"),
      .init(
        "model.tie", \.model.tie, usage: .symbols,
        meaning: "share one matrix between embedding and readout; needs `embedding` = `hidden`"),
      .init(
        "model.skip", \.model.skip, usage: .series,
        meaning: "`input` adds the input to the readout"),
    ] + dropoutFields + initializationFields

  private static let dropoutFields: [ConfigurationField] = [
    .init(
      "model.dropout.input", \.model.dropout.input, .fraction,
      meaning: "probability of dropping a unit of the first layer's input"),
    .init(
      "model.dropout.between", \.model.dropout.between, .fraction,
      meaning: "the same between stacked layers; `dropout: X` sets this one, as in PyTorch"),
    .init(
      "model.dropout.output", \.model.dropout.output, .fraction,
      meaning: "the same before the readout"),
  ]

  private static let initializationFields: [ConfigurationField] = [
    .init(
      "model.initialization.kind", \.model.initialization.kind,
      meaning: "PyTorch's default or U(−range, range); `initialization: KIND` for short"),
    .init(
      "model.initialization.range", \.model.initialization.range, .positive,
      usage: .init("model.initialization.kind uniform") {
        $0.model.initialization.kind == .uniform
      },
      meaning: "half width of the uniform distribution"),
    .init(
      "model.initialization.recurrent", \.model.initialization.recurrent,
      meaning: "draw recurrent matrices like the others or orthogonal, gate by gate"),
    .init(
      "model.initialization.forget_bias", \.model.initialization.forgetBias,
      default: "as the other biases", usage: .cells(except: ["elman", "gru"]),
      meaning: "bias of the forget gate"),
  ]
}
