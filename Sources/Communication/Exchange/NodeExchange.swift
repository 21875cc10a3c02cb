import Dispatch
import Glibc
import Storage
import Workers

/// Sums pieces of the gradients over all nodes, each as soon as the ranks of the node have finished it.
///
/// Every rank announces the same ranges of floats in the same order, which are cut into the same pieces.
///
/// Sendable by this invariant, which `TreeReduction` keeps: one thread at a time calls it, as
/// `BackgroundProgress` has it.
final class NodeExchange: @unchecked Sendable {
  private let nodePlaces: SumPlaces
  private let arrivals: Arrivals
  private let peers: PeerPlan?
  private let communicator: any Communicator

  private var pieces: [ExchangePiece] = []
  private var firstUnderWay = 0
  private var count = 0  // of the pieces announced since the last end
  private var lastCount = 0
  private var arrived = 0  // pieces that this rank has ever finished
  private var partFloats = 0  // of the pieces announced
  private var failure: CommunicationError?
  /// When it began, and when all that was announced was there.
  private var span: (begin: UInt64, end: UInt64) = (0, 0)

  /// So many floats make up a piece: the additions of one go on while another travels, and a message is
  /// long beside a link's latency.
  private static let pieceFloats = 1 << 20
  /// So many pieces are under way at once: one is added, one is gathered, one is spread.
  private static let mostUnderWay = 4

  /// The most floats that one rank's parts of all pieces have together.
  ///
  /// - Parameters:
  ///   - count: the floats of all ranges.
  ///   - ranges: how many are announced.
  ///   - slices: into how many a node cuts a piece.
  ///   - nodes: into how many parts a slice is cut.
  static func partFloats(of count: Int, ranges: Int, slices: Int, nodes: Int) -> Int {
    let pieces = ranges + count / pieceFloats
    return count / slices / nodes + pieces * 2 * CacheLine.floats
  }

  /// - Parameters:
  ///   - nodePlaces: the additions of this node.
  ///   - arrivals: what its ranks tell one another.
  ///   - peers: who has the same slice on other nodes; nil where this rank has none.
  init(
    nodePlaces: SumPlaces, arrivals: Arrivals, peers: PeerPlan?, communicator: any Communicator
  ) {
    self.nodePlaces = nodePlaces
    self.arrivals = arrivals
    self.peers = peers
    self.communicator = communicator
  }

  /// Announces that this rank's partial sums of a range are finished.
  func announce(_ range: Range<Int>) {
    if count == 0, !range.isEmpty {
      let now = DispatchTime.now().uptimeNanoseconds
      span = (now, now)
    }
    for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.pieceFloats) {
      arrived += 1
      if let peers {
        let end = min(start + Self.pieceFloats, range.upperBound)
        begin(peers.slice(of: start..<end), peers)
      }
    }
    arrivals.publish(arrived)
  }

  private func begin(_ slice: Range<Int>, _ peers: PeerPlan) {
    do throws(CommunicationError) {
      try nextPiece().begin(slice, at: partFloats, after: arrived)
      partFloats += CacheLine.padded(peers.ownPart(of: slice).count)
    } catch {
      failure = error
    }
  }

  private func nextPiece() throws(CommunicationError) -> ExchangePiece {
    if count == pieces.count {
      pieces.append(ExchangePiece(number: count, flight: try communicator.makeFlight()))
    }
    count += 1
    return pieces[count - 1]
  }

  /// Goes on as far as possible without waiting; tells whether all that was announced is there.
  func advance(pool: WorkerPool) -> Bool {
    guard let peers, failure == nil, firstUnderWay < count else { return true }
    do throws(CommunicationError) {
      for index in firstUnderWay..<min(firstUnderWay + Self.mostUnderWay, count) {
        try pieces[index].advance(of: arrivals, nodePlaces, peers, pool: pool)
      }
    } catch {
      failure = error
      return true
    }
    while firstUnderWay < count, pieces[firstUnderWay].isDone {
      firstUnderWay += 1
      // A slow network is not a rank that does not come.
      Heartbeat.beat()
    }
    guard firstUnderWay == count else { return false }
    span.end = DispatchTime.now().uptimeNanoseconds
    return true
  }

  /// The journeys of this rank's slices that `finish` has last waited for.
  var journeys: [ExchangeJourney] { pieces.prefix(lastCount).map(\.journey) }

  /// Waits for all that was announced, and begins anew.
  ///
  /// - Returns: for how long the exchange has gone on before this call, in seconds.
  func finish(pool: WorkerPool) throws(CommunicationError) -> Double {
    let now = DispatchTime.now().uptimeNanoseconds
    let end = firstUnderWay < count ? now : span.end
    Heartbeat.whileWaiting {
      while !advance(pool: pool) { sched_yield() }
    }
    if let failure { throw failure }
    let hidden = Double(end - span.begin) * 1e-9
    lastCount = count
    (firstUnderWay, count, partFloats, span) = (0, 0, 0, (0, 0))
    return hidden
  }
}
