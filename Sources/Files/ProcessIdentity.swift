import Foundation

/// What tells the temporary files of this process from those of others.
package enum ProcessIdentity {
  /// The host's name and the process's number: process numbers repeat between the hosts of a shared
  /// file system.
  package static let current: String = {
    let host = ProcessInfo.processInfo.hostName.filter {
      $0.isASCII && ($0.isLetter || $0.isNumber)
    }
    return "\(host.prefix(32))-\(ProcessInfo.processInfo.processIdentifier)"
  }()
}
