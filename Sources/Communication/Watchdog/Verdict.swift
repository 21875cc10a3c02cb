/// Why ranks have waited for too long, as far as their signs of life tell.
package struct Verdict: Equatable, Sendable {
  /// What is the matter.
  package enum Cause: Equatable, Sendable {
    /// These ranks do not come.
    case missing([Int])
    /// Of these ranks nothing has ever come, and all others wait.
    case unheard([Int])
    /// All ranks wait for one another.
    case deadlock
  }

  /// What is the matter.
  package let cause: Cause
  /// For how many seconds a rank has waited.
  package let wait: Double

  /// nil while no rank has waited for too long, or while those that it may wait for still go on: slow is
  /// not stuck. Where nothing is known of a rank, it has twice the time of those that wait for it, which have
  /// come to the same phase.
  ///
  /// - Parameters:
  ///   - sightings: of all ranks.
  ///   - timeout: the seconds that are too long.
  package init?(of sightings: [Sighting], timeout: Double) {
    wait =
      sightings.lazy.filter { $0.isHeard && $0.isWaiting && !$0.isMissing(timeout) }
      .map(\.silence).max() ?? 0
    guard wait >= timeout else { return nil }
    let missing = sightings.indices.filter { sightings[$0].isMissing(timeout) }
    let unheard = sightings.indices.filter { !sightings[$0].isHeard }
    let heard = sightings.filter(\.isHeard)
    let heardAllWait = heard.allSatisfy { $0.isWaiting && $0.silence >= timeout }
    let allowance = heard.map(\.phase.allowance).max() ?? 1
    if !missing.isEmpty {
      cause = .missing(missing)
    } else if !heardAllWait {
      return nil
    } else if unheard.isEmpty {
      cause = .deadlock
    } else if wait >= 2 * timeout * allowance {
      cause = .unheard(unheard)
    } else {
      return nil
    }
  }

  /// Who tells of what: of a missing rank the lowest one beside it that is there, as it can ask the system
  /// about it, else the lowest of all that are there.
  ///
  /// - Parameters:
  ///   - rank: the missing one.
  ///   - machines: where each rank runs.
  ///   - sightings: of all ranks.
  package func narrator(
    of rank: Int, machines: [String], sightings: [Sighting]
  ) -> Int? {
    guard case .missing(let missing) = cause else { return nil }
    let present = sightings.indices.filter { sightings[$0].isHeard && !missing.contains($0) }
    return present.first { machines[$0] == machines[rank] } ?? present.first
  }
}
