import Dispatch
import Storage
import Workers

/// When some floats were on their way between nodes, on the clock of `DispatchTime`.
package struct ExchangeJourney {
  package let range: Range<Int>
  package let begin: UInt64
  package let end: UInt64
}

/// A piece of the gradients on its way to being summed over all nodes.
final class ExchangePiece {
  private enum Stage {
    /// Not all ranks of the node have finished their partial sums.
    case waiting
    /// The peers' partial sums are coming.
    case gathering
    /// The peers' sums are coming.
    case spreading
    case done
  }

  private let number: Int
  private let flight: Flight
  private var stage = Stage.done
  /// When it set out, and when its sums were there.
  private(set) var journey = ExchangeJourney(range: 0..<0, begin: 0, end: 0)
  private var slice = 0..<0  // this rank's, of the floats of a sum
  private var start = 0  // of its part in what comes
  private var arrivals = 0
  private var departure: UInt64 = 0

  /// - Parameters:
  ///   - number: which of a step's pieces it is.
  ///   - flight: its own.
  init(number: Int, flight: Flight) {
    self.number = number
    self.flight = flight
  }

  /// Whether the sums over all nodes are there.
  var isDone: Bool { stage == .done }

  /// Sets out.
  ///
  /// - Parameters:
  ///   - slice: this rank's floats.
  ///   - start: where those of its part lie in what comes.
  ///   - arrivals: how many pieces every rank of the node has finished when it has finished this one.
  func begin(_ slice: Range<Int>, at start: Int, after arrivals: Int) {
    precondition(isDone, "piece \(number) is still on its way")
    self.slice = slice
    self.start = start
    self.arrivals = arrivals
    stage = .waiting
  }

  /// Goes on as far as possible without waiting.
  func advance(
    of node: Arrivals, _ nodePlaces: SumPlaces, _ peers: PeerPlan, pool: WorkerPool
  ) throws(CommunicationError) {
    if stage == .waiting, node.haveReached(arrivals) {
      departure = DispatchTime.now().uptimeNanoseconds
      nodePlaces.add(slice, pool: pool)
      try peers.startGathering(slice, at: start, by: flight, number: 2 * number)
      stage = .gathering
    }
    if stage == .gathering, try flight.hasLanded() {
      peers.add(slice, at: start, pool: pool)
      try peers.startSpreading(slice, by: flight, number: 2 * number + 1)
      stage = .spreading
    }
    if stage == .spreading, try flight.hasLanded() {
      journey = ExchangeJourney(
        range: slice, begin: departure, end: DispatchTime.now().uptimeNanoseconds)
      stage = .done
    }
  }
}
