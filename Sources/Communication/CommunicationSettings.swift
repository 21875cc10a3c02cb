import Foundation

/// What the environment says about this process's ranks.
package struct CommunicationSettings: Sendable, Equatable {
  /// `off` makes every arena private, to find out whether shared memory is to blame.
  package static let sharedMemoryName = "UNFOLD_SHARED_MEMORY"

  /// Treats every so many ranks of a machine as a node, to try several nodes on one machine.
  package static let ranksPerNodeName = "UNFOLD_RANKS_PER_NODE"

  /// Treats every so many ranks of a node as beside the same memory, to try several NUMA nodes on a
  /// machine of one.
  package static let ranksPerDomainName = "UNFOLD_RANKS_PER_DOMAIN"

  /// Whether ranks may share memory.
  package var isSharedMemoryAllowed: Bool

  /// The most ranks of a node; nil for all that share memory.
  package var ranksPerNode: Int?

  /// The ranks that count as beside the same memory; nil to ask the machine.
  package var ranksPerDomain: Int?

  /// How many ranks a launcher says there are; nil when it does not say.
  package var launchedRanks: Int?

  /// How many ranks a launcher started on this node; nil when it does not say.
  package var ranksOnNode: Int?

  /// Whether an MPI launcher started this process.
  package var isLaunched: Bool

  /// How many tasks Slurm started in this step, where it did.
  package var slurmTasks: Int?

  /// Reads the environment. Throws on a value that has no meaning.
  package init(environment: [String: String]) throws(CommunicationError) {
    isSharedMemoryAllowed = try Self.readSwitch(Self.sharedMemoryName, in: environment)
    ranksPerNode = try Self.readCount(Self.ranksPerNodeName, in: environment)
    ranksPerDomain = try Self.readCount(Self.ranksPerDomainName, in: environment)
    // In this order: a job step of Slurm may carry its own variables beside those of mpirun in it.
    // Open MPI; PMI-1 and -2 (MPICH, Intel MPI, srun --mpi=pmi2); MVAPICH.
    let sizes = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MV2_COMM_WORLD_SIZE"]
    launchedRanks = sizes.lazy.compactMap { environment[$0].flatMap { Int($0) } }.first
    let localSizes = ["OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "MV2_COMM_WORLD_LOCAL_SIZE"]
    ranksOnNode = localSizes.lazy.compactMap { environment[$0].flatMap { Int($0) } }.first
    // PMIx (srun --mpi=pmix, prrte) and others tell the rank, not the size.
    let ranks = ["PMIX_RANK", "PMI_RANK", "OMPI_COMM_WORLD_RANK", "PALS_RANKID"]
    isLaunched = launchedRanks != nil || ranks.contains { environment[$0] != nil }
    slurmTasks = environment["SLURM_STEP_NUM_TASKS"].flatMap { Int($0) }
  }

  private static func readSwitch(
    _ name: String, in environment: [String: String]
  ) throws(CommunicationError) -> Bool {
    switch environment[name] {
    case nil, "", "on": return true
    case "off": return false
    case .some(let value): throw .invalidSetting(name: name, value: value, expected: "on or off")
    }
  }

  private static func readCount(
    _ name: String, in environment: [String: String]
  ) throws(CommunicationError) -> Int? {
    guard let value = environment[name], !value.isEmpty else { return nil }
    guard let count = Int32(value), count > 0 else {
      throw .invalidSetting(name: name, value: value, expected: "a whole number above 0")
    }
    return Int(count)
  }
}
