import Communication
import Dispatch
import Storage

/// How fast nodes send to and receive from one another, all at once.
enum WireYardstick {
  private static let messageBytes = 8 << 20
  /// The first also opens connections; the fastest counts.
  private static let rounds = 6

  /// Bytes a second that the slowest of the nodes sends, while it receives as many: in a ring, each
  /// leader sends one large message to the next and receives one from the one before. Collective.
  ///
  /// - Parameters:
  ///   - leaders: one rank of each node, two or more.
  ///   - communicator: all ranks; the others only wait.
  static func bytesPerSecond(
    _ leaders: [Int], _ communicator: any Communicator
  ) throws(CommunicationError) -> Double {
    let place = leaders.firstIndex(of: communicator.rank)
    let floats = place == nil ? 0 : messageBytes / MemoryLayout<Float>.stride
    let sent = Arena<Float>(count: floats)
    let received = Arena<Float>(count: floats)
    let flight = try communicator.makeFlight()
    let transfers = Arena(
      place.map { place in
        [
          Transfer(sending: sent.buffer, to: leaders[(place + 1) % leaders.count]),
          Transfer(
            receiving: received.buffer,
            from: leaders[(place + leaders.count - 1) % leaders.count]),
        ]
      } ?? [])
    var fastest = Double.infinity
    for _ in 0..<rounds {
      try communicator.barrier()
      let started = DispatchTime.now().uptimeNanoseconds
      try flight.start(UnsafeBufferPointer(transfers.buffer), number: 0)
      while try !flight.hasLanded() {}
      let own = Int64(DispatchTime.now().uptimeNanoseconds - started)
      fastest = min(fastest, Double(try communicator.allreduceMaximum(own)) * 1e-9)
    }
    return Double(messageBytes) / fastest
  }
}
