import Storage

/// What a network reads at each time step.
public enum NetworkInput: Sendable, Equatable {
  /// A symbol below `count`, looked up in an embedding of that width.
  case symbols(count: Int, embedding: Int)
  /// A vector of that width.
  case vectors(width: Int)

  /// Whether it reads symbols.
  public var isSymbols: Bool {
    if case .symbols = self { true } else { false }
  }

  /// I of the first layer.
  public var width: Int {
    switch self {
    case .symbols(_, let embedding): embedding
    case .vectors(let width): width
    }
  }
}

/// The cost of one time step; all but the squared error are in nats.
public enum Loss: String, Sendable, CaseIterable {
  /// −log softmax(outputs)[target].
  case crossEntropy = "cross-entropy"
  /// The mean over the outputs of (output − target)².
  case meanSquaredError = "mean-squared-error"
  /// The sum over the labels of −y·log σ(x) − (1 − y)·log(1 − σ(x)).
  case binaryCrossEntropy = "binary-cross-entropy"
}

/// Fractions of activations set to zero in training; the rest is scaled by 1 / (1 − rate).
public struct DropoutRates: Sendable, Equatable {
  /// On the first layer's input.
  public var input: Float
  /// Between recurrent layers.
  public var between: Float
  /// On the last layer's output, before the readout.
  public var output: Float

  /// Rates at the three places.
  public init(input: Float = 0, between: Float = 0, output: Float = 0) {
    self.input = input
    self.between = between
    self.output = output
  }
}

/// How the weights start.
public struct Initialization: Sendable, Equatable {
  /// Uniform in ±range for every parameter; nil is PyTorch's default: ±1/√H for the recurrent
  /// layers, ±1/√H for the readout, a standard normal embedding.
  public var uniformRange: Float?
  /// Whether each gate's recurrent matrix is a random orthogonal one (Saxe et al. 2014).
  public var orthogonalRecurrent: Bool
  /// The forget gate's initial bias (Gers et al. 2000; Jozefowicz et al. 2015), both biases' sum.
  public var forgetBias: Float?

  /// PyTorch's default unless something else is asked for.
  public init(
    uniformRange: Float? = nil, orthogonalRecurrent: Bool = false, forgetBias: Float? = nil
  ) {
    self.uniformRange = uniformRange
    self.orthogonalRecurrent = orthogonalRecurrent
    self.forgetBias = forgetBias
  }
}

/// Everything that determines a network's parameters and what it computes.
public struct NetworkDescription: Sendable, Equatable {
  /// What it reads.
  public var input: NetworkInput
  /// The registered name of its cell.
  public var cell: String
  /// The cell's squashing function, where it has a choice.
  public var activation: Activation
  /// The number of recurrent layers.
  public var layers: Int
  /// H.
  public var hidden: Int
  /// The readout's width.
  public var outputs: Int
  /// What training minimises.
  public var loss: Loss
  /// Whether the readout's weight is the embedding's.
  public var tied: Bool
  /// Dropout in training.
  public var dropout: DropoutRates
  /// How the weights start.
  public var initialization: Initialization

  /// A description; sizes must be positive.
  public init(
    input: NetworkInput, cell: String, activation: Activation = .hyperbolicTangent,
    layers: Int = 1, hidden: Int, outputs: Int, loss: Loss, tied: Bool = false,
    dropout: DropoutRates = DropoutRates(), initialization: Initialization = Initialization()
  ) {
    precondition(layers > 0 && hidden > 0, "\(layers) layers of \(hidden) units")
    precondition(!tied || input.width == hidden, "tied: embedding \(input.width), hidden \(hidden)")
    self.input = input
    self.cell = cell
    self.activation = activation
    self.layers = layers
    self.hidden = hidden
    self.outputs = outputs
    self.loss = loss
    self.tied = tied
    self.dropout = dropout
    self.initialization = initialization
  }
}

/// A network that cannot be built.
public enum RecurrentError: Error, CustomStringConvertible, Sendable {
  /// No cell of that name is registered.
  case unknownCell(String)

  public var description: String {
    switch self {
    case .unknownCell(let name):
      "model.cell: no cell is called '\(name)'; known are \(CellRegistry.names.joined(separator: ", "))"
    }
  }
}
