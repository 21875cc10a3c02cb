extension Configuration {
  /// How long to train, and what to show and to validate meanwhile. May change on resume.
  public struct Training: Sendable, Equatable {
    /// A sample of text that is printed at each validation.
    public struct Sample: Sendable, Equatable {
      /// What the sample continues; empty starts from the zero state.
      public var prompt: String
      /// The number of symbols to draw.
      public var length: Int
      /// What the logits are divided by; 0 takes the most likely symbol.
      public var temperature: Double

      /// Creates the request.
      public init(prompt: String = "", length: Int = 200, temperature: Double = 1) {
        self.prompt = prompt
        self.length = length
        self.temperature = temperature
      }
    }

    /// A measure of the validation part, in the data's units.
    public enum Monitor: String, Sendable, CaseIterable, ConfigurationValue {
      /// The mean cost, which is minimised.
      case loss
      /// The part of the classes that are right.
      case accuracy
      /// The task's own score.
      case score
      /// √(mean e²).
      case rmse
      /// mean |e|.
      case mae
      /// R²: 1 − Σ e² / Σ (target − mean target)².
      case r2
      /// The Nash–Sutcliffe efficiency.
      case nse
      /// The Kling–Gupta efficiency.
      case kge
      /// The error-to-signal ratio: Σ e² / Σ target².
      case esr
      /// FIT%: 100·(1 − √(Σ e² / Σ (target − mean target)²)).
      case fit
      /// The median of NSE over sequences.
      case medianNSE = "median_nse"
      /// The median of KGE over sequences.
      case medianKGE = "median_kge"
    }

    /// The last epoch; the earlier of this and ``steps`` ends the run.
    public var epochs: Int?
    /// The last step; the earlier of this and ``epochs`` ends the run.
    public var steps: Int?
    /// Steps between validations; `nil` validates at each epoch's end.
    public var validateEvery: Int?
    /// Validations without improvement after which the run ends; `nil` never ends it.
    public var patience: Int?
    /// The measure that decides what is best, and with it patience and plateau.
    public var monitor: Monitor
    /// Steps between log lines; `nil` goes by the clock.
    public var logEvery: Int?
    /// Steps between hashes of all parameters in the metrics; `nil` makes none.
    public var hashEvery: Int?
    /// Whether validation forecasts are written as CSV; `nil` writes them for series that predict
    /// their next row and Mackey–Glass.
    public var forecast: Bool?
    /// Whether what TensorBoard shows is written beside the metrics.
    public var tensorboard: Bool
    /// The sample of text printed at each validation, if any.
    public var sample: Sample?

    /// Creates the section; one of `epochs` and `steps` must be given.
    public init(
      epochs: Int? = nil, steps: Int? = nil, validateEvery: Int? = nil, patience: Int? = nil,
      monitor: Monitor = .loss, logEvery: Int? = nil, hashEvery: Int? = nil,
      forecast: Bool? = nil, tensorboard: Bool = false, sample: Sample? = nil
    ) {
      self.epochs = epochs
      self.steps = steps
      self.validateEvery = validateEvery
      self.patience = patience
      self.monitor = monitor
      self.logEvery = logEvery
      self.hashEvery = hashEvery
      self.forecast = forecast
      self.tensorboard = tensorboard
      self.sample = sample
    }
  }

  /// Whether validation forecasts are written: as asked for, else for series that predict their next
  /// row and Mackey–Glass.
  public var writesForecast: Bool {
    training.forecast ?? data.isForecast
  }
}

extension Configuration.Training {
  /// The keys of this section.
  static let fields: [ConfigurationField] =
    [
      .init(
        "training.epochs", \.training.epochs, .count(), default: "this or `steps`",
        meaning: "last epoch; the earlier of it and `steps` ends the run"),
      .init(
        "training.steps", \.training.steps, .steps(), default: "this or `epochs`",
        meaning: "last step"),
      .init(
        "training.validate_every", \.training.validateEvery, .steps(),
        default: "each epoch's end", meaning: "steps between validations"),
      .init(
        "training.patience", \.training.patience, .steps(), default: "never stops early",
        meaning: "validations without improvement that end the run"),
      .init(
        "training.monitor", \.training.monitor,
        meaning: "the measure of the validation part that decides best, `patience` and plateau"),
      .init(
        "training.log_every", \.training.logEvery, .steps(), default: "by the clock",
        meaning: "steps between log lines"),
      .init(
        "training.hash_every", \.training.hashEvery, .steps(), default: "no hashes",
        meaning: "steps between hashes of all parameters in `metrics.jsonl`, for `unfold diff`"),
      .init(
        "training.forecast", \.training.forecast, default: "true", usage: .forecasts,
        meaning: "write the validation forecast as CSV"),
      .init(
        "training.tensorboard", \.training.tensorboard,
        meaning: "write what TensorBoard shows into the run's folder `tensorboard`"),
    ] + sampleFields

  /// What is wrong with what is monitored where a loss of `kind` is minimised.
  func monitorContradiction(_ kind: Configuration.Loss.Kind) -> Configuration.Contradiction {
    let needed = monitor.targets
    return .init(
      key: "training.monitor", isPresent: needed != nil && needed != kind.targets,
      problem: "\(monitor.rawValue) needs \(needed?.rawValue ?? "targets") to predict, but "
        + "loss.kind \(kind.rawValue) is for \(kind.targets.rawValue); use loss")
  }

  private static let sampleFields: [ConfigurationField] = [
    .init(
      "training.sample.prompt", \.training.samplePrompt, default: "no sample", usage: .texts,
      meaning: "print a sample that continues this text at each validation"),
    .init(
      "training.sample.length", \.training.sampleLength, .within(1...100_000_000), default: "200",
      usage: .texts, meaning: "symbols to draw"),
    .init(
      "training.sample.temperature", \.training.sampleTemperature, .nonNegative, default: "1.0",
      usage: .texts, meaning: "divides the logits; 0 takes the most likely symbol"),
  ]

  // Any key of `sample` that a file gives asks for a sample, with defaults for the other keys.

  fileprivate var samplePrompt: String? {
    get { sample?.prompt }
    set { if let newValue { sample = with(\.prompt, newValue) } }
  }

  fileprivate var sampleLength: Int? {
    get { sample?.length }
    set { if let newValue { sample = with(\.length, newValue) } }
  }

  fileprivate var sampleTemperature: Double? {
    get { sample?.temperature }
    set { if let newValue { sample = with(\.temperature, newValue) } }
  }

  private func with<Value>(_ path: WritableKeyPath<Sample, Value>, _ value: Value) -> Sample {
    var changed = sample ?? Sample()
    changed[keyPath: path] = value
    return changed
  }
}

extension Configuration.Training.Monitor {
  /// What must be predicted for it; `nil` if that is the same to it.
  fileprivate var targets: Configuration.Loss.Targets? {
    switch self {
    case .loss, .score: nil
    case .accuracy: .classes
    case .rmse, .mae, .r2, .nse, .kge, .esr, .fit, .medianNSE, .medianKGE: .values
    }
  }
}
