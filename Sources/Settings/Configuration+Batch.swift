extension Configuration {
  /// The global minibatch.
  public struct Batch: Sendable, Equatable {
    /// The number of parallel sequences over all ranks together.
    public var streams: Int
    /// The blocks of streams within which sums run before they are added as a tree: a power of two, at
    /// most the streams. Work is handed out by leaves; another number gives other bits.
    public var leaves: Int {
      get { given ?? Self.usualLeaves(streams: streams) }
      set { given = newValue }
    }
    private var given: Int?

    /// Creates the section.
    ///
    /// - Parameters:
    ///   - streams: parallel sequences over all ranks together.
    ///   - leaves: blocks of them; `nil` takes the usual number.
    public init(streams: Int = 32, leaves: Int? = nil) {
      self.streams = streams
      given = leaves
    }

    /// The largest power of two that leaves each leaf two streams or more, at most 64.
    public static func usualLeaves(streams: Int) -> Int {
      var leaves = 1
      while leaves < 64, 4 * leaves <= streams { leaves *= 2 }
      return leaves
    }

    /// Whether both have the same streams and leaves, given or usual.
    public static func == (left: Batch, right: Batch) -> Bool {
      left.streams == right.streams && left.leaves == right.leaves
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
      meaning: "parallel sequences of the global minibatch, over all ranks together"),
    .init(
      "batch.leaves", \.batch.leaves, .within(1...1024),
      default: "so many that each has two streams or more, at most 64",
      meaning: "blocks of streams, summed as a tree, a power of two; as many ranks can compute"),
  ]

  /// What is wrong with the number of leaves.
  var contradictions: [Configuration.Contradiction] {
    [
      .init(
        key: "batch.leaves", isPresent: leaves > 0 && leaves.nonzeroBitCount != 1,
        problem: "must be a power of two, got \(leaves)"),
      .init(
        key: "batch.leaves", isPresent: leaves > streams,
        problem: "must be at most batch.streams, got \(leaves) of \(streams)"),
    ]
  }
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
    .init(
      "bptt.warm_up", \.warmUp, .count(from: 0), usage: .series,
      meaning: "time steps at the start of a sequence, and before each piece of a longer one, that "
        + "run but do not count"),
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
