/// Judges what was measured between nodes.
enum LinkExamination {
  /// A link this many times slower than its network interfaces hardly uses them.
  static let tolerance = 4.0

  static func findings(of facts: DoctorFacts) -> [Finding] {
    let count = facts.nodes.count
    guard count > 1 else {
      return [facts.ofJob(Remark(.transport, "within one node, nothing to measure"))]
    }
    let pairs = count * (count - 1) / 2
    let left =
      facts.links.count < pairs
      ? [
        facts.ofJob(
          Remark(.transport, "measured between \(facts.links.count) of \(pairs) pairs of nodes"))
      ] : []
    return facts.links.map { finding(on: $0, facts) } + left
  }

  private static func finding(on link: LinkFacts, _ facts: DoctorFacts) -> Finding {
    let (first, second) = (facts.nodes[link.first], facts.nodes[link.second])
    // The nodes of one machine are for trying things out.
    let isWithinMachine = first.host == second.host
    let interface = isWithinMachine ? nil : slower(fastest(of: first), fastest(of: second))
    let parts: [String?] = [
      "\(Formatting.decimal(link.latency * 1e6, 1)) µs, \(Formatting.bytes(link.bytesPerSecond)) a "
        + "second",
      first.carrier?.words, isWithinMachine ? "on one machine" : interface?.words,
    ]
    return Finding(
      subject: .transport, place: facts.name(ofNodes: [link.first, link.second]),
      measured: parts.compactMap { $0 }.joined(separator: "; "),
      advice: isWithinMachine ? nil : advice(link, interface, first, second))
  }

  private static func advice(
    _ link: LinkFacts, _ interface: NetworkInterface?, _ first: NodeFacts, _ second: NodeFacts
  ) -> String? {
    if first.hasInfiniBand, second.hasInfiniBand, first.carrier?.isOnlyTCP == true {
      return "InfiniBand is there and TCP is used: install an Open MPI with UCX, and leave out "
        + "options that keep it away"
    }
    guard let interface else { return nil }
    let megabits = link.bytesPerSecond * 8e-6
    guard tolerance * megabits < interface.megabitsPerSecond else { return nil }
    return "that is far below \(interface.name): name it to MPI (UNFOLD_MPIRUN_OPTIONS='--mca "
      + "btl_tcp_if_include \(interface.name)'), and see that nothing else uses it"
  }

  private static func fastest(of node: NodeFacts) -> NetworkInterface? {
    node.interfaces.max { $0.megabitsPerSecond < $1.megabitsPerSecond }
  }

  /// The one that bounds the link, where both are known.
  private static func slower(
    _ first: NetworkInterface?, _ second: NetworkInterface?
  ) -> NetworkInterface? {
    guard let first, let second else { return nil }
    return second.megabitsPerSecond < first.megabitsPerSecond ? second : first
  }
}
