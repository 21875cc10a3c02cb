/// What can go wrong between ranks.
public enum CommunicationError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The MPI library reported an error.
  case messagePassing(operation: String, rank: Int, code: Int32, message: String)

  /// A message had fewer bytes than its receiver expected.
  case wrongMessageSize(rank: Int, sender: Int, expected: Int, got: Int)

  /// The launcher speaks for several ranks, but the MPI library sees another number.
  case launcherMismatch(launched: Int, seen: Int, library: String)

  /// Slurm started several tasks without telling them of one another.
  case launchedWithoutMPI(tasks: Int)

  /// A setting in the environment has no meaning.
  case invalidSetting(name: String, value: String, expected: String)

  /// A self-test found another result than it should.
  case checkFailed(check: String, expected: String, got: String)

  public var description: String {
    switch self {
    case .messagePassing(let operation, let rank, let code, let message):
      "MPI \(operation) failed on rank \(rank): \(message) (code \(code))"
    case .wrongMessageSize(let rank, let sender, let expected, let got):
      "message from rank \(sender) to rank \(rank): expected \(expected) bytes, got \(got)"
    case .launcherMismatch(let launched, let seen, let library):
      "the launcher started \(launched) ranks but MPI sees \(seen): use the mpirun that belongs to "
        + "\(library), or rebuild with UNFOLD_MPI set to the launcher's MPI"
    case .launchedWithoutMPI(let tasks):
      "Slurm started \(tasks) tasks that do not know of one another: use `srun --mpi=pmix`, or "
        + "mpirun inside the job"
    case .invalidSetting(let name, let value, let expected):
      "environment variable \(name): expected \(expected), got `\(value)`"
    case .checkFailed(let check, let expected, let got):
      "self-test of \(check): expected \(expected), got \(got)"
    }
  }
}
