import Foundation
import Testing

extension CommandLineTests {
  /// Mistakes get one clear line, a non-zero exit, and leave what is there alone.
  @Suite struct ErrorTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    private func check(_ mistake: Mistake, ranks: Int?) throws {
      try workspace.train(try Experiment.text.write(to: workspace), "run")
      let arguments = try mistake.make(workspace)
      let before = try workspace.contents("run")
      let result = try Unfold.run(arguments, ranks: ranks, in: workspace, timeout: 30)
      #expect(result.status != 0 && !result.isTimedOut, "status \(result.status)")
      #expect(result.messages.count == 1, "\(result.error)")
      for part in mistake.expected {
        #expect(result.messages.first?.contains(part) == true, "\(part) in: \(result.error)")
      }
      requireNoTrace(result)
      #expect(try workspace.contents("run") == before)
      #expect(!workspace.exists("other/checkpoints/step-1"))
    }

    private func requireNoTrace(_ result: CommandLineProcess.Result) {
      for word in ["Fatal error", "Backtrace", "Crash", "Thread 0", "*** "] {
        #expect(!result.error.contains(word), "\(result.error)")
      }
    }

    @Test(arguments: Mistake.configurations, [nil, 3])
    func inConfigurations(mistake: Mistake, ranks: Int?) throws {
      try check(mistake, ranks: ranks)
    }

    @Test(arguments: Mistake.data, [nil, 3])
    func inData(mistake: Mistake, ranks: Int?) throws { try check(mistake, ranks: ranks) }

    @Test(arguments: Mistake.checkpoints, [nil, 3])
    func inCheckpoints(mistake: Mistake, ranks: Int?) throws { try check(mistake, ranks: ranks) }

    @Test(arguments: [nil, 3])
    func unknownKernels(ranks: Int?) throws {
      let result = try Unfold.run(
        workspace.arguments(try Experiment.text.write(to: workspace), "run"), ranks: ranks,
        environment: ["UNFOLD_ISA": "abacus"], in: workspace)
      #expect(result.status != 0)
      #expect(result.messages.count == 1)
      #expect(result.messages.first?.contains("UNFOLD_ISA=abacus") == true)
      #expect(!workspace.exists("run"))
    }

    @Test func unknownKernelsToMeasure() throws {
      let result = try Unfold.run(
        ["bench", "kernels"], environment: ["UNFOLD_ISA": "abacus"], in: workspace)
      #expect(result.status != 0)
      #expect(result.messages.count == 1)
      #expect(result.messages.first?.contains("UNFOLD_ISA=abacus") == true)
    }

    /// A rate this large makes the weights, and then the gradient, overflow.
    @Test(arguments: [nil, 3])
    func lossesThatAreNotFinite(ranks: Int?) throws {
      let configuration = try Experiment.series.write(to: workspace)
      let text = try workspace.text("series.yaml").replacingOccurrences(
        of: "clip: {norm: 1}\n", with: "")
      try workspace.write(text, to: "series.yaml")
      let result = try Unfold.run(
        workspace.arguments(
          configuration, "run",
          [
            "optimizer.kind=sgd", "optimizer.learning_rate=1e30", "checkpoint.every=1",
            "training.steps=50", "checkpoint.keep=50",
          ]), ranks: ranks, in: workspace)
      #expect(result.status != 0 && !result.isTimedOut)
      let told = result.messages.filter { $0.contains("not finite") }
      #expect(told.count == 1, "\(result.error)")
      requireNoTrace(result)
      let last = try workspace.metrics("run").compactMap { $0["step"] as? Int }.last ?? 0
      let stopped = told.first?.hasPrefix("unfold: step \(last + 1): ") == true
      #expect(stopped, "\(result.error)")
      let numbers = try weights(workspace("run/checkpoints/step-\(last)/model.safetensors"))
      #expect(numbers.allSatisfy { $0.isFinite })
      #expect(!workspace.exists("run/checkpoints/step-\(last + 1)"))
      #expect(try Unfold.parameterHash("run", in: workspace).count == 64)
    }

    static let canMount = {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { return false }
      process.waitUntilExit()
      return process.terminationStatus == 0
    }()

    /// Needs root, for a small file system that can be filled.
    @Test(
      .enabled(if: canMount, "a file system of its own can only be mounted by root"),
      arguments: [1, 3])
    func aFullDisk(ranks: Int) throws {
      let configuration = try Experiment.text.write(to: workspace)
      let script = try workspace.write(
        """
        set -eu
        mkdir small && mount -t tmpfs -o size=400k tmpfs small
        train() { "$@" train \(configuration) --output small/run; }
        hash() { (cd small/run/checkpoints && cat step-6/*) | sha256sum; }
        \(Unfold.executable) train \(configuration) --output small/run 2>/dev/null
        before=$(hash)
        head -c 400k /dev/zero >small/filler 2>/dev/null || true
        status=0
        \(Unfold.executable) doctor >/dev/null 2>&1
        bash "$1" --ranks \(ranks) --bind none -- train \(configuration) --output small/run \
        --resume --set training.steps=60 --set checkpoint.every=1 || status=$?
        [ "$before" = "$(hash)" ] || echo 'the checkpoint was touched'
        ls -A small/run/checkpoints | grep -v best | tr '\\n' ' '
        \(Unfold.executable) inspect small/run >/dev/null
        exit $status
        """, to: "fill.sh")
      let result = try CommandLineProcess(
        ["unshare", "-m", "bash", script, Unfold.launcher],
        environment: ["UNFOLD_EXECUTABLE": Unfold.executable], folder: workspace.path, timeout: 60
      ).wait()
      #expect(result.status != 0 && !result.isTimedOut, "\(result.output)")
      let told = result.messages.filter { $0.contains("small/run") && $0.contains("disk") }
      #expect(
        told.count == 1 || result.messages.contains { $0.contains("space") }, "\(result.error)")
      #expect(!result.output.contains("touched"))
      #expect(result.output.contains("step-6"))
      requireNoTrace(result)
    }
  }
}
