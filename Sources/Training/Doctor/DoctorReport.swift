import Communication
import Files
import Foundation

/// Whether the machines of a job are set up well, as `unfold doctor` tells it.
package struct DoctorReport: Sendable, Codable {
  /// The workers of each rank.
  package let workers: [Int]
  package let nodes: Int
  package let findings: [Finding]
  /// A line for each thing that ranks exchange, all of which went well.
  package let selfTest: [String]

  enum CodingKeys: String, CodingKey {
    case workers, nodes, findings
    case selfTest = "self_test"
  }

  /// Judges what ranks found out.
  package init(_ facts: DoctorFacts, selfTest: [String] = []) {
    workers = facts.ranks.map(\.workers)
    nodes = facts.nodes.count
    findings = facts.findings
    self.selfTest = selfTest
  }

  /// A line for each thing that is off, or one that says that nothing is; before them, if `verbose`, a
  /// line for each that is well.
  package func text(verbose: Bool) -> String {
    let off = findings.filter { $0.advice != nil }.map(\.line)
    let well = findings.filter { $0.advice == nil }.map(\.line)
    let before = verbose ? selfTest + well : []
    let result = off.isEmpty ? ["nothing is off: \(outline)"] : off
    return (before + result).map { $0 + "\n" }.joined()
  }

  /// In words: 2 ranks on 1 node, 4 workers each.
  private var outline: String {
    let (least, most) = (workers.min() ?? 0, workers.max() ?? 0)
    let each =
      least == most ? Formatting.counted(least, "worker") : "\(least)–\(most) workers"
    return "\(Formatting.counted(workers.count, "rank")) on \(Formatting.counted(nodes, "node")), "
      + "\(each) each"
  }
}

extension DoctorReport {
  /// Lets every rank examine itself, every leader its node, and rank 0 judge; nil on the others.
  /// Collective.
  ///
  /// - Parameters:
  ///   - resources: what the ranks compute with.
  ///   - areWorkersGiven: whether the user said how many workers.
  ///   - selfTest: the lines of the communicator's self-test.
  /// - Throws: `CommunicationError`; `AgreedFailure` if a rank's words mean nothing to rank 0.
  package init?(
    examining resources: RankResources, areWorkersGiven: Bool, selfTest: [String]
  ) throws {
    let communicator = resources.communicator
    let own = RankReport(
      rank: try RankFacts(of: resources, areWorkersGiven: areWorkersGiven),
      node: communicator.node.isLeader ? NodeFacts(of: communicator) : nil,
      links: try LinkProbe(communicator).measure(),
      folder: communicator.isRoot
        ? FolderFacts(at: FileManager.default.currentDirectoryPath) : nil)
    let texts = try communicator.gather(JSON.line(own), at: 0)
    let facts = try communicator.agree { try texts.map { try DoctorFacts(reports: $0) } }
    guard let facts else { return nil }
    self.init(facts, selfTest: selfTest)
  }
}

/// What a rank tells rank 0.
private struct RankReport: Codable {
  let rank: RankFacts
  let node: NodeFacts?
  let links: [LinkFacts]
  let folder: FolderFacts?
}

extension DoctorFacts {
  /// Reads every rank's report.
  fileprivate init(reports: [String]) throws(CommunicationError) {
    for (rank, text) in reports.enumerated() {
      guard let report = JSON.value(RankReport.self, from: text.utf8) else {
        throw .checkFailed(
          check: "reports", expected: "one of rank \(rank) by the same build as rank 0's",
          got: "\(text.count) characters that are none")
      }
      ranks.append(report.rank)
      if let node = report.node { nodes.append(node) }
      links += report.links
      if let found = report.folder { folder = found }
    }
  }
}
