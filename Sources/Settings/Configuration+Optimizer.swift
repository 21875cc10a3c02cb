extension Configuration {
  /// The update rule, with PyTorch's names and defaults.
  public struct Optimizer: Sendable, Equatable {
    /// The update rule.
    public enum Kind: String, Sendable, CaseIterable, ConfigurationValue {
      case sgd
      case rmsprop
      case adam
      case adamw
    }

    /// The update rule.
    public var kind: Kind
    /// The learning rate before any schedule. May change on resume, unlike the rest.
    public var learningRate: Double
    /// SGD, RMSprop: the momentum factor.
    public var momentum: Double
    /// SGD: whether the momentum is Nesterov's.
    public var nesterov: Bool
    /// SGD: the part of the gradient that does not enter the momentum.
    public var dampening: Double
    /// The L2 penalty; for AdamW the decoupled decay.
    public var weightDecay: Double
    /// Adam, AdamW: decay of the mean gradient.
    public var beta1: Double
    /// Adam, AdamW: decay of the mean squared gradient.
    public var beta2: Double
    /// RMSprop, Adam, AdamW: what keeps the denominator from 0.
    public var epsilon: Double
    /// RMSprop: decay of the mean squared gradient.
    public var alpha: Double
    /// RMSprop: whether the mean gradient is subtracted.
    public var centered: Bool

    /// Creates the section with PyTorch's defaults of `kind` for everything not given.
    public init(
      kind: Kind = .adam, learningRate: Double? = nil, momentum: Double = 0,
      nesterov: Bool = false, dampening: Double = 0, weightDecay: Double? = nil,
      beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, alpha: Double = 0.99,
      centered: Bool = false
    ) {
      self.kind = kind
      self.learningRate = learningRate ?? (kind == .rmsprop ? 0.01 : 0.001)
      self.momentum = momentum
      self.nesterov = nesterov
      self.dampening = dampening
      self.weightDecay = weightDecay ?? (kind == .adamw ? 0.01 : 0)
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.alpha = alpha
      self.centered = centered
    }
  }
}

extension Configuration.Optimizer {
  /// The keys of this section.
  static let fields: [ConfigurationField] = [
    .init("optimizer.kind", \.optimizer.kindWithDefaults, meaning: "the update rule"),
    .init(
      "optimizer.learning_rate", \.optimizer.learningRate, .positive,
      default: "0.001; rmsprop: 0.01", meaning: "learning rate before any schedule"),
    .init(
      "optimizer.momentum", \.optimizer.momentum, .nonNegative,
      usage: .optimizers([.sgd, .rmsprop]), meaning: "momentum factor"),
    .init(
      "optimizer.nesterov", \.optimizer.nesterov, usage: .optimizers([.sgd]),
      meaning: "Nesterov's momentum; needs `momentum` > 0 and `dampening` 0"),
    .init(
      "optimizer.dampening", \.optimizer.dampening, usage: .optimizers([.sgd]),
      meaning: "part of the gradient that does not enter the momentum"),
    .init(
      "optimizer.weight_decay", \.optimizer.weightDecay, .nonNegative,
      default: "0.0; adamw: 0.01", meaning: "L2 penalty; adamw: decoupled decay"),
    .init(
      "optimizer.beta1", \.optimizer.beta1, .fraction, usage: .optimizers([.adam, .adamw]),
      meaning: "decay of the mean gradient"),
    .init(
      "optimizer.beta2", \.optimizer.beta2, .fraction, usage: .optimizers([.adam, .adamw]),
      meaning: "decay of the mean squared gradient"),
    .init(
      "optimizer.epsilon", \.optimizer.epsilon, .nonNegative,
      usage: .optimizers([.rmsprop, .adam, .adamw]), meaning: "added to the denominator"),
    .init(
      "optimizer.alpha", \.optimizer.alpha, .fraction, usage: .optimizers([.rmsprop]),
      meaning: "decay of the mean squared gradient"),
    .init(
      "optimizer.centered", \.optimizer.centered, usage: .optimizers([.rmsprop]),
      meaning: "subtract the mean gradient from the mean squared one"),
  ]

  /// The kind; setting it also sets that kind's defaults, which is why it is read first.
  fileprivate var kindWithDefaults: Kind {
    get { kind }
    set { self = Configuration.Optimizer(kind: newValue) }
  }
}
