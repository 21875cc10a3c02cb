import Optimization
import Testing

extension OptimizerChain {
  /// The chains of the fixture's cases, with the settings that `optimizer_fixtures.py` names.
  static let fixtureTransforms:
    [(name: String, make: @Sendable () throws -> [any GradientTransform])] =
      [
        ("sgd", { [try StochasticGradientDescent()] }),
        ("sgd-decay", { [try StochasticGradientDescent(weightDecay: 0.1)] }),
        ("momentum", { [try StochasticGradientDescent(momentum: 0.9)] }),
        (
          "momentum-dampening",
          { [try StochasticGradientDescent(momentum: 0.8, dampening: 0.3, weightDecay: 0.05)] }
        ),
        (
          "nesterov",
          { [try StochasticGradientDescent(momentum: 0.9, nesterov: true, weightDecay: 0.05)] }
        ),
        ("rmsprop", { [try RMSprop()] }),
        ("rmsprop-momentum", { [try RMSprop(alpha: 0.9, momentum: 0.7, weightDecay: 0.05)] }),
        ("rmsprop-centered", { [try RMSprop(alpha: 0.9, epsilon: 1e-4, centered: true)] }),
        (
          "rmsprop-centered-momentum",
          { [try RMSprop(alpha: 0.95, epsilon: 1e-4, momentum: 0.5, centered: true)] }
        ),
        ("adam", { [try Adam()] }),
        (
          "adam-decay", { [try Adam(beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1)] }
        ),
        ("adamw", { [try Adam.withDecoupledDecay()] }),
        (
          "adamw-decay",
          { [try Adam.withDecoupledDecay(beta1: 0.85, beta2: 0.98, weightDecay: 0.3)] }
        ),
        (
          "clip-norm-sgd",
          { [try ClipByGlobalNorm(limit: 1.1), try StochasticGradientDescent(momentum: 0.9)] }
        ),
        ("clip-norm-adam", { [try ClipByGlobalNorm(limit: 1.1), try Adam(weightDecay: 0.1)] }),
        ("clip-value-sgd", { [try ClipByValue(limit: 0.2), try StochasticGradientDescent()] }),
        ("clip-value-rmsprop", { [try ClipByValue(limit: 0.2), try RMSprop(momentum: 0.9)] }),
      ]

  /// The names of the fixture's cases.
  static let fixtureNames = fixtureTransforms.map(\.name)

  /// The chain of a case.
  static func fixture(_ name: String, parameterCount: Int) throws -> OptimizerChain {
    let index = try #require(fixtureNames.firstIndex(of: name))
    return OptimizerChain(try fixtureTransforms[index].make(), parameterCount: parameterCount)
  }
}
