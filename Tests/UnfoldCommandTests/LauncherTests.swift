import Foundation
import Testing

extension CommandLineTests {
  /// What `launch/mpirun.sh` makes of signals and of runs that end badly. A script stands in for
  /// `unfold`, under the real launcher.
  @Suite struct LauncherTests {
    private let workspace: Workspace

    init() throws {
      workspace = try Workspace()
      try program(Self.standIn, "stand-in")
    }

    private func program(_ text: String, _ name: String) throws {
      let path = try workspace.write(text, to: name)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    /// Does on each start what MODE says; keeps what it was started with, and the number of the
    /// process that started its launcher.
    private static let standIn = #"""
      #!/bin/bash
      rank=$OMPI_COMM_WORLD_RANK
      echo "$*" >>"starts.$rank"
      start=$(wc -l <"starts.$rank")
      step() {
        mkdir -p "run/checkpoints/step-$1"
        echo "{\"epoch\":1,\"step\":$1,\"tokens\":2}" >>run/metrics.jsonl
      }
      # Rank 1 ends; rank 0 waits for it, as in an exchange.
      case $MODE-$rank in
        killed-0) if ((start > 1)); then exit; fi && step 7 && sleep 20 ;;
        killed-1) if ((start > 1)); then exit; fi && sleep 0.5 && kill -KILL $$ ;;
        same-0) step 7 && sleep 20 ;;
        further-0) step "$start" && sleep 20 ;;
        same-1 | further-1) sleep 0.5 && echo 'unfold: rank 1 of 2: no space left' >&2 && exit 1 ;;
        mistake-0) echo 'unfold: a.yaml:2: no such key' >&2 && exit 1 ;;
        usage-0) exit 64 ;;
        requeue-0) step 7 && exit 75 ;;
        waits-* | deaf-*)
          if [[ $MODE == waits ]]; then
            trap 'echo "rank $rank saves" >&2; exit 75' USR1
          else
            trap '' USR1
          fi
          ((rank == 1)) || awk '{ print $4 }' "/proc/$PPID/stat" >launcher
          touch "ready.$rank"
          while :; do sleep 0.1; done
          ;;
        *) sleep 20 ;;
      esac

      """#

    private func start(
      _ mode: String, _ options: [String] = [], environment: [String: String] = [:]
    ) throws -> CommandLineProcess {
      try CommandLineProcess(
        ["env", "--default-signal", "bash", Unfold.launcher, "--bind", "none"] + options
          + ["--", "train", "a.yaml", "--output", "run"],
        environment: ["UNFOLD_EXECUTABLE": workspace("stand-in"), "MODE": mode]
          .merging(environment) { $1 },
        folder: workspace.path, timeout: 30)
    }

    private func run(_ mode: String, restarts: Int) throws -> CommandLineProcess.Result {
      let job = try start(mode, ["--ranks", "2", "--max-restarts", "\(restarts)"])
      let result = try job.wait()
      #expect(!result.isTimedOut && !job.leavesProcesses(), "\(result.error)")
      return result
    }

    /// What rank 0 was started with each time.
    private func starts() throws -> [String] {
      try workspace.text("starts.0").split(separator: "\n").map(String.init)
    }

    // MARK: Restarts

    @Test func aRunThatLostARankGoesOn() throws {
      let result = try run("killed", restarts: 3)
      #expect(result.status == 0 && result.seconds < 10, "\(result.error)")
      #expect(
        try starts() == ["train a.yaml --output run", "train a.yaml --output run --resume"])
      let told = #/mpirun.sh: [-\d]{10} [:\d]{8}: ended with .* 137 after step 7: .* on signal 9/#
      #expect(result.error.contains(told), "\(result.error)")
      #expect(result.error.contains("restart 1 of 3 from step 7 with 2 ranks"), "\(result.error)")
    }

    @Test func theSameFailureTwiceIsTheEnd() throws {
      let result = try run("same", restarts: 5)
      #expect(result.status == 1)
      #expect(try starts().count == 2)
      #expect(
        result.error.contains("not started again: it failed at step 7 twice for the same reason"),
        "\(result.error)")
    }

    @Test func restartsAreCounted() throws {
      let result = try run("further", restarts: 2)
      #expect(result.status == 1)
      #expect(try starts().count == 3)
      #expect(result.error.contains("as often as was allowed already (2)"), "\(result.error)")
    }

    @Test(arguments: [("requeue", 75), ("mistake", 1), ("usage", 64)])
    func isNotStartedAgain(mode: String, status: Int32) throws {
      let result = try run(mode, restarts: 3)
      #expect(result.status == status, "\(result.error)")
      #expect(try starts().count == 1)
    }

    /// A launcher that lost a host, and a remote shell that finds it silent.
    @Test func hostsThatDoNotAnswerAreLeftOut() throws {
      try program(
        #"""
        #!/bin/bash
        if [[ $1 == --version ]]; then echo 'mpirun (Open MPI)' && exit; fi
        echo "$*" >>starts.0
        (($(wc -l <starts.0) == 1)) || exit 0
        echo '  Remote daemon: [[1,0],1] on node 192.0.2.7' >&2
        exit 205

        """#, "launcher")
      try program("#!/bin/bash\n[[ $1 == 192.0.2.8 && $2 == true ]]\n", "remote-shell")
      try workspace.write("localhost slots=1\n192.0.2.7:2\n192.0.2.8 slots=4\n", to: "hosts")
      let job = try start(
        "", ["--hostfile", "hosts", "--max-restarts", "1"],
        environment: [
          "UNFOLD_MPIRUN": workspace("launcher"),
          "UNFOLD_MPIRUN_OPTIONS": "--mca plm_rsh_agent \(workspace("remote-shell"))",
        ])
      let result = try job.wait()
      #expect(result.status == 0, "\(result.error)")
      #expect(result.error.contains("lost the host 192.0.2.7"), "\(result.error)")
      #expect(result.error.contains("no answer from 192.0.2.7\n"), "\(result.error)")
      let starts = try self.starts()
      try #require(starts.count == 2)
      #expect(starts[0].hasPrefix("-n 7 "))
      #expect(starts[1].hasPrefix("-n 5 "))
      #expect(starts[1].contains("--host localhost:1,192.0.2.8:4 "))
      #expect(starts.map { $0.contains("-x UNFOLD_LOCK_PATIENCE ") } == [false, true])
    }

    @Test func whatRestartsNeedIsSaid() throws {
      for (command, expected) in [("train a.yaml", "--output"), ("doctor", "only train")] {
        let result = try CommandLineProcess(
          ["bash", Unfold.launcher, "--max-restarts", "2", "--"]
            + command.split(separator: " ").map(String.init),
          environment: ["UNFOLD_EXECUTABLE": workspace("stand-in")], folder: workspace.path,
          timeout: 20
        ).wait()
        #expect(result.status == 2 && result.error.contains(expected), "\(result.error)")
      }
    }

    // MARK: Signals

    /// Waits until both ranks run, and returns the process that started their launcher.
    private func launcher(of job: CommandLineProcess) throws -> pid_t {
      while job.isRunning, !(workspace.exists("ready.0") && workspace.exists("ready.1")) {
        usleep(20_000)
      }
      let text = try workspace.text("launcher").trimmingCharacters(in: .whitespacesAndNewlines)
      return try #require(pid_t(text))
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGUSR1], [0, 3])
    func aSignalLetsTheRanksSave(signal: Int32, restarts: Int) throws {
      let more = restarts > 0 ? ["--max-restarts", "\(restarts)"] : []
      let job = try start("waits", ["--ranks", "2"] + more)
      kill(try launcher(of: job), signal)
      let result = try job.wait()
      #expect(result.status == 75 && !result.isTimedOut, "\(result.error)")
      #expect(result.error.contains("rank 0 saves") && result.error.contains("rank 1 saves"))
      #expect(try starts().count == 1)
      #expect(!job.leavesProcesses())
    }

    @Test func aSecondSignalEndsTheRanks() throws {
      let job = try start("deaf", ["--ranks", "2"])
      let launcher = try self.launcher(of: job)
      kill(launcher, SIGTERM)
      usleep(500_000)
      #expect(job.isRunning)
      kill(launcher, SIGTERM)
      let result = try job.wait()
      #expect(result.status != 0 && result.seconds < 15, "\(result.error)")
      #expect(!job.leavesProcesses())
    }

    @Test func theTimeLimitEndsTheRanks() throws {
      let job = try start("deaf", ["--ranks", "2", "--time-limit", "2"])
      let result = try job.wait()
      #expect(result.status == 124 && result.seconds < 15, "\(result.error)")
      #expect(!job.leavesProcesses())
    }

    @Test(arguments: [0, 2])
    func nothingOutlivesAScriptThatWasKilled(restarts: Int) throws {
      let more = restarts > 0 ? ["--max-restarts", "\(restarts)"] : []
      let job = try start("deaf", ["--ranks", "2"] + more)
      kill(try launcher(of: job), SIGKILL)
      // `timeout` around it ends by the same signal.
      #expect([9, 137].contains(try job.wait().status))
      #expect(!job.leavesProcesses())
    }
  }
}
