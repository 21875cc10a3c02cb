import CMessagePassing

extension Communicator {
  /// The thread level that MPI granted, such as `funneled`; nil without MPI.
  package var threadLevel: String? {
    guard self is MPICommunicator else { return nil }
    return text { unfold_mpi_thread_level($0, $1) }
  }

  /// What carries this rank's messages, where the MPI library tells. To tell, it loads
  /// all that it might have used, so this is for reports.
  package var messageCarrier: MessageCarrier? {
    guard self is MPICommunicator else { return nil }
    return MessageCarrier(components: text { unfold_mpi_components($0, $1) })
  }
}

/// The parts of Open MPI that carry messages between ranks. It does not tell which of its links it
/// takes to which rank.
package struct MessageCarrier: Sendable, Codable, Equatable {
  /// The component that all messages go through (PML), such as `ob1`.
  package let component: String

  /// The links (BTL, or MTL) that it uses, such as `self`, `tcp` and `vader`, or none where it brings
  /// its own, as `ucx` does.
  package let links: [String]

  /// The carrier among the components that are loaded, such as `pml_ob1 btl_self btl_tcp`; nil unless
  /// they have one PML.
  package init?(components: String) {
    let words = components.split(separator: " ")
    func names(ofKind kind: String) -> [String] {
      words.filter { $0.hasPrefix(kind) }.map { String($0.dropFirst(kind.count)) }
        .filter { $0 != "base" }.sorted()
    }
    let carriers = names(ofKind: "pml_")
    guard carriers.count == 1 else { return nil }
    component = carriers[0]
    // What a PML has no use for may have been loaded only to be asked for its variables.
    switch component {
    case "ob1": links = names(ofKind: "btl_")
    case "cm": links = names(ofKind: "mtl_")
    default: links = []
    }
  }

  /// In words: `ob1 over self, tcp, vader`.
  package var words: String {
    links.isEmpty ? component : "\(component) over \(links.joined(separator: ", "))"
  }

  /// Whether TCP is its only way to other machines.
  package var isOnlyTCP: Bool {
    let withinMachine: Set = ["self", "sm", "smcuda", "vader"]
    return component == "ob1" && links.filter { !withinMachine.contains($0) } == ["tcp"]
  }
}
