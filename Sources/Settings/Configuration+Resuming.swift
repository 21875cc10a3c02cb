extension Configuration {
  /// The keys and sections that may change when a run is resumed. All others shape what a
  /// checkpoint holds: weights, moments, states and the place in the data.
  ///
  /// Paths may change because files move; that their content is the same is not checked here.
  public static let resumableKeys = [
    "name", "data.train", "data.validation", "data.test", "data.static", "data.cache",
    "optimizer.learning_rate", "schedule", "training", "checkpoint", "parallel",
  ]

  /// What changes if a run that was started with `started` is resumed with this configuration.
  ///
  /// - Returns: Every key whose value differs, all of which may, in the fields' order.
  /// - Throws: `ConfigurationError` that names every changed key which may not, with old and new
  ///   value.
  public func resumableChanges(
    from started: Configuration
  ) throws(ConfigurationError) -> [Change] {
    let changes = changes(from: started)
    let refused = changes.filter { !$0.mayBeMadeOnResume }
    guard let first = refused.first else { return changes }
    let list = refused.map { "\($0.key) (was \($0.old.abbreviated), now \($0.new.abbreviated))" }
    throw ConfigurationError(
      origin: nil, key: refused.count == 1 ? first.key : nil,
      problem: "only \(Self.resumableInWords) may change on resume, but "
        + "\(list.joined(separator: ", ")) \(refused.count == 1 ? "differs" : "differ"); "
        + "restore it or start in a new folder")
  }

  /// Paths that can neither come nor go: a validation file that does takes or leaves a part of the
  /// training file, and constants of each sequence are inputs of the model.
  fileprivate static let stayingKeys = ["data.validation", "data.static"]

  /// ``resumableKeys`` for a message.
  private static let resumableInWords: String = {
    let words = resumableKeys.map { stayingKeys.contains($0) ? "\($0) (one path to another)" : $0 }
    return words.dropLast().joined(separator: ", ") + " and " + words[words.count - 1]
  }()
}

extension Configuration.Change {
  /// Whether a run may be resumed with it.
  fileprivate var mayBeMadeOnResume: Bool {
    guard !comesOrGoes else { return false }
    return Configuration.resumableKeys.contains { key == $0 || key.hasPrefix("\($0).") }
  }

  /// Whether it only says what a run is called, or where files lie.
  package var isOfNameOrPath: Bool {
    let keys = [
      "name", "data.train", "data.validation", "data.test", "data.static", "data.cache",
    ]
    return keys.contains(key) && !comesOrGoes
  }

  /// Whether a path comes or goes that must stay.
  private var comesOrGoes: Bool {
    Configuration.stayingKeys.contains(key) && (old == "null" || new == "null")
  }
}
