import ArgumentParser
import Foundation
import Logging
import Unfold

/// One process of a job: starts the communicator, runs, and ends in order whatever happens.
enum Job {
  /// Runs `body`. An error that all ranks share is told by rank 0 and every rank ends; an error of
  /// this rank alone is told with its number and ends the whole job.
  static func run(_ body: (any Communicator) throws -> Void) throws {
    LoggingSystem.bootstrap { _ in PlainLogHandler() }
    let communicator: any Communicator
    do {
      communicator = try Communication.start()
    } catch {
      tell("\(error)")
      throw ExitCode.failure
    }
    do {
      try body(communicator)
      communicator.finalize()
    } catch  where communicator.isSolo || isShared(error) {
      if communicator.isRoot { tell("\(error)") }
      communicator.finalize()
      throw ExitCode.failure
    } catch {
      tell("rank \(communicator.rank): \(error)")
      communicator.abort(code: 1)
    }
  }

  private static func isShared(_ error: any Error) -> Bool {
    error is AgreedFailure || (error as? TrainingError)?.isSharedByAllRanks == true
  }

  private static func tell(_ message: String) {
    let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    FileHandle.standardError.write(Data("unfold: \(line)\n".utf8))
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
    FileHandle.standardError.write(Data("unfold: \(level)\(event.message)\n".utf8))
  }
}
