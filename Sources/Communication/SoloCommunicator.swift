import CMessagePassing
import Foundation

/// One process on its own: rank 0 of 1, without MPI.
public final class SoloCommunicator: Communicator {
  public let rank = 0
  public let size = 1
  public let node = NodeTopology(localRank: 0, localSize: 1, index: 0, count: 1)
  public let hostName = ProcessInfo.processInfo.hostName
  public let library = "one process, no MPI"

  public init() {}

  public func allreduceSum(_ values: UnsafeMutablePointer<Float>, count: Int) {}

  public func allreduceSum(_ values: UnsafeMutablePointer<Double>, count: Int) {}

  public func startAllreduceSum(
    _ values: UnsafeMutablePointer<Float>, count: Int
  ) -> PendingReduction {
    PendingReduction()
  }

  public func allreduceMinimum(_ value: Int64) -> Int64 { value }

  public func allreduceMaximum(_ value: Int64) -> Int64 { value }

  public func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) {
    checkRank(root)
  }

  public func gather(_ bytes: UnsafeRawBufferPointer, at root: Int) -> [[UInt8]]? {
    checkRank(root)
    return [[UInt8](bytes)]
  }

  public func gatherOnNode(_ bytes: [UInt8]) -> [[UInt8]] { [bytes] }

  public func send(_ bytes: UnsafeRawBufferPointer, to rank: Int) { checkPeer(rank) }

  public func receive(into bytes: UnsafeMutableRawBufferPointer, from rank: Int) {
    checkPeer(rank)
  }

  public func barrier() {}

  public func nodeBarrier() {}

  public func waitWithoutCores(_ isShort: Bool) {}

  /// One rank has nobody to share with: its copy is private, and that is no fallback.
  public func makeSharedArena(floatCount: Int, scope: ArenaScope) -> SharedArena {
    SharedArena(privateCount: floatCount, fallbackReason: nil)
  }

  public func abort(code: Int32) -> Never { exit(code) }
}
