import Settings

/// What `unfold inspect` shows of a checkpoint.
public struct Inspection: Sendable, Codable, Equatable {
  public struct Tensor: Sendable, Codable, Equatable {
    public let name: String
    public let shape: [Int]
  }

  public let path: String
  public let name: String
  public let cell: String
  public let layers: Int
  public let hidden: Int
  public let loss: String
  public let parameters: [Tensor]
  public let parameterCount: Int
  public let steps: Int
  public let epochs: Int
  public let tokens: Double
  public let validationLoss: Double?
  public let seed: UInt64
  public let variant: String
  public let ranks: Int
  public let workers: Int
  /// SHA-256 of all parameters.
  public let sha256: String

  enum CodingKeys: String, CodingKey {
    case path, name, cell, layers, hidden, loss, parameters, steps, epochs, tokens, seed, variant
    case ranks, workers, sha256
    case parameterCount = "parameter_count"
    case validationLoss = "validation_loss"
  }
}

extension TrainedModel {
  /// Shapes, steps and the hash of all parameters.
  public var inspection: Inspection {
    Inspection(
      path: path, name: configuration.name, cell: description.cell, layers: description.layers,
      hidden: description.hidden, loss: description.loss.kind.rawValue,
      parameters: layout.parameters.map { .init(name: $0.name, shape: $0.shape) },
      parameterCount: layout.elementCount, steps: progress.step, epochs: progress.epoch,
      tokens: progress.tokens, validationLoss: progress.lastValidation?.loss, seed: progress.seed,
      variant: progress.variant, ranks: progress.ranks, workers: progress.workers,
      sha256: parameterHash)
  }
}
