extension Configuration {
  /// The global minibatch.
  public struct Batch: Sendable, Equatable {
    /// The number of parallel sequences over all ranks together.
    public var streams: Int

    /// Creates the section.
    public init(streams: Int = 32) {
      self.streams = streams
    }
  }

  /// How far back gradient flows: the section `bptt`.
  public enum Truncation: Sendable, Equatable {
    /// Each update counts `k1` new time steps; gradient flows back over `k2 ≥ k1` of them.
    case windows(k1: Int, k2: Int)
    /// Gradient flows through whole sequences.
    case full
  }
}

extension Configuration.Batch {
  /// The keys of this section.
  static let fields: [ConfigurationField] = [
    .init(
      "batch.streams", \.batch.streams, .count(),
      meaning: "parallel sequences of the global minibatch, over all ranks together")
  ]
}

extension Configuration.Truncation {
  /// The keys of the section `bptt`; `bptt: full` is short for `bptt: {kind: full}`.
  static let fields: [ConfigurationField] = [
    .init(
      "bptt.kind", \.truncation.kind,
      meaning: "cut the gradient at windows, or `full`: whole sequences; `bptt: full` for short"),
    .init(
      "bptt.k1", \.truncation.k1, .count(), default: "50", usage: .windows,
      meaning: "new time steps per update"),
    .init(
      "bptt.k2", \.truncation.k2, .count(), default: "`k1`", usage: .windows,
      derive: { configuration in
        configuration.truncation.k2 = configuration.truncation.k1
      },
      meaning: "time steps over which gradient flows back, at least `k1`"),
  ]

  /// The kind of truncation, without its numbers.
  enum Kind: String, CaseIterable, ConfigurationValue {
    case windows
    case full
  }

  /// The kind of truncation; changing it to windows takes the default widths.
  fileprivate var kind: Kind {
    get { self == .full ? .full : .windows }
    set {
      guard newValue != kind else { return }
      self = newValue == .full ? .full : Configuration().truncation
    }
  }

  /// The new time steps per update; `nil` for full back-propagation.
  fileprivate var k1: Int? {
    get {
      if case .windows(let k1, _) = self { k1 } else { nil }
    }
    set {
      guard let newValue, case .windows(_, let k2) = self else { return }
      self = .windows(k1: newValue, k2: k2)
    }
  }

  /// The time steps over which gradient flows back; `nil` for full back-propagation.
  fileprivate var k2: Int? {
    get {
      if case .windows(_, let k2) = self { k2 } else { nil }
    }
    set {
      guard let newValue, case .windows(let k1, _) = self else { return }
      self = .windows(k1: k1, k2: newValue)
    }
  }
}
