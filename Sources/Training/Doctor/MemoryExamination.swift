/// Judges the memory of each node: its pages, its speed, and how much there is.
enum MemoryExamination {
  /// Where /dev/shm has no more than this, it is what Docker gives a container that asks for nothing.
  static let leastSharedMemory = 64.0 * 1_048_576

  /// Less than this is hardly enough for a model, its tape and the program.
  static let leastMemory = 1e9

  static func findings(of facts: DoctorFacts) -> [Finding] {
    let ranks = facts.ranksOfNodes
    return facts.ofNodes(hugePages)
      + facts.ofNodes { bandwidth(of: $0, facts, ranks) }
      + facts.ofNodes(memory)
      + facts.ofNodes { sharedMemory(of: $0, ranks: ranks[$0.index]?.count ?? 0) }
  }

  /// What the ranks share lies in files of /dev/shm, whose setting is `never` almost everywhere and is
  /// one of its mount options besides: it is told, but not called off.
  private static func hugePages(of node: NodeFacts) -> Remark {
    guard let own = node.hugePages else {
      return Remark(.hugePages, "the system does not tell")
    }
    let shared = node.sharedHugePages.map { ", of shared memory \($0)" } ?? ""
    return Remark(
      .hugePages, own + shared,
      advice: own == "never"
        ? "large matrices lie on many small pages: as root, write madvise to "
          + "/sys/kernel/mm/transparent_hugepage/enabled" : nil)
  }

  private static func bandwidth(
    of node: NodeFacts, _ facts: DoctorFacts, _ ranks: [Int: [RankFacts]]
  ) -> Remark {
    let own = ranks[node.index] ?? []
    let bytes = speed(own)
    let measured =
      "\(Formatting.bytes(bytes)) a second, read by "
      + "\(Formatting.counted(workers(own), "worker")) at once"
    // Only machines that do the same can be compared.
    let peers = facts.nodes.filter { other in
      other.host != node.host && workers(ranks[other.index] ?? []) == workers(own)
    }
    let fastest = peers.max { speed(ranks[$0.index] ?? []) < speed(ranks[$1.index] ?? []) }
    guard let fastest, 2 * bytes < speed(ranks[fastest.index] ?? []) else {
      return Remark(.bandwidth, measured)
    }
    return Remark(
      .bandwidth, measured,
      advice: "less than half of \(fastest.host)'s: see whether another program runs there")
  }

  private static func speed(_ ranks: [RankFacts]) -> Double {
    ranks.reduce(0) { $0 + $1.readBytesPerSecond }
  }

  private static func workers(_ ranks: [RankFacts]) -> Int { ranks.reduce(0) { $0 + $1.workers } }

  private static func memory(of node: NodeFacts) -> Remark {
    guard let bytes = node.memory else { return Remark(.memory, "the system does not tell") }
    return Remark(
      .memory, "\(node.memoryBound) \(Formatting.bytes(bytes))",
      advice: bytes < leastMemory
        ? "end what else runs there, or give the container more (docker run --memory, memory.max)"
        : nil)
  }

  private static func sharedMemory(of node: NodeFacts, ranks: Int) -> Remark {
    let mend = "give the container more (docker run --shm-size 1g), or mount a larger one"
    guard let space = node.sharedMemory else {
      return Remark(
        .sharedMemory, "cannot be asked",
        advice: ranks > 1 ? "ranks keep copies of what they could share: \(mend)" : nil)
    }
    return Remark(
      .sharedMemory, "\(Formatting.bytes(space.free)) free of \(Formatting.bytes(space.size))",
      advice: ranks > 1 && space.free <= leastSharedMemory
        ? "too little for what ranks share: \(mend)" : nil)
  }
}
