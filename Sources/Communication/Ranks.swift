import CMessagePassing
import Files
import Foundation
import Workers

/// The ranks of a job, each a process that runs the same program.
public enum Ranks {
  /// Runs this process's part in its job: MPI under mpirun, mpiexec or srun, else one rank.
  ///
  /// Once in a process, on the thread that will communicate, which names itself in crashes from now
  /// on. However `body` ends, no rank is left waiting: after a `SharedFailure`, which all ranks
  /// throw, they end in order and this throws it on; after any other error of one rank of several,
  /// that rank ends the whole job with exit code 1. Either is told in one line on standard error, by
  /// rank 0 or by the rank that failed: a launcher may end the ranks before they tell it themselves.
  ///
  /// - Throws: what `body` throws; `CommunicationError` when MPI cannot start, when the launcher
  ///   belongs to another MPI than the one this program was built with, or on a setting in the
  ///   environment that has no meaning.
  public static func run<Result>(
    _ body: (_ communicator: any Communicator) throws -> Result
  ) throws -> Result {
    let communicator = try start()
    do {
      let result = try body(communicator)
      communicator.finalize()
      return result
    } catch {
      guard !communicator.isSolo else { throw error }
      guard error is any SharedFailure else {
        StandardStream.error("unfold: rank \(communicator.rank): \(oneLine("\(error)"))\n")
        communicator.abort(code: 1)
      }
      if communicator.isRoot { StandardStream.error("unfold: \(oneLine("\(error)"))\n") }
      communicator.finalize()
      throw error
    }
  }

  private static func start() throws(CommunicationError) -> any Communicator {
    StandardStream.reserve()
    let settings = try CommunicationSettings(environment: ProcessInfo.processInfo.environment)
    guard settings.isLaunched else {
      // Each of them would believe itself alone, and write to the same files.
      if let tasks = settings.slurmTasks, tasks > 1 { throw .launchedWithoutMPI(tasks: tasks) }
      unfold_report_crashes(0)
      return SoloCommunicator()
    }
    // The library reads this once, when it starts.
    if let ranks = settings.ranksOnNode, ranks > ProcessorMask.machineCoreCount {
      setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0)
    }
    let communicator = try MPICommunicator(settings: settings)
    if let launched = settings.launchedRanks, launched > 1, communicator.size == 1 {
      throw .launcherMismatch(launched: launched, seen: 1, library: communicator.library)
    }
    return communicator
  }
}

/// A message without line breaks.
func oneLine(_ text: String) -> String {
  text.split(whereSeparator: \.isNewline).joined(separator: " ")
}
