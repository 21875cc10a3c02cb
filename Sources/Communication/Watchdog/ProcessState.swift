import Foundation

/// What the system says of a process on this machine.
package enum ProcessState {
  /// What is said of one that is no more.
  static let hasEnded = "its process has ended"

  /// What keeps it, in words; nil where the system does not tell.
  static func words(of process: Int32) -> String? {
    let manager = FileManager.default
    let folder = "/proc/\(process)"
    guard manager.fileExists(atPath: folder) else { return hasEnded }
    // Another process may have its number by now.
    let executable = try? manager.destinationOfSymbolicLink(atPath: "\(folder)/exe")
    guard executable == (try? manager.destinationOfSymbolicLink(atPath: "/proc/self/exe")) else {
      return nil
    }
    let threads = (try? manager.contentsOfDirectory(atPath: "\(folder)/task")) ?? []
    let states = threads.compactMap { state(ofThread: "\(folder)/task/\($0)/stat") }
    let status = contents(of: "\(folder)/status")
    return words(
      states: states, swapped: kilobytes("VmSwap", in: status),
      resident: kilobytes("VmRSS", in: status))
  }

  /// - Parameters:
  ///   - states: of its threads, as the system abbreviates them.
  ///   - swapped: the part of its memory that is on disk.
  ///   - resident: the part that is not.
  package static func words(states: [Character], swapped: Int, resident: Int) -> String? {
    guard !states.isEmpty else { return nil }
    if states.contains("T") { return "it is stopped (SIGSTOP)" }
    if states.contains("t") { return "a debugger has stopped it" }
    if states.allSatisfy({ $0 == "Z" || $0 == "X" }) { return hasEnded }
    if swapped > resident { return "most of its memory is swapped out" }
    if states.contains("D") { return "it waits for a disk" }
    if states.contains("R") { return "it runs (an endless loop?)" }
    return "it sleeps (on a lock, a pipe or a file?)"
  }

  /// The letter after the name, which stands in parentheses and may hold any character.
  private static func state(ofThread path: String) -> Character? {
    let text = contents(of: path)
    guard let end = text.lastIndex(of: ")") else { return nil }
    return text[end...].dropFirst(2).first
  }

  private static func kilobytes(_ name: String, in status: String) -> Int {
    let line = status.split(separator: "\n").first { $0.hasPrefix("\(name):") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
  }

  private static func contents(of path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }
}
