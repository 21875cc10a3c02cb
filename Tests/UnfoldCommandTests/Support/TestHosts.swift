import Foundation
import Synchronization

/// Hosts of a test's own on this machine: network namespaces with names, addresses and a /dev/shm of their
/// own, between which only so much a second travels. Needs root and iproute2.
final class TestHosts {
  private let count: Int
  private let workspace: Workspace

  /// Tells these hosts from others, of this test run and of another: the system takes its time to remove
  /// them. Interfaces have at most 15 letters.
  private let tag: String
  private static let made = Atomic(0)

  /// Whether such hosts can be made here.
  static let areAvailable: Bool = {
    guard geteuid() == 0, let workspace = try? Workspace() else { return false }
    return (try? TestHosts(1, rate: "1gbit", in: workspace)) != nil
  }()

  /// - Parameters:
  ///   - count: how many.
  ///   - rate: what each sends at most, as `tc` has it.
  ///   - workspace: where the launcher's remote shell is written.
  init(_ count: Int, rate: String, in workspace: Workspace) throws {
    self.count = count
    self.workspace = workspace
    let number = Self.made.add(1, ordering: .relaxed).newValue
    tag = "\(ProcessInfo.processInfo.processIdentifier % 100_000)n\(number % 1000)"
    try ip("link add \(bridge) type bridge")
    try ip("link set \(bridge) up")
    for host in 1...count {
      let (space, link) = (self.space(host), self.link(host))
      try ip("netns add \(space)")
      try ip("link add \(link) type veth peer name eth0 netns \(space)")
      try ip("link set \(link) master \(bridge) up")
      try ip("-n \(space) addr add \(Self.address(host))/24 dev eth0")
      try ip("-n \(space) link set eth0 up")
      try ip("-n \(space) link set lo up")
      try ip(
        "netns exec \(space) tc qdisc replace dev eth0 root tbf rate \(rate) burst 256kb latency 20ms"
      )
    }
    let shell = try workspace.write(
      """
      #!/bin/bash
      host=${1##*.}
      shift
      exec ip netns exec unfold-\(tag)-$host unshare -u -m bash -c \
      'hostname "host$0"; mount -t tmpfs tmpfs /dev/shm; exec bash -c "$1"' "$host" "$*"

      """, to: "remote-shell")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: shell)
  }

  deinit { remove() }

  /// Starts `unfold` on so many ranks of each host.
  func start(
    _ arguments: [String], ranks: [Int], timeout: Double = 60
  ) throws -> CommandLineProcess {
    let lines = ranks.enumerated().map { "\(Self.address($0.offset + 1)) slots=\($0.element)\n" }
    let hostfile = try workspace.write(lines.joined(), to: "hosts")
    let command =
      ["bash", Unfold.launcher, "--hostfile", hostfile, "--bind", "none", "--"] + arguments
    let network = "10.98.0.0/24"
    let shell = workspace("remote-shell")
    return try CommandLineProcess(
      [shell, Self.address(1), command.map { "'\($0)'" }.joined(separator: " ")],
      environment: [
        "UNFOLD_EXECUTABLE": Unfold.executable,
        "UNFOLD_MPIRUN_OPTIONS": "--mca plm_rsh_agent \(shell) --mca btl_tcp_if_include \(network) "
          + "--mca oob_tcp_if_include \(network)",
      ], folder: workspace.path, timeout: timeout)
  }

  // MARK: Faults

  /// Cuts a host off from the others, without a word to either side.
  func cutLink(_ host: Int) { _ = Self.run("link set \(link(host)) down") }

  /// Mends that.
  func restoreLink(_ host: Int) { _ = Self.run("link set \(link(host)) up") }

  /// Takes a host away, as a power failure does: its link first, so that nothing of its end is heard.
  func powerOff(_ host: Int) {
    cutLink(host)
    let processes = output(of: ["ip", "netns", "pids", space(host)]) ?? ""
    for process in processes.split(whereSeparator: \.isWhitespace).compactMap({ pid_t($0) }) {
      kill(process, SIGKILL)
    }
  }

  // MARK: Names

  private var bridge: String { "ub\(tag)" }
  private func link(_ host: Int) -> String { "uv\(tag)-\(host)" }
  private func space(_ host: Int) -> String { "unfold-\(tag)-\(host)" }
  private static func address(_ host: Int) -> String { "10.98.0.\(host)" }

  // MARK: ip

  struct Failure: Error, CustomStringConvertible { let description: String }

  private func ip(_ arguments: String) throws {
    guard Self.run(arguments) else { throw Failure(description: "ip \(arguments) failed") }
  }

  private func remove() {
    for host in 1...count { _ = Self.run("netns del \(space(host))") }
    _ = Self.run("link del \(bridge)")
  }

  private static func run(_ arguments: String) -> Bool {
    succeeds(["ip"] + arguments.split(separator: " ").map(String.init))
  }
}
