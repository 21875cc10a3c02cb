import Communication
import Files
import Foundation

/// A terminal that somebody looks at.
package struct Terminal {
  private let path: String?

  /// The terminal that standard error goes to: its own, or that of the launcher which hands on what
  /// its ranks write. nil if there is none.
  package static var ofStandardError: Terminal? {
    if isatty(STDERR_FILENO) == 1 { return Terminal(path: nil) }
    let settings = try? CommunicationSettings(
      environment: ProcessInfo.processInfo.environment)
    guard settings?.isLaunched == true else { return nil }
    let launcher = "/proc/\(getppid())/fd/\(STDERR_FILENO)"
    guard let file = try? Descriptor(launcher, O_WRONLY | O_NOCTTY), isatty(file.number) == 1 else {
      return nil
    }
    return Terminal(path: launcher)
  }

  /// The characters of a line, as wide as the window is now.
  package var columns: Int {
    let standard = 80
    guard let path else { return Self.columns(STDERR_FILENO) ?? standard }
    guard let file = try? Descriptor(path, O_WRONLY | O_NOCTTY) else { return standard }
    return Self.columns(file.number) ?? standard
  }

  private static func columns(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}
