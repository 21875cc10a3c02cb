import Files
import Foundation
import Logging
import Synchronization

/// What a trial tells, in `train.log` of its folder. Until the run has made the folder its lines are kept.
final class TrialLog: Sendable {
  private let folder: String
  private let due = Mutex("")

  /// The log of the run in this folder.
  init(folder: String) { self.folder = folder }

  /// A logger that writes here.
  var logger: Logger { Logger(label: "unfold", factory: { _ in TrialLogHandler(file: self) }) }

  /// Adds a line, which brings its own end.
  func write(_ line: String) {
    due.withLock { due in
      due += line
      guard !due.isEmpty, FileManager.default.fileExists(atPath: "\(folder)/config.yaml"),
        let file = try? LineFile("\(folder)/train.log")
      else { return }
      // Training does not end for want of a log.
      if (try? file.append(due)) != nil { due = "" }
    }
  }

  /// Writes what was kept.
  func flush() { write("") }
}

private struct TrialLogHandler: LogHandler {
  let file: TrialLog
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?
  var logLevel: Logger.Level = .info

  init(file: TrialLog) { self.file = file }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let level = event.level > .notice ? "\(event.level): " : ""
    file.write("\(level)\(event.message)\n")
  }
}
