import CMessagePassing
import Foundation
import WorkerPool

/// Where communicators come from.
public enum Communication {
  /// Starts this process's part in its job: MPI under mpirun, mpiexec or srun, else one rank.
  ///
  /// Once in a process, on the thread that will communicate, which names itself in crashes from now
  /// on. Throws when MPI cannot start, when the launcher belongs to another MPI than the one this
  /// program was built with, or on a setting in the environment that has no meaning.
  public static func start() throws(CommunicationError) -> any Communicator {
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
