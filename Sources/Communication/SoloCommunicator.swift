import CMessagePassing
import Foundation

/// One process on its own: rank 0 of 1, without MPI.
package final class SoloCommunicator: Communicator {
  package let rank = 0
  package let size = 1
  package let node = NodeTopology(localRank: 0, localSize: 1, index: 0, count: 1)
  package let hostName = ProcessInfo.processInfo.hostName
  package let library = "one process, no MPI"

  package init() {}

  package func allreduceSum(_ values: UnsafeMutablePointer<Float>, count: Int) {}

  package func allreduceSum(_ values: UnsafeMutablePointer<Double>, count: Int) {}

  package func allreduceMinimum(_ value: Int64) -> Int64 { value }

  package func allreduceMaximum(_ value: Int64) -> Int64 { value }

  package func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) {
    checkRank(root)
  }

  package func gather(_ bytes: UnsafeRawBufferPointer, at root: Int) -> [[UInt8]]? {
    checkRank(root)
    return [[UInt8](bytes)]
  }

  package func gatherOnNode(_ bytes: [UInt8]) -> [[UInt8]] { [bytes] }

  package func send(_ bytes: UnsafeRawBufferPointer, to rank: Int) { checkPeer(rank) }

  package func receive(into bytes: UnsafeMutableRawBufferPointer, from rank: Int) {
    checkPeer(rank)
  }

  package func makeFlight() -> Flight {
    preconditionFailure("one rank has nobody to exchange with")
  }

  package func barrier() {}

  package func waitWithoutCores(_ isShort: Bool) {}

  /// One rank has nobody to share with: its copy is private, and that is no fallback.
  package func makeSharedArena(
    floatCount: Int, privateCount: Int, scope: ArenaScope
  ) -> SharedArena {
    SharedArena(privateCount: privateCount, fallbackReason: nil)
  }

  package func abort(code: Int32) -> Never { exit(code) }
}
