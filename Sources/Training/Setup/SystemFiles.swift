import Foundation

/// What Linux tells of a machine in the files below /proc and /sys.
package struct SystemFiles: Sendable {
  /// What stands before every path, so that tests can make up a machine.
  private let root: String

  /// Reads below `root`, a folder without a slash at its end.
  package init(root: String = "") { self.root = root }

  /// A file's text without the line feed at its end; nil if it cannot be read.
  package func text(_ path: String) -> String? {
    (try? String(contentsOfFile: root + path, encoding: .utf8))?
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The number that a file holds.
  package func number(_ path: String) -> Double? { text(path).flatMap { Double($0) } }

  /// The names in a folder, in order.
  package func entries(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: root + folder)) ?? []).sorted()
  }

  /// Which of its settings for transparent huge pages the kernel follows, such as `madvise` where the
  /// file has `always [madvise] never`.
  ///
  /// - Parameter file: `enabled` for a process's own memory, `shmem_enabled` for shared memory.
  package func hugePages(_ file: String) -> String? {
    text("/sys/kernel/mm/transparent_hugepage/\(file)")?
      .split(separator: " ").first { $0.hasPrefix("[") }
      .map { String($0.dropFirst().dropLast()) }
  }

  /// How many cores a process may use.
  package func coreCount(ofProcess identifier: Int32) -> Int? {
    // Groups of hexadecimal digits with commas between them, a bit for a core.
    let name = "Cpus_allowed:"
    let lines = text("/proc/\(identifier)/status")?.split(separator: "\n") ?? []
    return lines.first { $0.hasPrefix(name) }.map { line in
      line.dropFirst(name.count).compactMap(\.hexDigitValue).reduce(0) { $0 + $1.nonzeroBitCount }
    }
  }

  /// The type of the file system that holds an absolute path, such as `ext4` or `nfs4`.
  package func fileSystem(at path: String) -> String? {
    var longest = ""
    var type: String?
    for line in text("/proc/self/mounts")?.split(separator: "\n") ?? [] {
      let fields = line.split(separator: " ")
      guard fields.count > 2 else { continue }
      let place = String(fields[1]).replacing("\\040", with: " ")
      let isAbove = place == "/" || path == place || path.hasPrefix(place + "/")
      // Of two on the same place the later one is seen.
      guard isAbove, place.count >= longest.count else { continue }
      (longest, type) = (place, String(fields[2]))
    }
    return type
  }

  /// The network interfaces of the machine itself whose speed is known. What virtual ones say of
  /// theirs means nothing.
  package var networkInterfaces: [NetworkInterface] {
    let folder = "/sys/class/net"
    return entries(folder).compactMap { name -> NetworkInterface? in
      guard entries("\(folder)/\(name)").contains("device"),
        let speed = number("\(folder)/\(name)/speed"), speed > 0
      else { return nil }
      return NetworkInterface(name: name, megabitsPerSecond: speed)
    }
  }

  /// Whether an InfiniBand port is connected.
  package var hasInfiniBand: Bool {
    let folder = "/sys/class/infiniband"
    return entries(folder).contains { device in
      entries("\(folder)/\(device)/ports").contains { number in
        let port = "\(folder)/\(device)/ports/\(number)"
        return text("\(port)/link_layer") == "InfiniBand"
          && text("\(port)/state")?.contains("ACTIVE") == true
      }
    }
  }
}

/// A machine's connection to a network.
package struct NetworkInterface: Sendable, Codable, Equatable {
  package let name: String
  package let megabitsPerSecond: Double

  package init(name: String, megabitsPerSecond: Double) {
    self.name = name
    self.megabitsPerSecond = megabitsPerSecond
  }

  /// In words: `eth0 of 10 Gbit/s`.
  package var words: String {
    let isSlow = megabitsPerSecond < 1000
    let speed = isSlow ? megabitsPerSecond : megabitsPerSecond / 1000
    let number = Formatting.decimal(speed, speed == speed.rounded() ? 0 : 1)
    return "\(name) of \(number) \(isSlow ? "Mbit/s" : "Gbit/s")"
  }
}
