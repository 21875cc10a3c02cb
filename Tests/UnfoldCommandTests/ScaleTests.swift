import Foundation
import Testing

extension CommandLineTests {
  /// `unfold bench scale` starts ranks itself.
  @Suite struct ScaleTests {
    private let workspace: Workspace
    private let configuration: String

    init() throws {
      workspace = try Workspace()
      configuration = try Experiment.text.write(to: workspace)
    }

    private func scale(
      _ options: String..., ranks: Int? = nil, environment: [String: String] = [:]
    ) throws -> CommandLineProcess.Result {
      try Unfold.run(
        ["bench", "scale", configuration, "--output", workspace("scale")] + options,
        ranks: ranks, environment: environment, in: workspace)
    }

    private static let hasGnuplot = {
      let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
      return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/gnuplot") }
    }()

    /// The cells of a file by the names of their columns.
    private func table(_ file: String) throws -> [[String: String]] {
      let lines = try workspace.text(file).split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
      let header = try #require(lines.first)
      return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
    }

    @Test func ranksAreMeasuredAndModelled() throws {
      let result = try scale("--ranks", "1,2", "--rounds", "1", "--steps", "2")
      #expect(result.status == 0, "\(result.error)")
      for words in ["strong scaling, measured", "weak scaling, prediction", "2 × 1", "assumed"] {
        #expect(result.output.contains(words), "\(result.output)")
      }
      let lines = try table("scale/scale.csv")
      #expect(lines.map { $0["mode"] } == ["strong", "strong", "weak", "weak"])
      #expect(lines.map { $0["ranks"] } == ["1", "2", "1", "2"])
      #expect(lines.map { $0["streams"] } == ["4", "4", "4", "8"])
      #expect(lines.map { $0["efficiency"] }.filter { $0 == "1.0000" }.count >= 2)
      for line in lines {
        // Of two steps the median is the mean, so parts add up.
        let parts = ["computing_ms", "exchange_ms", "update_ms", "wait_ms"]
          .compactMap { line[$0].flatMap { Double($0) } }
        let total = try #require(line["step_ms"].flatMap { Double($0) })
        #expect(parts.count == 4 && abs(parts.reduce(0, +) - total) < 0.001, "\(line)")
      }
      let predictions = try table("scale/predictions.csv")
      #expect(Set(predictions.map { $0["gbit_per_second"] }) == ["1", "10", "25", "100"])
      #expect(predictions.contains { $0["nodes"] == "1024" })
      #expect(workspace.exists("scale/scale.html") == Self.hasGnuplot)
      #expect(result.error.contains("no gnuplot") == !Self.hasGnuplot, "\(result.error)")
    }

    /// A machine's ranks as nodes: an exchange between them can be fitted.
    @Test func nodesAreFitted() throws {
      let result = try scale(
        "--ranks", "1 2 3", "--rounds", "1", "--steps", "2", "--mode", "strong",
        environment: ["UNFOLD_RANKS_PER_NODE": "1"])
      #expect(result.status == 0, "\(result.error)")
      #expect(try table("scale/scale.csv").map { $0["nodes"] } == ["1", "2", "3"])
      #expect(!result.output.contains("no point has several nodes"), "\(result.output)")
      #expect(!result.output.contains("assumed"), "\(result.output)")
    }

    @Test(arguments: [
      ["--ranks", "0"], ["--ranks", "two"], ["--ranks", ""], ["--ranks", "1;2"], [],
      ["--ranks", "1", "--workers", "-1"], ["--ranks", "1", "--mode", "sideways"],
      ["--ranks", "1", "--rounds", "0"], ["--ranks", "1", "--latency", "0"],
      ["--ranks", "1", "--time-limit", "0"],
    ])
    func optionsThatMakeNoSense(options: [String]) throws {
      let result = try Unfold.run(["bench", "scale", configuration] + options, in: workspace)
      #expect(result.status != 0 && !result.isTimedOut)
      let name = options.dropLast().last ?? "--ranks"
      #expect(result.error.contains(name), "\(result.error)")
      #expect(!workspace.exists("runs"))
    }

    @Test func aMistakeInTheConfigurationIsToldFirst() throws {
      let result = try scale("--ranks", "1", "--set", "model.hiden=8")
      #expect(result.status == 1 && result.messages.count == 1, "\(result.error)")
      #expect(result.error.contains("model.hiden") && result.error.contains("hidden"))
      #expect(!workspace.exists("scale"))
    }

    /// MPI cannot start a launcher within a job.
    @Test func aLauncherCannotStartIt() throws {
      let result = try scale("--ranks", "1", ranks: 2)
      #expect(result.status != 0 && !result.isTimedOut)
      #expect(result.messages.count == 1, "\(result.error)")
      #expect(result.messages.first?.contains("without mpirun") == true, "\(result.error)")
      #expect(!workspace.exists("scale"))
    }

    @Test func aScriptThatIsNotThereIsNamed() throws {
      let result = try scale("--ranks", "1", environment: ["UNFOLD_LAUNCHER": "/absent/mpirun.sh"])
      #expect(result.status == 1 && result.messages.count == 1, "\(result.error)")
      #expect(result.error.contains("UNFOLD_LAUNCHER=/absent/mpirun.sh"), "\(result.error)")
    }

    @Test func aPointThatFailsEndsItAndIsTold() throws {
      let result = try scale(
        "--ranks", "1 2", "--rounds", "1", "--set", "data.train=\(workspace("absent.txt"))")
      #expect(result.status == 1)
      let last = try #require(result.messages.last)
      #expect(last.contains("/absent.txt") && last.contains("bench step"), "\(result.error)")
      #expect(result.messages.count { $0.contains("round 1 of 1") } == 1, "\(result.error)")
      #expect(try table("scale/scale.csv").isEmpty)
    }

    @Test func aPointHasATimeLimit() throws {
      let result = try scale(
        "--ranks", "1", "--rounds", "1", "--steps", "1000000", "--time-limit", "2")
      #expect(result.status == 1 && result.seconds < 30)
      #expect(result.messages.last?.contains("did not end within 2 s") == true, "\(result.error)")
    }

    /// The processes of `unfold bench COMMAND` with this test's configuration.
    private func processes(_ command: String) -> [pid_t] {
      let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      return entries.compactMap { pid_t($0) }.filter { identifier in
        let bytes = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(identifier)/cmdline"))
        let words = (bytes ?? Data()).split(separator: 0).map {
          String(decoding: $0, as: UTF8.self)
        }
        return words.first?.hasSuffix("/unfold") == true
          && words.dropFirst().starts(with: ["bench", command, configuration])
      }
    }

    /// The ranks have a process group of their own, so whoever stops the command must stop them.
    @Test func aSignalEndsTheRanks() throws {
      let job = try Unfold.start(
        [
          "bench", "scale", configuration, "--output", workspace("scale"), "--ranks", "1",
          "--steps", "1000000",
        ], in: workspace)
      while job.isRunning, processes("step").isEmpty { usleep(10_000) }
      let command = try #require(processes("scale").first)
      kill(command, SIGTERM)
      let result = try job.wait()
      #expect(result.status == 1 && !result.isTimedOut, "\(result.error)")
      #expect(result.messages.last?.contains("interrupted") == true, "\(result.error)")
      #expect(workspace.exists("scale/scale.csv"))
      for _ in 0..<500 where !processes("step").isEmpty { usleep(10_000) }
      #expect(processes("step").isEmpty)
    }
  }
}
