/// Judges what surrounds the ranks: limits on their time, the MPI library, the folder for files.
enum SystemExamination {
  /// Runs leave checkpoints behind, which are some times as large as their model.
  static let leastSpace = 1_073_741_824.0

  static func findings(of facts: DoctorFacts) -> [Finding] {
    let ranks = facts.ranksOfNodes
    return facts.ofNodes { processorTime(of: $0, ranks[$0.index] ?? []) }
      + facts.ofRanks(library) + difference(facts) + folder(facts)
  }

  private static func processorTime(of node: NodeFacts, _ ranks: [RankFacts]) -> Remark {
    guard let quota = node.processorQuota else { return Remark(.processorTime, "no limit") }
    let workers = ranks.reduce(0) { $0 + $1.workers }
    let measured = Formatting.counted(workers, "worker")
    return Remark(
      .processorTime, "\(measured) on the time of \(Formatting.decimal(quota, 1)) cores",
      advice: Double(workers) > quota
        ? "all are held up when it is spent: give fewer --workers, or the container more "
          + "(docker run --cpus, cpu.max)" : nil)
  }

  // MARK: - MPI

  private static func library(of rank: RankFacts) -> Remark {
    let level = rank.threadLevel.map { "; thread level \($0)" } ?? ""
    let version = rank.library.firstMatch(of: #/Open MPI v(\d+)\./#).flatMap { Int($0.1) }
    return Remark(
      .messagePassing, rank.library + level,
      advice: version.map { $0 < 4 } == true
        ? "Unfold was not tried with one before 4.0: install Open MPI 4.1 or later" : nil)
  }

  private static func difference(_ facts: DoctorFacts) -> [Finding] {
    let libraries = Set(facts.ranks.map(\.library))
    guard libraries.count > 1 else { return [] }
    return [
      facts.ofJob(
        Remark(
          .messagePassing, "\(libraries.count) different libraries in one job",
          advice: "install the same on every host"))
    ]
  }

  // MARK: - The folder

  private static func folder(_ facts: DoctorFacts) -> [Finding] {
    guard let folder = facts.folder else { return [] }
    let type = folder.fileSystem.map { ", \($0)" } ?? ""
    let free = folder.space.map { "\(Formatting.bytes($0.free)) free" } ?? "space unknown"
    let isFull = folder.space.map { $0.free < leastSpace } == true
    return [
      facts.ofJob(
        Remark(
          .folder, "\(folder.path): \(free)\(type)",
          advice: isFull
            ? "checkpoints may not fit: free some, or give --output another place" : nil))
    ]
  }
}
