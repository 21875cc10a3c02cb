/// What a control group of Linux (cgroup v2) leaves to this process: a container and a job of Slurm are
/// such groups. A group lies within others, and the tightest of their limits holds.
package struct ControlGroup: Sendable {
  private let files: SystemFiles
  /// The group's folder, then those of the groups around it.
  private let folders: [String]

  /// Finds the group of this process.
  package init(files: SystemFiles = SystemFiles()) {
    self.files = files
    let lines = files.text("/proc/self/cgroup")?.split(separator: "\n") ?? []
    let path = lines.first { $0.hasPrefix("0::") }?.dropFirst(3) ?? "/"
    let names = path.split(separator: "/")
    folders = (0...names.count).reversed().map { depth in
      names.prefix(depth).reduce("/sys/fs/cgroup") { "\($0)/\($1)" }
    }
  }

  /// The cores' worth of time that its processes get together; nil without a limit.
  package var processorQuota: Double? {
    folders.compactMap { folder -> Double? in
      let words = files.text("\(folder)/cpu.max")?.split(separator: " ") ?? []
      // `max 100000` is no limit. Both numbers are microseconds.
      guard words.count == 2, let time = Double(words[0]), let period = Double(words[1]), period > 0
      else { return nil }
      return time / period
    }.min()
  }

  /// The bytes that its processes may still take; nil without a limit.
  package var memoryLeft: Double? {
    folders.compactMap { folder -> Double? in
      guard let limit = files.number("\(folder)/memory.max"),
        let used = files.number("\(folder)/memory.current")
      else { return nil }
      return max(0, limit - used + reclaimable(folder))
    }.min()
  }

  /// Of the bytes in use those of files that were read and are not needed now.
  private func reclaimable(_ folder: String) -> Double {
    let name = "inactive_file "
    let lines = files.text("\(folder)/memory.stat")?.split(separator: "\n") ?? []
    return lines.first { $0.hasPrefix(name) }.flatMap { Double($0.dropFirst(name.count)) } ?? 0
  }
}
