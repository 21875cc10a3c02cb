import ArgumentParser
import Files
import Logging
import Unfold

/// One process of a job: starts the communicator, runs, and ends in order whatever happens.
enum Job {
  /// Runs `body`. An error that all ranks share is told by rank 0 and every rank ends; an error of
  /// this rank alone is told with its number and ends the whole job.
  static func run(_ body: (any Communicator) throws -> Void) throws {
    LoggingSystem.bootstrap { _ in PlainLogHandler() }
    var tellsItself = false
    do {
      try Ranks.run { communicator in
        tellsItself = !communicator.isSolo
        try body(communicator)
      }
    } catch {
      if !tellsItself { tell("\(error)") }
      throw ExitCode.failure
    }
  }

  private static func tell(_ message: String) {
    let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    StandardStream.error("unfold: \(line)\n")
  }
}

/// Log messages as plain lines on standard error; warnings say so.
struct PlainLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .info

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let level = event.level > .notice ? "\(event.level): " : ""
    StandardStream.error("unfold: \(level)\(event.message)\n")
  }
}
