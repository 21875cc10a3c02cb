/// An error that every rank throws at the same point, so that all of them can end in order.
public protocol SharedFailure: Error {}

/// What every rank throws when at least one of them failed; the message is the lowest one's.
public struct AgreedFailure: SharedFailure, CustomStringConvertible, Sendable, Equatable {
  /// The lowest rank that failed.
  public let rank: Int

  /// How many ranks failed.
  public let failedCount: Int

  /// How many ranks there are.
  public let size: Int

  /// That rank's error in one line.
  public let message: String

  package init(rank: Int, failedCount: Int, size: Int, message: String) {
    precondition(1...size ~= failedCount, "\(failedCount) of \(size) ranks failed")
    self.rank = rank
    self.failedCount = failedCount
    self.size = size
    self.message = message
  }

  /// The message; with the rank in front where others did not fail.
  public var description: String {
    failedCount == size ? message : "rank \(rank) of \(size): \(message)"
  }
}
