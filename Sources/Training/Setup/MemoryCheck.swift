import Communication
import Files
import Foundation
import Recurrent

/// Compares what a model will take with the memory that is to be had, before any is allocated.
struct MemoryCheck {
  let communicator: any Communicator

  /// - Parameters:
  ///   - demand: what the model takes; nil if that is not known.
  ///   - ofRoot: bytes that rank 0 takes besides.
  ///   - hint: how to make it less.
  /// - Throws: `TrainingError.tooLarge`.
  func require(_ demand: MemoryDemand?, ofRoot: Double = 0, hint: String) throws {
    guard let demand else { return }
    let topology = communicator.node
    let node =
      demand.shared + demand.own * Double(topology.localSize) + (topology.index == 0 ? ofRoot : 0)
    let process = demand.shared + demand.own + (communicator.isRoot ? ofRoot : 0)
    for (needed, limit) in [
      (node, MemoryLimit.available), (process, MemoryLimit.addressSpace),
    ] {
      guard let limit, needed > limit.bytes else { continue }
      throw TrainingError.tooLarge(
        "the model (\(Formatting.grouped(demand.parameterCount)) parameters) would take "
          + "\(Formatting.bytes(needed)) of memory, but \(limit.words) \(Formatting.bytes(limit.bytes)); "
          + hint)
    }
  }
}

/// A bound on memory.
struct MemoryLimit {
  let bytes: Double
  /// What bounds it, before the number.
  let words: String

  /// What this machine can still give, where the system tells; less where a control group says so.
  static var available: MemoryLimit? {
    let machine = field("MemAvailable:", of: "/proc/meminfo").map {
      MemoryLimit(bytes: $0 * 1024, words: "this machine has")
    }
    guard let left = ControlGroup().memoryLeft else { return machine }
    let group = MemoryLimit(bytes: left, words: "this job's control group has")
    return machine.map { $0.bytes < group.bytes ? $0 : group } ?? group
  }

  /// What is left of a limit on this process's address space (`ulimit -v`).
  static var addressSpace: MemoryLimit? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0,
      limit.rlim_cur != UInt(bitPattern: -1),
      let used = field("VmSize:", of: "/proc/self/status")
    else { return nil }
    // Threads' stacks, MPI's buffers and what Swift allocates beside the arenas.
    let reserve = 256.0 * 1_048_576
    return MemoryLimit(
      bytes: max(0, Double(limit.rlim_cur) - used * 1024 - reserve),
      words: "the limit on its address space (ulimit -v) leaves")
  }

  private static func field(_ name: String, of path: String) -> Double? {
    let lines = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n") ?? []
    guard let line = lines.first(where: { $0.hasPrefix(name) }) else { return nil }
    return line.split(separator: " ").dropFirst().first.flatMap { Double($0) }
  }
}
