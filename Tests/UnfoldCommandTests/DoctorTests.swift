import Foundation
import Testing

extension CommandLineTests {
  /// What `unfold doctor` says of this machine with ranks on it.
  @Suite struct DoctorTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    private static let subjects = [
      "cores", "NUMA", "flush to zero", "kernel variant", "huge pages", "memory bandwidth",
      "memory", "/dev/shm", "processor time", "MPI", "transport", "current folder",
    ]

    private func lines(
      _ arguments: String..., ranks: Int?, environment: [String: String] = [:]
    ) throws -> [String] {
      try Unfold.succeed(
        ["doctor"] + arguments, ranks: ranks, environment: environment, in: workspace
      ).output.split(separator: "\n").map(String.init)
    }

    /// Machines differ in what is off, but all of it has its subject and its advice.
    @Test(arguments: [nil, 2])
    func saysOnlyWhatIsOff(ranks: Int?) throws {
      let lines = try lines("--workers", "1", ranks: ranks)
      let count = ranks ?? 1
      let well = "nothing is off: \(count) rank\(count == 1 ? "" : "s") on 1 node, 1 worker each"
      if lines != [well] {
        #expect(!lines.isEmpty)
        for line in lines {
          let isAdvice = line.contains("; ") && Self.subjects.contains { line.contains("\($0): ") }
          #expect(isAdvice, "\(line)")
        }
      }
    }

    @Test(arguments: [1, 3])
    func saysEverythingOnRequest(ranks: Int) throws {
      let lines = try lines("--verbose", ranks: ranks)
      #expect(lines.first?.hasPrefix("\(ranks) ranks on 1 nodes") == true, "\(lines)")
      #expect(lines.contains("allreduce of floats and doubles: right"), "\(lines)")
      for subject in Self.subjects {
        let isNamed = lines.contains { ": \($0)".contains(": \(subject): ") }
        #expect(isNamed, "\(subject) in \(lines)")
      }
      let isLevelTold = lines.contains { $0.contains(": MPI: ") && $0.contains("thread level ") }
      #expect(isLevelTold, "\(lines)")
    }

    @Test func isReadByPrograms() throws {
      let text = try lines("--json", "--workers", "1", ranks: 2).joined(separator: "\n")
      let report = try Unfold.json(text)
      #expect(report["workers"] as? [Int] == [1, 1] && report["nodes"] as? Int == 1)
      #expect((report["self_test"] as? [String])?.count == 16)
      let findings = report["findings"] as? [[String: Any]] ?? []
      #expect(Set(findings.compactMap { $0["subject"] as? String }) == Set(Self.subjects))
      #expect(findings.allSatisfy { $0["measured"] is String && $0["place"] is String })
    }

    static let hasAVX2 = {
      let flags = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
      return flags.contains(" avx2 ") && flags.contains(" fma ")
    }()

    @Test(.enabled(if: hasAVX2, "the portable kernels are this processor's best"))
    func slowKernelsAreFound() throws {
      let lines = try lines(ranks: 2, environment: ["UNFOLD_ISA": "baseline"])
      let start = "ranks 0–1: kernel variant: baseline, where the processor can avx"
      #expect(lines.contains { $0.hasPrefix(start) && $0.contains("UNFOLD_ISA") }, "\(lines)")
    }

    /// More threads than the machine has cores; the warning that other commands give is left to the
    /// report.
    @Test func tooManyThreadsAreFound() throws {
      let workers = max(2, ProcessInfo.processInfo.processorCount / 4 + 1)
      let result = try Unfold.succeed(
        ["doctor", "--workers", "\(workers)"], ranks: 4, in: workspace)
      let told = result.output.split(separator: "\n").filter { $0.contains("threads take turns") }
      #expect(told.count == 1, "\(result.output)")
      #expect(told.first?.contains("cores: 4 ranks with \(4 * workers) workers on ") == true)
      #expect(!result.error.contains("warning"), "\(result.error)")
    }

    /// Nodes that are made up, with a link between each pair of them.
    @Test func linksBetweenNodesAreMeasured() throws {
      let lines = try lines(
        "--verbose", "--workers", "1", ranks: 3, environment: ["UNFOLD_RANKS_PER_NODE": "1"])
      for pair in ["0–1", "0, 2", "1–2"] {
        let start = "nodes \(pair) ("
        let line = lines.first { $0.hasPrefix(start) && $0.contains("): transport: ") } ?? ""
        #expect(line.contains(#/: [0-9]+\.[0-9] µs, [1-9][0-9.]* [kMGT]B a second/#), "\(lines)")
        #expect(line.hasSuffix("; on one machine"), "\(line)")
      }
    }
  }
}
