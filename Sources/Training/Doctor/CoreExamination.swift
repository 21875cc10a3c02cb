/// Judges how ranks and their workers lie on cores and NUMA nodes.
enum CoreExamination {
  static func findings(of facts: DoctorFacts) -> [Finding] {
    let ranks = facts.ranksOfNodes
    let crowded = Set(facts.nodes.filter { isCrowded($0, ranks[$0.index] ?? []) }.map(\.index))
    return facts.ofNodes { remark(on: $0, with: ranks[$0.index] ?? []) }
      + facts.ofRanks { rank in
        remark(on: rank, among: ranks[rank.node] ?? [], isCrowded: crowded.contains(rank.node))
      }
      + facts.ofRanks { rank in
        memoryDomains(of: rank, node: facts.nodes.first { $0.index == rank.node })
      }
  }

  // MARK: - Cores

  /// Whether the machine has too few cores, however they are shared out.
  private static func isCrowded(_ node: NodeFacts, _ ranks: [RankFacts]) -> Bool {
    ranks.reduce(0) { $0 + $1.workers } > node.coreCount
  }

  private static func remark(on node: NodeFacts, with ranks: [RankFacts]) -> Remark {
    let used = Set(ranks.flatMap(\.cores)).count
    let workers = ranks.reduce(0) { $0 + $1.workers }
    let measured =
      "\(Formatting.counted(ranks.count, "rank")) with \(Formatting.counted(workers, "worker")) on "
      + "\(used) of \(Formatting.counted(node.coreCount, "core"))"
    if isCrowded(node, ranks) {
      return Remark(
        .cores, measured,
        advice: "threads take turns: start fewer ranks, or give them fewer --workers")
    }
    // Where the ranks were left to choose, the launcher's binding has chosen for them. Fewer idle ones
    // may be the rest that equal ranks leave.
    let isChosen = ranks.contains(where: \.areWorkersGiven)
    if let most = node.launcherCoreCount, !isChosen, most >= 2 * used {
      return Remark(
        .cores, measured,
        advice: "\(most - used) more are idle: start the ranks with launch/mpirun.sh, or give "
          + "mpirun --bind-to none")
    }
    return Remark(.cores, measured)
  }

  private static func remark(
    on rank: RankFacts, among ranks: [RankFacts], isCrowded: Bool
  ) -> Remark {
    guard !rank.cores.isEmpty else { return Remark(.cores, "the system does not tell which") }
    let own = Set(rank.cores)
    let sharers = ranks.filter { !own.isDisjoint(with: $0.cores) }
    let threads = sharers.reduce(0) { $0 + $1.workers }
    let others = sharers.count - 1
    let measured =
      "\(Formatting.counted(rank.workers, "worker")) on \(own.count == 1 ? "core" : "cores") "
      + DoctorFacts.list(rank.cores)
      + (others > 0 ? " beside \(Formatting.counted(others, "other rank"))" : "")
    // The node's line says it for all of its ranks.
    guard !isCrowded else { return Remark(.cores, measured) }
    let mend =
      "start with launch/mpirun.sh, or give mpirun --map-by slot:PE=\(rank.workers) --bind-to core"
    if rank.workers > own.count {
      return Remark(.cores, measured, advice: "it is bound to fewer cores than workers: \(mend)")
    }
    if threads > own.count {
      return Remark(
        .cores, measured,
        advice: "\(threads) threads take turns there, for lack of cores of their own: \(mend)")
    }
    return Remark(.cores, measured)
  }

  // MARK: - NUMA nodes

  private static func memoryDomains(of rank: RankFacts, node: NodeFacts?) -> Remark {
    let all = node?.memoryDomains ?? 0
    guard all > 0, rank.memoryDomains > 0 else {
      return Remark(.memoryDomains, "the system does not tell of NUMA nodes")
    }
    let measured = "cores of \(rank.memoryDomains) of \(Formatting.counted(all, "NUMA node"))"
    return Remark(
      .memoryDomains, measured,
      advice: rank.memoryDomains > 1
        ? "workers read memory that is far from them: start one rank for each NUMA node, bound to "
          + "its cores, as launch/mpirun.sh does" : nil)
  }
}
