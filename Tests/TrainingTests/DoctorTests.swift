import Communication
import Foundation
import Testing
import Training

/// What is advised of machines that are made up, and that nothing is where all is well.
struct DoctorTests {
  /// A change of a job's machines.
  struct Change: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Parts of the one line that tells of it.
    let expected: [String]
    let make: @Sendable (inout DoctorFacts) -> Void

    init(
      _ name: String, expect expected: String...,
      make: @escaping @Sendable (inout DoctorFacts) -> Void
    ) {
      testDescription = name
      self.expected = expected
      self.make = make
    }
  }

  /// On each host two ranks of two workers, each rank on a NUMA node of its own. Nothing is off.
  private static func job(hosts: [String] = ["alpha"]) -> DoctorFacts {
    var facts = DoctorFacts()
    for (index, host) in hosts.enumerated() {
      var node = NodeFacts()
      (node.index, node.host) = (index, host)
      (node.coreCount, node.launcherCoreCount, node.memoryDomains) = (4, 4, 2)
      (node.hugePages, node.sharedHugePages) = ("madvise", "never")
      node.sharedMemory = SpaceFacts(size: 8e9, free: 7e9)
      (node.memory, node.memoryBound) = (12e9, "this machine has")
      facts.nodes.append(node)
      for local in 0..<2 {
        var rank = RankFacts()
        (rank.rank, rank.node) = (2 * index + local, index)
        (rank.cores, rank.memoryDomains) = ([2 * local, 2 * local + 1], 1)
        (rank.workers, rank.flushingWorkers) = (2, 2)
        (rank.variant, rank.bestVariant, rank.isX86) = ("avx2", "avx2", true)
        (rank.library, rank.threadLevel) = ("Open MPI v4.1.4, of a friend", "funneled")
        rank.readBytesPerSecond = 5e9
        facts.ranks.append(rank)
      }
    }
    var folder = FolderFacts()
    (folder.path, folder.fileSystem) = ("/home/ann", "ext4")
    folder.space = SpaceFacts(size: 1e12, free: 5e11)
    facts.folder = folder
    return facts
  }

  /// Two hosts with a link of ten gigabits between them.
  private static func linkedJob() -> DoctorFacts {
    var facts = job(hosts: ["alpha", "beta"])
    for index in 0..<2 {
      facts.nodes[index].interfaces = [
        NetworkInterface(name: "eth0", megabitsPerSecond: 1000),
        NetworkInterface(name: "eth1", megabitsPerSecond: 10_000),
      ]
      facts.nodes[index].carrier = MessageCarrier(components: "pml_ob1 btl_self btl_tcp")
    }
    var link = LinkFacts()
    (link.first, link.second) = (0, 1)
    (link.latency, link.bytesPerSecond) = (25e-6, 1.1e9)
    facts.links = [link]
    return facts
  }

  private static func off(_ facts: DoctorFacts) -> [String] {
    facts.findings.filter { $0.advice != nil }.map(\.line)
  }

  // MARK: - All is well

  @Test func nothingIsSaidOfWhatIsWell() {
    let report = DoctorReport(Self.job(), selfTest: ["sums: right"])
    let end = "nothing is off: 2 ranks on 1 node, 2 workers each\n"
    #expect(report.text(verbose: false) == end)
    let everything = report.text(verbose: true)
    #expect(everything.hasPrefix("sums: right\n") && everything.hasSuffix(end))
    for subject in Finding.Subject.allCases {
      #expect(everything.contains("\(subject.rawValue): "), "\(subject)")
    }
    #expect(Self.off(Self.linkedJob()).isEmpty)
  }

  @Test func whatIsOffStandsLast() {
    var facts = Self.job()
    facts.nodes[0].hugePages = "never"
    let report = DoctorReport(facts)
    let line = report.text(verbose: false)
    #expect(line.hasPrefix("node 0 (alpha): huge pages: never, "))
    #expect(line.split(separator: "\n").count == 1)
    let everything = report.text(verbose: true)
    #expect(everything.hasSuffix(line) && !everything.contains("nothing is off"))
    #expect(everything.split(separator: "\n").count == report.findings.count)
  }

  // MARK: - What is off, and what is not

  static let faults: [Change] = [
    Change("crowded", expect: "node 0 (alpha): cores: ", "5 workers on 4 of 4 cores", "turns") {
      $0.ranks[0].workers = 3
      $0.ranks[0].flushingWorkers = 3
    },
    Change("bound to one core", expect: "rank 1: cores: 2 workers on core 2; ", "slot:PE=2") {
      $0.ranks[1].cores = [2]
    },
    Change(
      "bound to the same cores",
      expect: "ranks 0–1: cores: 2 workers on cores 0–1 beside 1 other rank; 4 threads"
    ) {
      $0.ranks[1].cores = [0, 1]
      $0.nodes[0].launcherCoreCount = nil
    },
    Change("idle cores", expect: "on 2 of 4 cores; 2 more are idle", "--bind-to none") { facts in
      for rank in 0..<2 {
        facts.ranks[rank].cores = [rank]
        (facts.ranks[rank].workers, facts.ranks[rank].flushingWorkers) = (1, 1)
      }
    },
    Change("two NUMA nodes", expect: "rank 0: NUMA: cores of 2 of 2 NUMA nodes; ") {
      $0.ranks[0].memoryDomains = 2
    },
    Change("denormals", expect: "rank 1: flush to zero: in 1 of 2 workers; ") {
      $0.ranks[1].flushingWorkers = 1
    },
    Change(
      "forced kernels", expect: "ranks 0–1: kernel variant: baseline, where the processor can avx2",
      "UNFOLD_ISA"
    ) { facts in
      for rank in 0..<2 { facts.ranks[rank].variant = "baseline" }
    },
    Change("old processor", expect: "ranks 0–1: kernel variant: baseline; ", "AVX2") { facts in
      for rank in 0..<2 {
        (facts.ranks[rank].variant, facts.ranks[rank].bestVariant) = ("baseline", "baseline")
      }
    },
    Change("small pages", expect: "huge pages: never", "madvise") {
      $0.nodes[0].hugePages = "never"
    },
    Change("little memory", expect: "memory: this machine has 999.0 MB; ") {
      $0.nodes[0].memory = 999e6
    },
    Change("Docker's /dev/shm", expect: "/dev/shm: 67.1 MB free of 67.1 MB; ", "--shm-size") {
      $0.nodes[0].sharedMemory = SpaceFacts(size: 67_108_864, free: 67_108_864)
    },
    Change("no /dev/shm", expect: "/dev/shm: cannot be asked; ") { $0.nodes[0].sharedMemory = nil },
    Change("quota", expect: "processor time: 4 workers on the time of 3.5 cores; ", "--cpus") {
      $0.nodes[0].processorQuota = 3.5
    },
    Change("old MPI", expect: "ranks 0–1: MPI: Open MPI v3.1.6", "4.1") { facts in
      for rank in 0..<2 { facts.ranks[rank].library = "Open MPI v3.1.6, of a friend" }
    },
    Change("two kinds of MPI", expect: "MPI: 2 different libraries in one job; ") {
      $0.ranks[1].library = "MPICH Version: 4.1"
    },
    Change("full folder", expect: "current folder: /home/ann: 1.1 GB free, ext4; ") {
      $0.folder?.space?.free = 1_073_741_823
    },
  ]

  @Test(arguments: faults)
  func eachFaultHasOneLine(fault: Change) {
    var facts = Self.job()
    fault.make(&facts)
    let lines = Self.off(facts)
    #expect(lines.count == 1, "\(lines)")
    for part in fault.expected {
      #expect(lines.first?.contains(part) == true, "\(part) in \(lines)")
    }
  }

  static let choices: [Change] = [
    Change("as many workers as cores") { $0.ranks[0].workers = 2 },
    Change("unbound") { facts in
      for rank in 0..<2 { facts.ranks[rank].cores = [0, 1, 2, 3] }
    },
    Change("given workers") { facts in
      for rank in 0..<2 {
        facts.ranks[rank].cores = [rank]
        (facts.ranks[rank].workers, facts.ranks[rank].flushingWorkers) = (1, 1)
        facts.ranks[rank].areWorkersGiven = true
      }
    },
    Change("cores that equal ranks leave") { $0.nodes[0].launcherCoreCount = 7 },
    Change("no word of NUMA nodes") { facts in
      facts.nodes[0].memoryDomains = 0
      for rank in 0..<2 { facts.ranks[rank].memoryDomains = 0 }
    },
    Change("another kind of processor") { facts in
      for rank in 0..<2 {
        (facts.ranks[rank].variant, facts.ranks[rank].bestVariant) = ("baseline", "baseline")
        facts.ranks[rank].isX86 = false
      }
    },
    Change("huge pages for all") { $0.nodes[0].hugePages = "always" },
    Change("enough memory") { $0.nodes[0].memory = 1.001e9 },
    Change("/dev/shm of twice Docker's size") {
      $0.nodes[0].sharedMemory = SpaceFacts(size: 134_217_728, free: 134_217_728)
    },
    Change("/dev/shm that nobody needs") { facts in
      facts.ranks.removeLast()
      facts.nodes[0].sharedMemory = nil
      facts.nodes[0].launcherCoreCount = nil
    },
    Change("sufficient quota") { $0.nodes[0].processorQuota = 4 },
    Change("MPICH") { facts in
      for rank in 0..<2 { facts.ranks[rank].library = "MPICH Version: 3.4" }
    },
    Change("network folder") { $0.folder?.fileSystem = "nfs4" },
    Change("just enough space") { $0.folder?.space?.free = 1_073_741_824 },
  ]

  @Test(arguments: choices)
  func whatIsWellHasNoLine(choice: Change) {
    var facts = Self.job()
    choice.make(&facts)
    #expect(Self.off(facts).isEmpty)
  }

  @Test func theKindOfFileSystemIsToldOnRequest() {
    var facts = Self.job()
    facts.folder?.fileSystem = "nfs4"
    #expect(DoctorReport(facts).text(verbose: true).contains("500.0 GB free, nfs4\n"))
  }

  // MARK: - Several nodes

  static let faultsOfLinks: [Change] = [
    Change(
      "slow link", expect: "nodes 0–1 (alpha, beta): transport: 25.0 µs, 110.0 MB a second",
      "eth1 of 10 Gbit/s; ", "btl_tcp_if_include eth1"
    ) { $0.links[0].bytesPerSecond = 110e6 },
    Change("InfiniBand that is not used", expect: "ob1 over self, tcp", "UCX") { facts in
      for node in 0..<2 { facts.nodes[node].hasInfiniBand = true }
    },
    Change("slow memory", expect: "node 1 (beta): memory bandwidth: 4.8 GB a second", "alpha") {
      facts in
      for rank in 2..<4 { facts.ranks[rank].readBytesPerSecond = 2.4e9 }
    },
  ]

  @Test(arguments: faultsOfLinks)
  func eachFaultBetweenNodesHasOneLine(fault: Change) {
    var facts = Self.linkedJob()
    fault.make(&facts)
    let lines = Self.off(facts)
    #expect(lines.count == 1, "\(lines)")
    for part in fault.expected {
      #expect(lines.first?.contains(part) == true, "\(part) in \(lines)")
    }
  }

  static let choicesOfLinks: [Change] = [
    Change("half of the speed of the interface") { $0.links[0].bytesPerSecond = 600e6 },
    Change("unknown interface") { facts in
      facts.links[0].bytesPerSecond = 1e6
      facts.nodes[1].interfaces = []
    },
    Change("one machine") { facts in
      facts.links[0].bytesPerSecond = 1e6
      facts.nodes[1].host = "alpha"
    },
    Change("InfiniBand in use") { facts in
      for node in 0..<2 {
        facts.nodes[node].hasInfiniBand = true
        facts.nodes[node].carrier = MessageCarrier(components: "pml_ucx")
      }
    },
    Change("memory of half the speed") { facts in
      for rank in 2..<4 { facts.ranks[rank].readBytesPerSecond = 2.5e9 }
    },
    Change("another processor") { facts in
      for rank in 2..<4 {
        (facts.ranks[rank].variant, facts.ranks[rank].bestVariant) = ("avx512", "avx512")
      }
    },
  ]

  @Test(arguments: choicesOfLinks)
  func whatIsWellBetweenNodesHasNoLine(choice: Change) {
    var facts = Self.linkedJob()
    choice.make(&facts)
    #expect(Self.off(facts).isEmpty, "\(Self.off(facts))")
  }

  @Test func differentKernelsAreToldOnRequest() {
    var facts = Self.linkedJob()
    for rank in 2..<4 {
      (facts.ranks[rank].variant, facts.ranks[rank].bestVariant) = ("avx512", "avx512")
    }
    let text = DoctorReport(facts).text(verbose: true)
    #expect(text.contains("\nkernel variant: avx2 and avx512: the same bits"))
    #expect(text.contains("\nranks 0–1: kernel variant: avx2\n"))
    #expect(text.contains("\nranks 2–3: kernel variant: avx512\n"))
  }

  @Test func equalFindingsAreMerged() {
    var facts = Self.job(hosts: ["a", "b", "c", "d", "e"])
    for rank in [0, 1, 2, 5] { facts.ranks[rank].variant = "baseline" }
    for node in facts.nodes.indices { facts.nodes[node].hugePages = "never" }
    let lines = Self.off(facts)
    #expect(lines.count == 2)
    #expect(lines.contains { $0.hasPrefix("ranks 0–2, 5: kernel variant: ") }, "\(lines)")
    #expect(lines.contains { $0.hasPrefix("nodes 0–4 (a, b, c, d, …): huge pages: ") }, "\(lines)")
  }

  @Test func allPairsOfFewNodesAreMeasured() {
    for count in 0...6 {
      let pairs = LinkProbe.pairs(ofNodes: count).map { [$0.first, $0.second] }
      #expect(pairs.count == max(0, count * (count - 1) / 2) && Set(pairs).count == pairs.count)
      #expect(pairs.allSatisfy { $0[0] < $0[1] && $0[1] < count })
    }
  }

  @Test(arguments: [7, 16, 17, 40, 1000])
  func neighboursOfManyNodesAreMeasured(count: Int) {
    let pairs = LinkProbe.pairs(ofNodes: count)
    #expect(pairs.count == min(count, 16) && Set(pairs.map(\.first)).count == pairs.count)
    #expect(pairs.allSatisfy { $0.second == ($0.first + 1) % count })
  }

  // MARK: - This machine

  @Test func aRankAloneExaminesItself() throws {
    let resources = try RankResources(communicator: SoloCommunicator(), workers: 2)
    let examined = try DoctorReport(
      examining: resources, areWorkersGiven: true, selfTest: ["sums: right"])
    let report = try #require(examined)
    #expect(report.workers == [2] && report.nodes == 1 && report.selfTest == ["sums: right"])
    #expect(Set(report.findings.map(\.subject)) == Set(Finding.Subject.allCases))
    let lines = report.findings.map(\.line)
    #expect(lines.contains("rank 0: flush to zero: in 2 of 2 workers"), "\(lines)")
    let speed = lines.first { $0.contains("memory bandwidth: ") } ?? ""
    #expect(speed.contains(#/: [1-9][0-9.]* [MGT]B a second, read by 2 workers/#), "\(speed)")
    let copy = try JSONDecoder().decode(DoctorReport.self, from: JSONEncoder().encode(report))
    #expect(copy.findings == report.findings)
  }
}
