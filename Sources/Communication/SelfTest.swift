import Storage
import Workers

/// Exchanges everything that can be exchanged, and compares it with what must come out.
///
/// Collective. Returns one line per check on every rank; the times are this rank's. Throws the same
/// error on all ranks at the first result that is wrong on any of them. `largeCount` is the number
/// of floats of the timed allreduce (80 MB by default).
package func runCommunicationSelfTest(
  _ communicator: any Communicator, largeCount: Int = 20_000_000
) throws -> [String] {
  let test = SelfTest(communicator: communicator)
  return [
    try test.topology(),
    try test.sums(),
    try test.extremes(),
    try test.messageLimit(),
    try test.flights(),
    try test.broadcasts(),
    try test.gathers(),
    try test.ring(),
    try test.shortMessage(),
    try test.sharedArena(.node),
    try test.sharedArena(.memoryDomain),
    try test.treeSums(isShared: true),
    try test.treeSums(isShared: false),
    try test.agreement(),
    try test.timeOfAllreduce(count: 1, repetitions: 100),
    try test.timeOfAllreduce(count: largeCount, repetitions: 3),
  ]
}

/// The checks. Each communicates first and compares then, so that a wrong result on one rank cannot
/// leave the others waiting.
struct SelfTest {
  let communicator: any Communicator

  var rank: Int { communicator.rank }
  var size: Int { communicator.size }

  /// The sum of 1 … size: what ranks that contribute rank + 1 add up to.
  var rankSum: Int { size * (size + 1) / 2 }

  /// Throws on all ranks when the values differ on any.
  func expect<Value: Equatable>(_ check: String, _ expected: Value, _ got: Value) throws {
    try communicator.agree {
      guard expected == got else { throw difference(check, "\(expected)", "\(got)") }
    }
  }

  /// Throws on all ranks when an element differs on any; names the first.
  func expect<Value: Equatable>(
    _ check: String, _ values: [Value], element expected: (Int) -> Value
  ) throws {
    try communicator.agree {
      for (index, value) in values.enumerated() where value != expected(index) {
        throw difference(check, "\(expected(index)) in element \(index)", "\(value)")
      }
    }
  }

  private func difference(
    _ check: String, _ expected: String, _ got: String
  ) -> CommunicationError {
    .checkFailed(check: check, expected: expected, got: got)
  }

  // MARK: - Collectives

  func topology() throws -> String {
    let node = communicator.node
    var leaders = node.isLeader ? 1.0 : 0
    try communicator.allreduceSum(&leaders, count: 1)
    try expect("the number of node leaders", Double(node.count), leaders)
    let local = try communicator.gatherOnNode([UInt8(truncatingIfNeeded: node.localRank)])
    try expect("the number of local ranks", node.localSize, local.count)
    try expect("the local ranks", local) { [UInt8(truncatingIfNeeded: $0)] }
    let hosts = try communicator.gatherForAll(communicator.hostName)
    try expect("the number of host names", size, hosts.count)
    return "\(size) ranks on \(node.count) nodes (\(Set(hosts).sorted().joined(separator: ", "))); "
      + communicator.library
  }

  func sums() throws -> String {
    let count = 1003
    var floats = (0..<count).map { Float((rank + 1) * ($0 % 7 + 1)) }
    try communicator.allreduceSum(&floats, count: count)
    try expect("allreduce of floats", floats) { Float(rankSum * ($0 % 7 + 1)) }
    var doubles = (0..<count).map { Double(rank + 1) * (0.5 + Double($0)) }
    try communicator.allreduceSum(&doubles, count: count)
    try expect("allreduce of doubles", doubles) { Double(rankSum) * (0.5 + Double($0)) }
    return "allreduce of floats and doubles: right"
  }

  func extremes() throws -> String {
    // Beyond 2⁵³, so that a detour through Double would show.
    let offset = Int64(1) << 60
    let least = try communicator.allreduceMinimum(offset + Int64(rank))
    try expect("allreduce minimum", offset, least)
    let greatest = try communicator.allreduceMaximum(offset + Int64(rank))
    try expect("allreduce maximum", offset + Int64(size - 1), greatest)
    return "allreduce minimum and maximum: right"
  }

  /// Data that need several messages, as counts beyond 2³¹ do, here with a small limit.
  func messageLimit() throws -> String {
    guard let communicator = communicator as? MPICommunicator else {
      return "several messages per call: not needed without MPI"
    }
    let usual = communicator.messageLimit
    communicator.messageLimit = 100
    defer { communicator.messageLimit = usual }
    for count in [0, 99, 100, 101, 1000, 1003] {
      var values = (0..<count).map { Float((rank + 1) * $0) }
      try communicator.allreduceSum(&values, count: count)
      try expect("allreduce in messages", values) { Float(rankSum * $0) }
    }
    _ = try broadcasts()
    _ = try gathers()
    _ = try ring()
    return "several messages per call: right"
  }

  func flights() throws -> String {
    guard size > 1 else { return "transfers while computing: not needed by one rank" }
    let count = 100_003
    let sent = Arena<Float>(count: count)
    let received = Arena<Float>(count: count)
    let (next, previous) = ((rank + 1) % size, (rank + size - 1) % size)
    for index in 0..<count { sent.base[index] = Float((rank + 1) * (index % 5)) }
    let flight = try communicator.makeFlight()
    let transfers = [
      Transfer(sending: sent.buffer, to: next),
      Transfer(receiving: received.buffer, from: previous),
    ]
    for number in 0..<2 {
      received.clear()
      try transfers.withUnsafeBufferPointer { try flight.start($0, number: number) }
      while try !flight.hasLanded() {}
      try expect("transfer while computing", Array(received.buffer)) {
        Float((previous + 1) * ($0 % 5))
      }
    }
    return Flight.servesThreads
      ? "transfers while computing: right"
      : "transfers: right (none while computing, as MPI_THREAD_SERIALIZED is not granted)"
  }

  func broadcasts() throws -> String {
    for root in 0..<size {
      let sent = (0..<(1000 + root)).map { UInt8(truncatingIfNeeded: $0 * (root + 3)) }
      let got = try communicator.broadcast(rank == root ? sent : [], from: root)
      try expect("broadcast from rank \(root): size", sent.count, got.count)
      try expect("broadcast from rank \(root)", got) { sent[$0] }
    }
    return "broadcast from every rank: right"
  }

  func gathers() throws -> String {
    let own = (0..<(rank * 211)).map { UInt8(truncatingIfNeeded: $0 + rank) }
    for root in 0..<size {
      let parts = try communicator.gather(own, at: root)
      try expect("gather: who has the parts", rank == root, parts != nil)
      let sizes = parts?.map(\.count) ?? []
      try expect("gather at rank \(root): sizes", sizes) { $0 * 211 }
      let flat = (parts ?? []).flatMap { $0 }
      let expected = sizes.enumerated().flatMap { part, count in (0..<count).map { $0 + part } }
      try expect("gather at rank \(root)", flat) { UInt8(truncatingIfNeeded: expected[$0]) }
    }
    return "gather of unequal parts: right"
  }

  // MARK: - Neighbours

  /// Passes the values once around: each rank adds one, so rank 0 gets `size - 1` more than it sent.
  func ring() throws -> String {
    guard size > 1 else { return "ring of messages: not needed for one rank" }
    let count = 10_007
    var values = (0..<count).map { Float($0) }
    let (previous, next) = ((rank + size - 1) % size, (rank + 1) % size)
    if rank == 0 { try send(values, to: next) }
    values = try receive(count, from: previous)
    if rank != 0 { try send(values.map { $0 + 1 }, to: next) }
    let passed = Float(rank == 0 ? size - 1 : rank - 1)
    try expect("ring of messages", values) { Float($0) + passed }
    return "ring of messages: right"
  }

  private func send(_ values: [Float], to peer: Int) throws {
    try values.withUnsafeBufferPointer { try communicator.send($0, to: peer) }
  }

  private func receive(_ count: Int, from peer: Int) throws -> [Float] {
    var values = [Float](repeating: 0, count: count)
    try values.withUnsafeMutableBufferPointer { try communicator.receive(into: $0, from: peer) }
    return values
  }

  /// A message that is too short must be an error, not stale values.
  func shortMessage() throws -> String {
    guard size > 1 else { return "message that is too short: not needed for one rank" }
    var failure: CommunicationError?
    if rank == 1 { try send([1, 2], to: 0) }
    if rank == 0 {
      do { _ = try receive(3, from: 1) } catch let error as CommunicationError { failure = error }
    }
    let expected = CommunicationError.wrongMessageSize(rank: 0, sender: 1, expected: 12, got: 8)
    try expect("message that is too short", rank == 0 ? [expected] : [], failure.map { [$0] } ?? [])
    return "message that is too short: found"
  }

  // MARK: - Memory and failures

  /// Each member writes its slice and after the hand-over reads all of them, twice.
  func sharedArena(_ scope: ArenaScope) throws -> String {
    let count = 10_007
    let arena = try communicator.makeSharedArena(floatCount: count, scope: scope)
    try expect("arena: alignment", 0, Int(bitPattern: arena.base) % 64)
    try expect("arena: first values", Array(arena.values)) { _ in 0 }
    for round in 1...2 {
      try arena.handOver()
      for index in stride(from: arena.memberRank, to: count, by: arena.memberCount) {
        arena.base[index] = Float(index * round)
      }
      try arena.handOver()
      try expect("arena after hand-over", Array(arena.values)) { Float($0 * round) }
    }
    let kind = arena.isShared ? "shared by \(arena.memberCount) ranks" : "private"
    let reason = arena.fallbackReason.map { " (\($0))" } ?? ""
    return "arena of a \(scope.words), \(kind): right\(reason)"
  }

  /// Sums over leaves, in parts that set out one by one; every sum is compared with the tree's.
  func treeSums(isShared: Bool) throws -> String {
    let tree = LeafTree(streams: 19, leaves: 16)
    let pool = WorkerPool(workers: 2)
    for count in [0, 1, 17, 4099, 2_500_003] {
      let reduction = try TreeReduction(
        tree, count: count, ranges: 3, isShared: isShared, communicator: communicator, pool: pool)
      for round in 0..<2 {
        for (index, leaves) in reduction.subtrees.enumerated() {
          let partial = reduction.partial(index)
          for element in 0..<count { partial[element] = sum(tree, leaves, element, round) }
        }
        // As backward does it, from the end of memory to its beginning.
        for part in (0..<3).reversed() { reduction.complete(Share(part, of: 3).range(of: count)) }
        _ = try reduction.finish()
        let sums = Array(UnsafeBufferPointer(start: reduction.sums, count: count))
        try expect("sum of \(count) elements over the leaves", sums) {
          sum(tree, 0..<tree.leafCount, $0, round)
        }
        try reduction.handOver()
      }
    }
    return "sums over leaves, \(isShared ? "in shared memory" : "from private memory"): right"
  }

  /// The tree's sum over a subtree of what leaves have: numbers whose sums depend on their order.
  private func sum(_ tree: LeafTree, _ leaves: Range<Int>, _ element: Int, _ round: Int) -> Float {
    guard leaves.count > 1 else {
      let seed = (element + 1) &* 2_654_435_761 &+ leaves.lowerBound &* 40_503 &+ round
      return 1 / Float(1 + seed & 0xFFF)
    }
    let middle = leaves.lowerBound + leaves.count / 2
    return sum(tree, leaves.lowerBound..<middle, element, round)
      + sum(tree, middle..<leaves.upperBound, element, round)
  }

  /// Lets the last rank fail; all must learn of it, and be able to go on.
  func agreement() throws -> String {
    struct Expected: Error {}
    var failure: AgreedFailure?
    do {
      try communicator.agree { if rank == size - 1 { throw Expected() } }
    } catch let error as AgreedFailure {
      failure = error
    }
    let expected = AgreedFailure(rank: size - 1, failedCount: 1, size: size, message: "Expected()")
    try expect("agreement on a failure", [expected], failure.map { [$0] } ?? [])
    return "agreement on a failure: right"
  }

  // MARK: - Times

  func timeOfAllreduce(count: Int, repetitions: Int) throws -> String {
    let arena = Arena<Float>(count: count)
    let values = arena.base
    var best = Duration.seconds(3600)
    for _ in 0..<repetitions {
      try communicator.barrier()
      let duration = try ContinuousClock().measure {
        try communicator.allreduceSum(values, count: count)
      }
      best = min(best, duration)
    }
    let bytes = count * MemoryLayout<Float>.stride
    let amount = bytes < 1_000_000 ? "\(bytes) bytes" : "\(bytes / 1_000_000) MB"
    let microseconds = (best / .microseconds(1)).rounded()
    let time = microseconds < 1000 ? "\(Int(microseconds)) µs" : "\(Int(microseconds / 1000)) ms"
    return "allreduce of \(amount): \(time) (best of \(repetitions))"
  }
}

extension ArenaScope {
  fileprivate var words: String {
    switch self {
    case .memoryDomain: "memory domain"
    case .node: "node"
    }
  }
}
