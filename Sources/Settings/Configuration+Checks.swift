extension Configuration {
  /// Checks every value's bounds and all contradictions between values. The reading initializers
  /// have done so; call this for a configuration made or changed in code.
  ///
  /// - Throws: `ConfigurationError` for the first fault, naming its key.
  public func check() throws(ConfigurationError) {
    if let error = firstError() { throw error }
  }

  /// The first fault in the fields' order, then among the contradictions.
  ///
  /// - Parameter isSaved: whether an earlier version may have taken what it then had no use for.
  func firstError(isSaved: Bool = false) -> ConfigurationError? {
    for field in Self.fields where field.usage.holds(self) && !(isSaved && field.path == "name") {
      guard let problem = field.violation(self) else { continue }
      return ConfigurationError(origin: nil, key: field.path, problem: problem)
    }
    let rules = contradictions + (isSaved ? [] : uselessRequests)
    return rules.first { $0.isPresent }.map { rule in
      ConfigurationError(origin: nil, key: rule.key, problem: rule.problem)
    }
  }

  /// A combination of values that makes no sense.
  struct Contradiction {
    /// The key to change first.
    let key: String
    let isPresent: Bool
    let problem: String
  }

  private var contradictions: [Contradiction] {
    dataContradictions + modelContradictions + batch.contradictions + trainingContradictions
  }

  private var dataContradictions: [Contradiction] {
    data.section.contradictions(data.kind) + loss.contradictions(data)
  }

  private var modelContradictions: [Contradiction] {
    [
      .init(
        key: "model.skip",
        isPresent: model.skip == .input && [.quantile, .gaussian].contains(loss.kind),
        problem: "needs one output for each target, of which loss \(loss.kind.rawValue) has "
          + "several; remove it"),
      .init(key: "model.cell", isPresent: model.cell.isEmpty, problem: "must not be empty"),
      .init(
        key: "model.tie", isPresent: model.tie && data.kind.hasSymbolInputs == false,
        problem: "needs symbol inputs; data.kind \(data.kind.rawValue) has vectors"),
      .init(
        key: "model.tie", isPresent: model.tie && (model.embedding ?? model.hidden) != model.hidden,
        problem: "needs model.embedding equal to model.hidden, got "
          + "\(model.embedding ?? model.hidden) and \(model.hidden)"),
    ]
  }

  private var trainingContradictions: [Contradiction] {
    let widths =
      if case .windows(let k1, let k2) = truncation { (k1: k1, k2: k2) } else { (k1: 1, k2: 1) }
    return [
      .init(
        key: "bptt.k2", isPresent: widths.k2 < widths.k1,
        problem: "must be at least bptt.k1, got k1 \(widths.k1) and k2 \(widths.k2)"),
      .init(
        key: "bptt.kind", isPresent: truncation == .full && data.section.isOneWhole,
        problem: "full is for sets of sequences; data.kind \(data.kind.rawValue) is continuous, "
          + "so give bptt: {k1: …, k2: …}" + (data.kind == .series ? ", or data.piece" : "")),
      warmUpContradiction,
      .init(
        key: "optimizer.nesterov",
        isPresent: optimizer.kind == .sgd && optimizer.nesterov
          && (optimizer.momentum == 0 || optimizer.dampening != 0),
        problem: "needs optimizer.momentum greater than 0 and optimizer.dampening 0, got "
          + "\(optimizer.momentum) and \(optimizer.dampening)"),
      .init(
        key: "training.epochs", isPresent: training.epochs == nil && training.steps == nil,
        problem: "is missing; give training.epochs or training.steps"),
      training.monitorContradiction(loss.kind),
    ]
  }

  /// Warm-up that leaves nothing of a piece.
  private var warmUpContradiction: Contradiction {
    let piece = data.series?.piece
    return .init(
      key: "bptt.warm_up", isPresent: piece.map { warmUp >= $0 } ?? false,
      problem: "must be less than data.piece, got \(warmUp) of \(piece ?? 0)")
  }

  /// What would silently do nothing.
  private var uselessRequests: [Contradiction] {
    [
      .init(
        key: "model.dropout.between", isPresent: model.layers == 1 && model.dropout.between > 0,
        problem: "has no place to act with model.layers 1; use model.dropout.input or "
          + "model.dropout.output, or more layers")
    ] + requestsWithoutValidation
  }

  /// What goes by validation data, asked for where there are none.
  private var requestsWithoutValidation: [Contradiction] {
    let source =
      data.kind.isGenerated
      ? "data.validation_samples" : "data.validation, or data.validation_fraction greater than 0"
    let requests: [(key: String, subject: String, isMade: Bool)] = [
      ("schedule.kind", "plateau ", schedule.kind == .plateau),
      ("training.validate_every", "", training.validateEvery != nil),
      ("training.patience", "", training.patience != nil),
      ("training.monitor", "\(training.monitor.rawValue) ", training.monitor != .loss),
      ("training.forecast", "", training.forecast == true && data.isForecast),
      ("training.sample.prompt", "", training.sample != nil && data.kind == .text),
    ]
    return requests.map { request in
      .init(
        key: request.key, isPresent: request.isMade && !data.hasValidation,
        problem: "\(request.subject)needs validation data; give \(source), or do without it")
    }
  }
}
