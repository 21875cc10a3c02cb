import Testing

/// Something that goes wrong with one run, and when.
struct Fault: Sendable, CustomTestStringConvertible {
  enum Kind: String, CaseIterable, Sendable {
    case rankKilledAtStart = "a rank killed at the start"
    case rankKilled = "a rank killed in training"
    case rankKilledWhileWriting = "a rank killed while a checkpoint is written"
    case rankStopped = "a rank stopped"
    case rankTerminated = "a rank told to end"
    case launcherTerminated = "the launcher told to end"
    case launcherKilled = "the launcher killed"
    case diskFull = "a full disk"
    case checkpointTruncated = "the newest checkpoint truncated"
    case checkpointFlipped = "a bit of the newest checkpoint flipped"
    case linkDown = "a host's link down"
    case hostGone = "a host gone"
  }

  /// Its place in the plan, from 1.
  let number: Int
  let kind: Kind
  /// The ranks of the run.
  let ranks: Int
  /// The one that is struck.
  let rank: Int
  /// When, as a share of the time in which this kind can strike.
  let moment: Double
  /// Where in a file, as a share of its length.
  let place: Double

  var testDescription: String {
    "\(number): \(kind.rawValue), rank \(rank) of \(ranks), at \(moment), \(place)"
  }
}

extension Fault.Kind {
  /// Whether it can be brought about here.
  var isAvailable: Bool {
    switch self {
    case .linkDown, .hostGone: TestHosts.areAvailable
    case .diskFull: SmallDisk.isAvailable
    default: true
    }
  }

  /// Whether the run has several hosts.
  var needsHosts: Bool { self == .linkDown || self == .hostGone }

  /// Whether a whole run's files are struck, rather than a running one.
  var strikesFiles: Bool { self == .checkpointTruncated || self == .checkpointFlipped }

  /// Whether the run is to write a checkpoint and to ask to be queued again.
  var asksToEnd: Bool { self == .rankTerminated || self == .launcherTerminated }

  /// The seconds that ranks wait for one another before they say who is missing; nil for the usual
  /// ones, where the loss of a process is noticed by itself.
  var timeout: Int? { needsHosts || self == .rankStopped ? 3 : nil }

  /// The seconds within which the job has to end.
  var bound: Double {
    if needsHosts { return 20 }
    return 10 + Double(timeout ?? 0)
  }
}
