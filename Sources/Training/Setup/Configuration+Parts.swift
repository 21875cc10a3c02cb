import Optimization
import Recurrent
import SequenceData
import Settings

extension Configuration {
  /// The network for data of these kinds, if they suit the configuration.
  ///
  /// - Throws: `TrainingError.unsuitable`.
  func checkedNetworkDescription(_ data: DataDescription) throws -> NetworkDescription {
    if model.tie {
      guard case .symbols(let count) = data.inputKind else {
        throw TrainingError.unsuitable(
          "model.tie: needs symbols as inputs, but the data's are \(data.inputKind.words); remove it"
        )
      }
      guard data.targetKind == .classes(count: count) else {
        throw TrainingError.unsuitable(
          "model.tie: needs as many classes as symbols, but the data have \(count) symbols and "
            + "\(data.targetKind.words); remove it")
      }
    }
    if case .values(let width) = data.targetKind {
      if let weights = loss.weights, weights.count != width {
        throw TrainingError.unsuitable(
          "loss.weights: \(weights.count) weights, but the data have \(data.targetKind.words); give "
            + "one for each value")
      }
      if model.skip == .input, case .vectors(let inputs) = data.inputKind, inputs < width {
        throw TrainingError.unsuitable(
          "model.skip: adds an input to each output, but the data have \(data.inputKind.words) and "
            + "targets of \(data.targetKind.words); remove it")
      }
    }
    return networkDescription(data)
  }

  /// The network for data of these kinds.
  func networkDescription(_ data: DataDescription) -> NetworkDescription {
    let input: NetworkInput =
      switch data.inputKind {
      case .symbols(let count):
        .symbols(count: count, embedding: model.embedding ?? model.hidden)
      case .vectors(let width): .vectors(width: width)
      }
    let targets =
      switch data.targetKind {
      case .classes(let count), .labels(let count): count
      case .values(let width): width
      }
    let loss = networkLoss
    return NetworkDescription(
      input: input, cell: model.cell,
      activation: model.activation == .relu ? .rectifier : .hyperbolicTangent,
      layers: model.layers, hidden: model.hidden,
      outputs: loss.outputs(targets: targets), loss: loss, tied: model.tie,
      skipsInput: model.skip == .input, dropout: dropoutRates,
      initialization: networkInitialization)
  }

  private var networkLoss: Recurrent.Loss {
    guard let kind = Recurrent.Loss.Kind(rawValue: loss.kind.rawValue) else {
      preconditionFailure("no loss is called \(loss.kind.rawValue)")
    }
    return Recurrent.Loss(
      kind, weights: loss.weights.map { $0.map { Float($0) } },
      levels: loss.levels.map { Float($0) }, delta: Float(loss.delta))
  }

  private var dropoutRates: DropoutRates {
    DropoutRates(
      input: Float(model.dropout.input), between: Float(model.dropout.between),
      output: Float(model.dropout.output))
  }

  private var networkInitialization: Initialization {
    let start = model.initialization
    return Initialization(
      uniformRange: start.kind == .uniform ? Float(start.range) : nil,
      orthogonalRecurrent: start.recurrent == .orthogonal,
      forgetBias: start.forgetBias.map { Float($0) })
  }

  /// The chain that turns summed gradients into an update.
  func optimizerChain(parameterCount: Int) throws -> OptimizerChain {
    var transforms: [any GradientTransform] = []
    switch clip {
    case .norm(let limit): transforms.append(try ClipByGlobalNorm(limit: limit))
    case .value(let limit): transforms.append(try ClipByValue(limit: limit))
    case nil: break
    }
    transforms.append(try updateRule())
    return OptimizerChain(transforms, parameterCount: parameterCount)
  }

  private func updateRule() throws -> any GradientTransform {
    switch optimizer.kind {
    case .sgd:
      try StochasticGradientDescent(
        momentum: optimizer.momentum, dampening: optimizer.dampening,
        nesterov: optimizer.nesterov, weightDecay: optimizer.weightDecay)
    case .rmsprop:
      try RMSprop(
        alpha: optimizer.alpha, epsilon: optimizer.epsilon, momentum: optimizer.momentum,
        centered: optimizer.centered, weightDecay: optimizer.weightDecay)
    case .adam:
      try Adam(
        beta1: optimizer.beta1, beta2: optimizer.beta2, epsilon: optimizer.epsilon,
        weightDecay: optimizer.weightDecay)
    case .adamw:
      try Adam.withDecoupledDecay(
        beta1: optimizer.beta1, beta2: optimizer.beta2, epsilon: optimizer.epsilon,
        weightDecay: optimizer.weightDecay)
    }
  }

  /// The schedule of a run of `totalSteps` updates.
  func learningRateSchedule(totalSteps: Int) throws -> LearningRateSchedule {
    let kind: LearningRateSchedule.Kind =
      switch schedule.kind {
      case .constant: .constant
      case .step:
        .stepDecay(factor: schedule.factor, after: schedule.after, every: schedule.every)
      case .cosine:
        .cosine(
          warmUp: schedule.warmupSteps, steps: schedule.totalSteps ?? totalSteps,
          minimum: schedule.minimum)
      case .plateau:
        .plateau(
          try ReduceOnPlateau(
            factor: schedule.factor, patience: schedule.patience, threshold: schedule.threshold,
            minimum: schedule.minimum))
      }
    return try LearningRateSchedule(base: optimizer.learningRate, kind: kind)
  }
}
