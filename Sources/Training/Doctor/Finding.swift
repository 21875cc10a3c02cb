/// What an examination of the machine found, in one line.
package struct Finding: Sendable, Codable, Equatable {
  /// What is examined.
  package enum Subject: String, Sendable, Codable, CaseIterable {
    case cores
    case memoryDomains = "NUMA"
    case denormals = "flush to zero"
    case kernels = "kernel variant"
    case hugePages = "huge pages"
    case bandwidth = "memory bandwidth"
    case memory
    case sharedMemory = "/dev/shm"
    case processorTime = "processor time"
    case messagePassing = "MPI"
    case transport
    case folder = "current folder"
  }

  package let subject: Subject

  /// The ranks or nodes, such as `ranks 0–3`; empty where it is the whole job.
  package let place: String

  /// What is so.
  package let measured: String

  /// What mends it; nil where all is well.
  package let advice: String?

  /// In words, as it is printed.
  package var line: String {
    let start = place.isEmpty ? "" : "\(place): "
    return "\(start)\(subject.rawValue): \(measured)" + (advice.map { "; \($0)" } ?? "")
  }
}

/// What is found of one rank or one node, before those of which the same is found are named together.
struct Remark: Hashable {
  let subject: Finding.Subject
  let measured: String
  let advice: String?

  init(_ subject: Finding.Subject, _ measured: String, advice: String? = nil) {
    self.subject = subject
    self.measured = measured
    self.advice = advice
  }
}

extension DoctorFacts {
  /// What is found of each rank.
  func ofRanks(_ remark: (RankFacts) -> Remark) -> [Finding] {
    merged(ranks.map { ($0.rank, remark($0)) }) { numbers in
      (numbers.count == 1 ? "rank " : "ranks ") + Self.list(numbers)
    }
  }

  /// What is found of each node.
  func ofNodes(_ remark: (NodeFacts) -> Remark) -> [Finding] {
    merged(nodes.map { ($0.index, remark($0)) }, place: name(ofNodes:))
  }

  /// What is found of the whole job.
  func ofJob(_ remark: Remark) -> Finding {
    Finding(
      subject: remark.subject, place: "", measured: remark.measured, advice: remark.advice)
  }

  /// Equal remarks as one finding, in the order of their first.
  private func merged(
    _ remarks: [(Int, Remark)], place: ([Int]) -> String
  ) -> [Finding] {
    var order: [Remark] = []
    var numbers: [Remark: [Int]] = [:]
    for (number, remark) in remarks {
      if numbers[remark] == nil { order.append(remark) }
      numbers[remark, default: []].append(number)
    }
    return order.map { remark in
      Finding(
        subject: remark.subject, place: place(numbers[remark] ?? []), measured: remark.measured,
        advice: remark.advice)
    }
  }

  /// Nodes with the names of their hosts, or the first of them: nodes 0–1 (alpha, beta).
  func name(ofNodes numbers: [Int]) -> String {
    var hosts: [String] = []
    for node in nodes where numbers.contains(node.index) && !hosts.contains(node.host) {
      hosts.append(node.host)
    }
    let most = 4
    let names = hosts.prefix(most).joined(separator: ", ") + (hosts.count > most ? ", …" : "")
    return (numbers.count == 1 ? "node " : "nodes ") + Self.list(numbers) + " (\(names))"
  }

  /// Numbers as people write them: 0–3, 8.
  static func list(_ numbers: [Int]) -> String {
    var runs: [ClosedRange<Int>] = []
    for number in numbers.sorted() {
      if let last = runs.last, last.upperBound + 1 == number {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    return runs.map { run in
      run.count == 1 ? "\(run.lowerBound)" : "\(run.lowerBound)–\(run.upperBound)"
    }.joined(separator: ", ")
  }
}
