extension Configuration {
  /// How the work is spread. May change on resume.
  public struct Parallel: Sendable, Equatable {
    /// Who applies the weight update on a node.
    public enum Update: String, Sendable, CaseIterable, ConfigurationValue {
      /// The node's leader, with its worker pool.
      case leader
      /// Every rank of the node, each its slice.
      case cooperative
    }

    /// Workers per rank; `nil` takes the cores that the rank may use.
    public var workers: Int?
    /// Who applies the weight update on a node.
    public var update: Update
    /// Seconds that ranks wait for others that do not go on before they end the job; 0 for ever.
    public var timeout: Int

    /// Creates the section.
    public init(workers: Int? = nil, update: Update = .leader, timeout: Int = 300) {
      self.workers = workers
      self.update = update
      self.timeout = timeout
    }
  }
}

extension Configuration.Parallel {
  /// The keys of this section. A worker team packs a count of workers in 20 bits; the bound stays
  /// well below that, and above any machine's cores.
  static let fields: [ConfigurationField] = [
    .init(
      "parallel.workers", \.parallel.workers, .within(1...65_536), default: "the rank's cores",
      meaning: "workers per rank"),
    .init(
      "parallel.update", \.parallel.update,
      meaning: "who applies the weight update on a node: its leader, or each rank its slice"),
    .init(
      "parallel.timeout", \.parallel.timeout, .count(from: 0),
      meaning: "seconds that ranks wait for others that do not go on before they end the job; 0 "
        + "waits for ever"),
  ]
}
