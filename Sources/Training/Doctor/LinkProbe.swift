import Communication
import Dispatch
import Storage

/// Two nodes, by their numbers.
package struct NodePair: Sendable, Equatable {
  package let first: Int
  package let second: Int
}

/// Times messages between the leaders of nodes, of one pair after the other.
package struct LinkProbe {
  private let communicator: any Communicator

  /// What is sent, and how long both sides go on with it.
  private struct Message {
    let byteCount: Int
    let milliseconds: Double
    /// A few bytes, whose time is the link's latency.
    static let small = Message(byteCount: 8, milliseconds: 20)
    /// So many that latency does not count.
    static let large = Message(byteCount: 1 << 21, milliseconds: 150)
  }

  init(_ communicator: any Communicator) { self.communicator = communicator }

  /// Which pairs of nodes are measured: all, or where they are more than `most` neighbours in a ring of
  /// all nodes, spread over it.
  package static func pairs(ofNodes count: Int, atMost most: Int = 16) -> [NodePair] {
    if count * (count - 1) / 2 <= most {
      return (0..<count).flatMap { first in
        (first + 1..<count).map { NodePair(first: first, second: $0) }
      }
    }
    let used = min(count, most)
    return (0..<used).map { index in
      let first = index * count / used
      return NodePair(first: first, second: (first + 1) % count)
    }
  }

  /// What this rank measured as the first of a pair. Collective.
  func measure() throws -> [LinkFacts] {
    let node = communicator.node
    guard node.count > 1 else { return [] }
    var leaders = [Double](repeating: 0, count: node.count)
    if node.isLeader { leaders[node.index] = Double(communicator.rank) }
    try communicator.allreduceSum(&leaders, count: leaders.count)
    var links: [LinkFacts] = []
    for pair in Self.pairs(ofNodes: node.count) {
      // The others wait, so that they do not use the network meanwhile.
      try communicator.barrier()
      if node.isLeader, node.index == pair.first {
        links.append(try measure(pair, peer: Int(leaders[pair.second])))
      } else if node.isLeader, node.index == pair.second {
        for message in [Message.small, .large] {
          try answer(message, from: Int(leaders[pair.first]))
        }
      }
    }
    return links
  }

  private func measure(_ pair: NodePair, peer: Int) throws -> LinkFacts {
    var link = LinkFacts()
    (link.first, link.second) = (pair.first, pair.second)
    link.latency = try fastestRound(.small, with: peer) / 2
    link.bytesPerSecond =
      Double(Message.large.byteCount) / (try fastestRound(.large, with: peer) / 2)
    return link
  }

  /// The seconds of the fastest way there and back. The first way, which connects the ranks, is never
  /// the only one.
  private func fastestRound(_ message: Message, with peer: Int) throws -> Double {
    let bytes = Arena<UInt8>(count: message.byteCount)
    let place = UnsafeMutableRawBufferPointer(start: bytes.base, count: message.byteCount)
    let started = DispatchTime.now().uptimeNanoseconds
    var best = Double.infinity
    var isLast = false
    while !isLast {
      let sent = DispatchTime.now().uptimeNanoseconds
      isLast = Double(sent - started) * 1e-6 >= message.milliseconds
      place[0] = isLast ? 1 : 0
      try communicator.send(UnsafeRawBufferPointer(place), to: peer)
      try communicator.receive(into: place, from: peer)
      best = min(best, Double(DispatchTime.now().uptimeNanoseconds - sent) * 1e-9)
    }
    return best
  }

  /// Sends back what comes, up to what says that it is the last.
  private func answer(_ message: Message, from peer: Int) throws {
    let bytes = Arena<UInt8>(count: message.byteCount)
    let place = UnsafeMutableRawBufferPointer(start: bytes.base, count: message.byteCount)
    var isLast = false
    while !isLast {
      try communicator.receive(into: place, from: peer)
      isLast = place[0] == 1
      try communicator.send(UnsafeRawBufferPointer(place), to: peer)
    }
  }
}
