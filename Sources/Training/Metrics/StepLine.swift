import Files

/// One step as a line of `metrics.jsonl`; times are in milliseconds.
struct StepLine: Codable {
  struct Milliseconds: Codable {
    var forward, backward, exchange, hidden, update, wait: Double
  }

  var step: Int
  var epoch: Int
  var loss: Double
  var gradientNorm: Double
  var learningRate: Double
  var tokens: Double
  var tokensPerSecond: Double
  var milliseconds: Milliseconds
  var parametersHash: String?
  var validationLoss: Double?
  var validation: EvaluationResult?

  enum CodingKeys: String, CodingKey {
    case step, epoch, loss, tokens, milliseconds, validation
    case gradientNorm = "gradient_norm"
    case learningRate = "learning_rate"
    case tokensPerSecond = "tokens_per_second"
    case parametersHash = "parameters_sha256"
    case validationLoss = "validation_loss"
  }

  init(_ record: StepRecord) {
    step = record.step
    epoch = record.epoch
    loss = record.loss
    gradientNorm = record.gradientNorm
    learningRate = record.learningRate
    tokens = record.tokens
    tokensPerSecond = record.tokensPerSecond
    milliseconds = Milliseconds(record.times)
    parametersHash = record.parametersHash
    validationLoss = record.validation?.loss
    validation = record.validation
  }

  /// Takes up a validation that came later.
  mutating func add(_ result: EvaluationResult) {
    validation = result
    validationLoss = result.loss
  }

  /// Whether a line has a validation: keys are sorted, and its loss is the last.
  static func hasValidation(_ line: Slice<UnsafeRawBufferPointer>) -> Bool {
    String(decoding: line.suffix(64), as: UTF8.self).contains(CodingKeys.validationLoss.rawValue)
  }

  /// The step of a line, or nil if it is damaged.
  static func step(of line: some Sequence<UInt8>) -> Int? {
    JSON.value(StepLine.self, from: line)?.step
  }
}

extension StepLine.Milliseconds {
  init(_ times: StepTimes) {
    forward = times.forward * 1000
    backward = times.backward * 1000
    exchange = times.exchange * 1000
    hidden = times.hidden * 1000
    update = times.update * 1000
    wait = times.wait * 1000
  }
}
