import Communication
import SequenceData
import Settings

/// Data that stay open while a rank trains one network after the other, so that files are not read and
/// hashed anew for each.
package final class OpenCorpora {
  /// What opening depends on.
  private struct Key: Equatable {
    let data: Configuration.Data
    let loss: Configuration.Loss
    let warmUp: Int
    /// Of generators, whose samples follow from it.
    let seed: UInt64?

    init(_ configuration: Configuration) {
      data = configuration.data
      loss = configuration.loss
      warmUp = configuration.warmUp
      seed = data.files == nil ? configuration.seed : nil
    }
  }

  /// In the order in which they were opened.
  private var found: [(key: Key, data: ExperimentData)] = []

  /// So many stay open: they may be large.
  private static let most = 8

  /// None yet.
  package init() {}

  /// Opens a configuration's data, so that runs find them open. Collective.
  ///
  /// - Parameters:
  ///   - configuration: whose data.
  ///   - communicator: the ranks that open them together; each node reads its files once.
  /// - Throws: `AgreedFailure`, `CommunicationError`.
  package func open(
    _ configuration: Configuration, communicator: any Communicator
  ) throws {
    _ = try data(CorpusLoader(configuration: configuration, communicator: communicator))
  }

  /// What the loader's configuration names: open already, or opened now. Collective; its ranks have asked
  /// for the same in the same order.
  ///
  /// - Throws: `AgreedFailure`, `CommunicationError`.
  func data(_ loader: CorpusLoader) throws -> ExperimentData {
    let key = Key(loader.configuration)
    if let open = found.first(where: { $0.key == key }) { return open.data }
    let data = try loader.load()
    if found.count == Self.most { found.removeFirst() }
    found.append((key, data))
    return data
  }
}
