/// The ranks of one job, and everything they exchange.
///
/// `SoloCommunicator` is one process without MPI; `MPICommunicator` is a job of any size. Unless
/// said otherwise an operation is *collective*: every rank calls it, in the same order, with the
/// same count. All of them are called from the thread that started the communicator.
public protocol Communicator: AnyObject {
  /// This process's number, `0 ..< size`.
  var rank: Int { get }

  /// The number of ranks.
  var size: Int { get }

  /// Where this rank stands among the ranks it shares memory with.
  var node: NodeTopology { get }

  /// The name of this rank's host, for messages.
  var hostName: String { get }

  /// The message-passing library in one line, for reports.
  var library: String { get }

  /// Adds up `values[0..<count]` element by element over all ranks, in place.
  ///
  /// The same job with the same layout gives the same bits every time; all ranks get the same bits.
  func allreduceSum(
    _ values: UnsafeMutablePointer<Float>, count: Int
  ) throws(CommunicationError)

  /// Adds up `values[0..<count]` element by element over all ranks, in place.
  func allreduceSum(
    _ values: UnsafeMutablePointer<Double>, count: Int
  ) throws(CommunicationError)

  /// The least of all ranks' values.
  func allreduceMinimum(_ value: Int64) throws(CommunicationError) -> Int64

  /// The greatest of all ranks' values.
  func allreduceMaximum(_ value: Int64) throws(CommunicationError) -> Int64

  /// Copies the root's bytes to every rank; the count is the same everywhere.
  func broadcast(
    _ bytes: UnsafeMutableRawBufferPointer, from root: Int
  ) throws(CommunicationError)

  /// Collects every rank's bytes at the root, in the order of ranks; nil on the others.
  ///
  /// The ranks may contribute different numbers of bytes, also none.
  func gather(
    _ bytes: UnsafeRawBufferPointer, at root: Int
  ) throws(CommunicationError) -> [[UInt8]]?

  /// Gives every rank of the node the bytes of each of them, in the order of local ranks.
  ///
  /// Collective over the node alone.
  func gatherOnNode(_ bytes: [UInt8]) throws(CommunicationError) -> [[UInt8]]

  /// Sends bytes to another rank, which must `receive` as many. Not collective; may wait for it.
  func send(_ bytes: UnsafeRawBufferPointer, to rank: Int) throws(CommunicationError)

  /// Receives what another rank sends. Not collective.
  ///
  /// Throws `CommunicationError.wrongMessageSize` when fewer bytes came than `bytes` has room for.
  func receive(
    into bytes: UnsafeMutableRawBufferPointer, from rank: Int
  ) throws(CommunicationError)

  /// A way to send floats to many ranks, and to receive from them, while computing. Not collective.
  func makeFlight() throws(CommunicationError) -> Flight

  /// Waits until every rank has come here.
  func barrier() throws(CommunicationError)

  /// Lets waiting ranks leave their cores to others from now on, if any rank says that its node's cores
  /// are short of its threads. Waiting takes a little longer then, but the awaited come sooner.
  func waitWithoutCores(_ isShort: Bool) throws(CommunicationError)

  /// Allocates zeroed floats, one copy for the ranks of a `scope`.
  ///
  /// Collective over the node. Where a shared copy is wanted but not to be had, every rank of the
  /// scope gets a private one of `privateCount` floats and `SharedArena.fallbackReason` says why.
  func makeSharedArena(
    floatCount: Int, privateCount: Int, scope: ArenaScope
  ) throws(CommunicationError) -> SharedArena

  /// Ends every rank of the job at once, with this exit code. Not collective.
  func abort(code: Int32) -> Never
}

extension Communicator {
  /// The same number of floats, shared or private.
  public func makeSharedArena(
    floatCount: Int, scope: ArenaScope
  ) throws(CommunicationError) -> SharedArena {
    try makeSharedArena(floatCount: floatCount, privateCount: floatCount, scope: scope)
  }

  /// Ends the communication in order; the communicator and its shared arenas are of no use after.
  /// Collective, but after an error of MPI itself, which ends the job: not all ranks may come here.
  func finalize() { (self as? MPICommunicator)?.finalizeMessagePassing() }

  /// Whether this is the only rank.
  public var isSolo: Bool { size == 1 }

  /// Whether this is rank 0, which speaks for all.
  public var isRoot: Bool { rank == 0 }

  func checkRank(_ other: Int) {
    precondition(0..<size ~= other, "rank \(other) is not one of the \(size) ranks")
  }

  func checkPeer(_ peer: Int) {
    checkRank(peer)
    precondition(peer != rank, "rank \(rank) cannot exchange messages with itself")
  }
}
