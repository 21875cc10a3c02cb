import Storage

/// What a network reads at each time step.
package enum NetworkInput: Sendable, Equatable {
  /// A symbol below `count`, looked up in an embedding of that width.
  case symbols(count: Int, embedding: Int)
  /// A vector of that width.
  case vectors(width: Int)

  /// Whether it reads symbols.
  package var isSymbols: Bool {
    if case .symbols = self { true } else { false }
  }

  /// I of the first layer.
  package var width: Int {
    switch self {
    case .symbols(_, let embedding): embedding
    case .vectors(let width): width
    }
  }
}

/// Fractions of activations set to zero in training; the rest is scaled by 1 / (1 − rate).
package struct DropoutRates: Sendable, Equatable {
  /// On the first layer's input.
  package var input: Float
  /// Between recurrent layers.
  package var between: Float
  /// On the last layer's output, before the readout.
  package var output: Float

  /// Rates at the three places.
  package init(input: Float = 0, between: Float = 0, output: Float = 0) {
    self.input = input
    self.between = between
    self.output = output
  }
}

/// How the weights start.
package struct Initialization: Sendable, Equatable {
  /// Uniform in ±range for every parameter; nil is PyTorch's default: ±1/√H for the recurrent
  /// layers, ±1/√H for the readout, a standard normal embedding.
  package var uniformRange: Float?
  /// Whether each gate's recurrent matrix is a random orthogonal one (Saxe et al. 2014).
  package var orthogonalRecurrent: Bool
  /// The forget gate's initial bias (Gers et al. 2000; Jozefowicz et al. 2015), both biases' sum.
  package var forgetBias: Float?

  /// PyTorch's default unless something else is asked for.
  package init(
    uniformRange: Float? = nil, orthogonalRecurrent: Bool = false, forgetBias: Float? = nil
  ) {
    self.uniformRange = uniformRange
    self.orthogonalRecurrent = orthogonalRecurrent
    self.forgetBias = forgetBias
  }
}

/// Everything that determines a network's parameters and what it computes.
package struct NetworkDescription: Sendable, Equatable {
  /// What it reads.
  package var input: NetworkInput
  /// The registered name of its cell.
  package var cell: String
  /// The cell's squashing function, where it has a choice.
  package var activation: Activation
  /// The number of recurrent layers.
  package var layers: Int
  /// H.
  package var hidden: Int
  /// The readout's width; a loss may have several outputs for a target.
  package var outputs: Int
  /// What training minimises.
  package var loss: Loss
  /// Whether the readout's weight is the embedding's.
  package var tied: Bool
  /// Whether the outputs have the first inputs of the same time step added (Wright et al. 2019).
  package var skipsInput: Bool
  /// Dropout in training.
  package var dropout: DropoutRates
  /// How the weights start.
  package var initialization: Initialization

  /// A description; sizes must be positive.
  package init(
    input: NetworkInput, cell: String, activation: Activation = .hyperbolicTangent,
    layers: Int = 1, hidden: Int, outputs: Int, loss: Loss, tied: Bool = false,
    skipsInput: Bool = false, dropout: DropoutRates = DropoutRates(),
    initialization: Initialization = Initialization()
  ) {
    precondition(layers > 0 && hidden > 0, "\(layers) layers of \(hidden) units")
    precondition(!tied || input.width == hidden, "tied: embedding \(input.width), hidden \(hidden)")
    precondition(
      outputs % loss.outputsOfTarget == 0,
      "\(outputs) outputs, \(loss.outputsOfTarget) for each target")
    let targets = outputs / loss.outputsOfTarget
    precondition(
      loss.weights.map { $0.count == targets } ?? true,
      "\(loss.weights?.count ?? 0) weights of \(targets) targets")
    precondition(
      !skipsInput || !input.isSymbols && outputs == targets && outputs <= input.width,
      "\(outputs) outputs of \(targets) targets skip the network from \(input)")
    self.input = input
    self.cell = cell
    self.activation = activation
    self.layers = layers
    self.hidden = hidden
    self.outputs = outputs
    self.loss = loss
    self.tied = tied
    self.skipsInput = skipsInput
    self.dropout = dropout
    self.initialization = initialization
  }

  /// The values that a time step's outputs are compared with, or the classes that they tell apart.
  package var targets: Int { outputs / loss.outputsOfTarget }
}
