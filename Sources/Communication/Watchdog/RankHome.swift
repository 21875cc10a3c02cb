import Foundation

/// Where a rank runs, and how watchdogs elsewhere reach it.
struct RankHome {
  /// Its number in the whole job, of which the watched ranks may be a group.
  let rank: Int
  /// The host's name, for people.
  let host: String
  /// The same for ranks that can see one another's processes.
  let machine: String
  /// Of its mail; empty where it has none.
  let address: String

  /// This process's.
  ///
  /// - Parameters:
  ///   - rank: its number in the job.
  ///   - host: its name.
  ///   - address: of its mail.
  init(rank: Int, host: String, address: String) {
    self.rank = rank
    self.host = host
    self.address = address
    // Containers of one host may number their processes each for itself.
    let numbering = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
    machine = "\(host) \(numbering ?? "")"
  }

  /// What `text` was made of.
  init(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    (host, machine, address) = lines.count == 4 ? (lines[0], lines[1], lines[2]) : (text, "", "")
    rank = lines.last.flatMap { Int($0) } ?? 0
  }

  /// In a form that travels.
  var text: String { "\(host)\n\(machine)\n\(address)\n\(rank)" }
}
