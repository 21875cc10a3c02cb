/// Whether what the ranks of a node want to share at once finds room in /dev/shm.
///
/// Ranks beside different memory share copies of their own. If each asked for itself, all of them might find
/// the room that is there once, and MPI would err on one rank while the others wait for ever.
package struct SharedMemoryRoom {
  /// Where shared memory lies.
  static let folder = "/dev/shm"

  /// What stands in the place of free bytes where sharing is off.
  static let isOff: Int64 = -2

  /// Bytes of all copies.
  private let demand: Int64
  private let copies: Int64

  /// - Parameter demands: the bytes of each copy that is wanted; 0 of none.
  package init(_ demands: [Int64]) {
    demand = demands.reduce(0, +)
    copies = Int64(demands.count(where: { $0 > 0 }))
  }

  /// Why nothing is shared, in one line; nil if everything finds room.
  ///
  /// - Parameters:
  ///   - free: the bytes that are free; below 0 where that cannot be known.
  ///   - host: its name.
  package func reasonNotToShare(free: Int64, host: String) -> String? {
    // Some room is left for the messages of MPI itself, which live there too.
    let needed = demand + demand / 16 + max(1, copies) * (4 << 20)
    switch free {
    case Self.isOff:
      return "\(CommunicationSettings.sharedMemoryName) is off"
    case ..<0:
      return "\(Self.folder) on \(host) cannot be read"
    case ..<needed:
      return "\(Self.folder) on \(host) has \(free >> 20) MiB free, "
        + "\((needed + (1 << 20) - 1) >> 20) MiB are needed"
    default:
      return nil
    }
  }
}
