import ArgumentParser
import Files
import Foundation
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

  /// Runs `body` in this process alone and without MPI: who has started it cannot start a launcher. An
  /// error is told in one line.
  static func runAlone(_ body: () throws -> Void) throws {
    do {
      let settings = try CommunicationSettings(environment: ProcessInfo.processInfo.environment)
      guard !settings.isLaunched, settings.slurmTasks ?? 1 == 1 else {
        // The first one speaks. The others end well: else the launcher may end it before it has spoken.
        guard LaunchedRank.current == 0 else { return }
        throw StartedByLauncher()
      }
      try body()
    } catch {
      tell("\(error)")
      throw ExitCode.failure
    }
  }

  /// A command that starts ranks was itself started as one.
  private struct StartedByLauncher: Error, CustomStringConvertible {
    var description: String {
      "this command starts the ranks itself: start it without mpirun or srun, in a Slurm job as a "
        + "line of its script"
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
