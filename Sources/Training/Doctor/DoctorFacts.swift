import Communication

/// What the ranks of a job found out, before it is judged.
package struct DoctorFacts: Sendable {
  /// In the order of ranks.
  package var ranks: [RankFacts] = []
  /// In the order of nodes.
  package var nodes: [NodeFacts] = []
  /// Of the pairs of nodes that were measured.
  package var links: [LinkFacts] = []
  /// Of rank 0, which writes a run's files.
  package var folder: FolderFacts?

  package init() {}

  /// The ranks of each node.
  var ranksOfNodes: [Int: [RankFacts]] { Dictionary(grouping: ranks, by: \.node) }

  /// All that is found in them, what is well and what is off.
  package var findings: [Finding] {
    let examinations: [(DoctorFacts) -> [Finding]] = [
      CoreExamination.findings(of:), KernelExamination.findings(of:),
      MemoryExamination.findings(of:), SystemExamination.findings(of:),
      LinkExamination.findings(of:),
    ]
    return examinations.flatMap { $0(self) }
  }
}

/// What a rank knows of itself.
package struct RankFacts: Sendable, Codable {
  package var rank = 0
  /// Its node's number.
  package var node = 0
  /// The cores that it may run on.
  package var cores: [Int] = []
  package var workers = 1
  /// Whether the user said how many workers.
  package var areWorkersGiven = false
  /// The NUMA nodes that its cores belong to; 0 where the system does not tell.
  package var memoryDomains = 0
  /// The workers that flush denormals to zero.
  package var flushingWorkers = 1
  /// The kernels that it uses.
  package var variant = ""
  /// The best kernels that its processor can run.
  package var bestVariant = ""
  /// Whether its processor belongs to a family for which there are better kernels than the portable.
  package var isX86 = false
  /// The MPI library.
  package var library = ""
  /// The thread level that MPI granted; nil without MPI.
  package var threadLevel: String?
  /// The bytes a second that its workers read from memory while those of all ranks do.
  package var readBytesPerSecond = 0.0

  package init() {}
}

/// What a node's leader knows of the node.
package struct NodeFacts: Sendable, Codable {
  package var index = 0
  package var host = ""
  /// The machine's cores, whoever may use them.
  package var coreCount = 1
  /// The cores that Open MPI's launcher may use, and so could give to its ranks; nil without it.
  package var launcherCoreCount: Int?
  /// The machine's NUMA nodes that have cores; 0 where the system does not tell.
  package var memoryDomains = 0
  /// The kernel's settings for transparent huge pages, of a process's own memory and of shared memory.
  package var hugePages: String?
  package var sharedHugePages: String?
  /// What /dev/shm can hold, and can still take; nil where it cannot be asked.
  package var sharedMemory: SpaceFacts?
  /// The bytes of memory that are to be had, and what bounds them.
  package var memory: Double?
  package var memoryBound = ""
  /// The cores' worth of time that a control group gets; nil without a limit.
  package var processorQuota: Double?
  /// The network interfaces whose speed is known.
  package var interfaces: [NetworkInterface] = []
  package var hasInfiniBand = false
  /// What carries its messages, where the MPI library tells and there are other nodes.
  package var carrier: MessageCarrier?

  package init() {}
}

/// The bytes of a file system.
package struct SpaceFacts: Sendable, Codable {
  package var size = 0.0
  package var free = 0.0

  package init(size: Double, free: Double) {
    self.size = size
    self.free = free
  }
}

/// What was measured between the leaders of two nodes.
package struct LinkFacts: Sendable, Codable {
  /// The nodes' numbers.
  package var first = 0
  package var second = 0
  /// Seconds that a few bytes take from one to the other.
  package var latency = 0.0
  package var bytesPerSecond = 0.0

  package init() {}
}

/// A folder and the file system that it lies in.
package struct FolderFacts: Sendable, Codable {
  package var path = ""
  /// The type of the file system, where the system tells.
  package var fileSystem: String?
  package var space: SpaceFacts?

  package init() {}
}
