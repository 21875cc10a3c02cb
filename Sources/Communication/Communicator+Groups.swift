/// Groups of ranks that work by themselves, such as those of a sweep.
extension Communicator {
  /// Splits the ranks into groups of equal `color`, not below 0, in the order of ranks. A group has nodes,
  /// shared memory and exchanges of its own, and its watchdog looks at its ranks alone: those of other
  /// groups may do what they like meanwhile. Collective.
  ///
  /// - Parameter color: this rank's group.
  /// - Returns: this rank's group; one rank of its own goes on without MPI.
  /// - Throws: `CommunicationError`.
  package func split(color: Int) throws(CommunicationError) -> any Communicator {
    precondition(color >= 0, "a group of color \(color)")
    guard let ranks = self as? MPICommunicator else { return SoloCommunicator() }
    return try ranks.split(color: color)
  }

  /// Frees all shared arenas that were made so far, which nobody may look at any more: a group that trains
  /// one network after the other would fill the memory. Collective.
  package func freeSharedArenas() { (self as? MPICommunicator)?.freeArenas() }

  /// Ends a group that `split` has made. Collective over it.
  package func endGroup() { (self as? MPICommunicator)?.freeGroups() }

  /// This process's number in the whole job.
  var worldRank: Int { (self as? MPICommunicator)?.worldRank ?? rank }
}
