/// A cost that a network can minimise, with what is to be set of it.
package struct Loss: Sendable, Equatable {
  /// The kinds, by their names in the configuration.
  package enum Kind: String, Sendable, CaseIterable {
    /// −log softmax(outputs)[class], in nats.
    case crossEntropy = "cross-entropy"
    /// The mean over targets of error².
    case meanSquaredError = "mean-squared-error"
    /// The sum over labels of −y·log σ(x) − (1 − y)·log(1 − σ(x)), in nats.
    case binaryCrossEntropy = "binary-cross-entropy"
    /// The mean over targets of |error|.
    case meanAbsoluteError = "mean-absolute-error"
    /// The mean over targets of error²/2 where |error| ≤ delta, else delta·(|error| − delta/2)
    /// (`torch.nn.HuberLoss`).
    case huber
    /// The mean over targets and levels τ of max(τ·r, (τ − 1)·r) with r = value − output.
    case quantile
    /// The mean over targets of ½·log 2π + log σ + (value − μ)²/(2σ²), in nats, with outputs μ and
    /// log σ and a variance of at least 1e-6 (`torch.nn.GaussianNLLLoss`).
    case gaussian
    /// The mean over targets of (error / (σ + 0.1))², σ the deviation of the target in its sequence
    /// (Kratzert et al. 2019).
    case nashSutcliffe = "nash-sutcliffe"
    /// Error over signal, both after pre-emphasis (Wright et al. 2019); see `ErrorToSignal`.
    case errorToSignal = "error-to-signal"
  }

  /// Which one.
  package var kind: Kind
  /// How much each target counts among those of its time step; nil if all count alike.
  package var weights: [Float]?
  /// The levels of the quantiles, each between 0 and 1.
  package var levels: [Float]
  /// Where Huber's loss turns from square to straight.
  package var delta: Float

  /// A loss.
  ///
  /// - Parameters:
  ///   - kind: which one.
  ///   - weights: of the targets, for losses of values: none negative, and not all zero.
  ///   - levels: of the quantiles, at least one.
  ///   - delta: of Huber's loss, above 0.
  package init(
    _ kind: Kind, weights: [Float]? = nil, levels: [Float] = [0.5], delta: Float = 1
  ) {
    precondition(!levels.isEmpty && delta > 0, "levels \(levels), delta \(delta)")
    precondition(
      weights.map { $0.allSatisfy { $0 >= 0 } && $0.contains { $0 > 0 } } ?? true,
      "weights \(weights ?? []) of targets")
    precondition(
      weights == nil || kind != .crossEntropy && kind != .binaryCrossEntropy,
      "\(kind.rawValue) has no targets to weigh")
    self.kind = kind
    self.weights = weights
    self.levels = levels
    self.delta = delta
  }

  /// −log softmax(outputs)[class].
  package static let crossEntropy = Loss(.crossEntropy)
  /// The mean over targets of error².
  package static let meanSquaredError = Loss(.meanSquaredError)
  /// The sum over labels of binary cross-entropy.
  package static let binaryCrossEntropy = Loss(.binaryCrossEntropy)

  /// The outputs of a readout that tell so many targets: those of a target stand side by side, its
  /// levels, or its mean and the logarithm of its deviation.
  package func outputs(targets: Int) -> Int { targets * outputsOfTarget }

  /// The outputs that tell one target.
  var outputsOfTarget: Int {
    switch kind {
    case .quantile: levels.count
    case .gaussian: 2
    default: 1
    }
  }

  /// The numbers that it remembers of each stream from window to window.
  func memoryWidth(targets: Int) -> Int { kind == .errorToSignal ? 2 * targets : 0 }

  /// What computes it.
  var form: LossForm {
    switch kind {
    case .crossEntropy: .rows(CrossEntropy())
    case .binaryCrossEntropy: .rows(BinaryCrossEntropy())
    case .errorToSignal: .streams(ErrorToSignal(weights: weights))
    default: .rows(ValueLoss(self))
    }
  }
}

/// How a loss is computed.
enum LossForm: Sendable {
  /// Each time step by itself, while its outputs are in a cache.
  case rows(any RowLoss)
  /// A stream's time steps together, once all outputs are there.
  case streams(ErrorToSignal)
}
