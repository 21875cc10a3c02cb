/// Everything that describes one experiment: read from a YAML file, overridden key by key from the
/// command line, checked as a whole, and written back in full beside the run's results.
///
/// A value is plain data: two equal configurations train the same weights on the same layout.
/// Build one in code with the memberwise initializers and call ``check()`` before use; the reading
/// initializers check by themselves.
///
/// One list of fields (`Configuration.fields`) drives reading, the suggestion for a misspelt key,
/// writing, comparison and the printed reference, so these cannot drift apart.
public struct Configuration: Sendable, Equatable {
  /// The experiment's name, one plain folder name; the configuration file's name without extension
  /// if the file has none. May change on resume.
  public var name: String
  /// The seed of everything random.
  public var seed: UInt64
  /// What is learnt from.
  public var data: Data
  /// The network.
  public var model: Model
  /// What is minimised.
  public var loss: Loss
  /// The global minibatch.
  public var batch: Batch
  /// How far back gradient flows.
  public var truncation: Truncation
  /// Series: the time steps at the start of each sequence, and before each piece of a longer one,
  /// that run but do not count: `bptt.warm_up`.
  public var warmUp: Int
  /// The update rule.
  public var optimizer: Optimizer
  /// The limit on the global gradient; `nil` leaves it as it is.
  public var clip: Clip?
  /// How the learning rate changes.
  public var schedule: Schedule
  /// How long to train, and what to show and to validate meanwhile.
  public var training: Training
  /// What is kept on disk.
  public var checkpoint: Checkpoint
  /// How the work is spread.
  public var parallel: Parallel

  /// Creates a configuration in code; call ``check()`` before use. Without a `loss` the one is taken
  /// that suits the kind of data.
  public init(
    name: String = "experiment",
    seed: UInt64 = 1,
    data: Data = .text(.init(train: "")),
    model: Model = Model(),
    loss: Loss? = nil,
    batch: Batch = Batch(),
    truncation: Truncation = .windows(k1: 50, k2: 50),
    warmUp: Int = 0,
    optimizer: Optimizer = Optimizer(),
    clip: Clip? = nil,
    schedule: Schedule = Schedule(),
    training: Training = Training(),
    checkpoint: Checkpoint = Checkpoint(),
    parallel: Parallel = Parallel()
  ) {
    self.name = name
    self.seed = seed
    self.data = data
    self.model = model
    self.loss = loss ?? data.kind.defaultLoss
    self.batch = batch
    self.truncation = truncation
    self.warmUp = warmUp
    self.optimizer = optimizer
    self.clip = clip
    self.schedule = schedule
    self.training = training
    self.checkpoint = checkpoint
    self.parallel = parallel
  }
}

extension Configuration {
  /// Every key, in the order in which it is read, written and documented. A key on whose value
  /// another one's default depends comes before that other one.
  static let fields: [ConfigurationField] =
    identityFields + Data.fields + Model.fields + Loss.fields + Batch.fields + Truncation.fields
    + Optimizer.fields + Clip.fields + Schedule.fields + Training.fields + Checkpoint.fields
    + Parallel.fields

  /// The fields by their full key path.
  static let fieldsByPath: [String: ConfigurationField] =
    Dictionary(uniqueKeysWithValues: fields.map { ($0.path, $0) })

  /// The full key paths of all mappings, such as `model` and `model.dropout`.
  static let sections: Set<String> = Set(
    fields.flatMap { field -> [String] in
      let parts = field.path.split(separator: ".")
      return (1..<max(parts.count, 1)).map { parts.prefix($0).joined(separator: ".") }
    })

  /// Mappings that a single value may stand for, and the key that this value then has.
  static let shorthands = [
    "model.dropout": "between",
    "model.initialization": "kind",
    "loss": "kind",
    "bptt": "kind",
  ]
}
