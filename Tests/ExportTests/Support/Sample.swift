import Communication
import Export
import Foundation
import Settings
import TestSupport
import Testing
import Training

/// A small trained model of each kind that can be exported.
enum Sample: String, CaseIterable, CustomTestStringConvertible {
  /// Two inputs and three outputs without units.
  case plain
  /// A series with units: two inputs, one output.
  case normalized
  /// One input, one output, with units.
  case signal
  /// One input, one output, and the input added to the readout.
  case skip
  /// Two levels of two targets.
  case quantiles
  /// The mean and the deviation of a target.
  case deviations
  /// Symbols and classes.
  case text
  /// Vectors and labels.
  case labels

  var testDescription: String { rawValue }

  /// Trains it a little.
  func train(cell: String = "cell: lstm, layers: 2", in folder: TestFolder) throws -> TrainedModel {
    let resources = try RankResources(communicator: SoloCommunicator(), workers: 1)
    let run = folder("run")
    let trainer = try Trainer(
      Configuration(yaml: yaml(cell, folder)), resources: resources, output: run)
    _ = try trainer.run()
    return try TrainedModel(path: run, resources: resources)
  }

  private func yaml(_ cell: String, _ folder: TestFolder) throws -> String {
    """
    seed: 3
    data: {\(try data(folder))}
    \(loss)
    model: {\(cell), hidden: 5\(self == .skip ? ", skip: input" : "")}
    batch: {streams: 2}
    bptt: \(self == .labels ? "full" : "{k1: 6}")
    optimizer: {kind: sgd, learning_rate: 0.1}
    training: {steps: 3}
    """
  }

  private var loss: String {
    switch self {
    case .quantiles: "loss: {kind: quantile, levels: [0.1, 0.75]}"
    case .deviations: "loss: gaussian"
    case .labels: "loss: binary-cross-entropy"
    case .plain, .normalized, .signal, .skip, .text: ""
    }
  }

  private func data(_ folder: TestFolder) throws -> String {
    switch self {
    case .plain:
      return "kind: random-values, input_width: 2, output_width: 3, samples: 80"
    case .text:
      let text = try folder.write(String(repeating: "a cab, a bed. ", count: 20), to: "a.txt")
      return "kind: text, train: \(text), cache: \(folder("cache"))"
    case .labels:
      let lines = (0..<12).map { index in
        "{\"inputs\": [[0.\(index), 1], [1, -0.5]], \"targets\": [\(index % 3)]}\n"
      }
      let file = try folder.write(lines.joined(), to: "labels.jsonl")
      return "kind: sequences, train: \(file), cache: \(folder("cache"))"
    case .normalized: return try series(folder, "inputs: [u, v], targets: [y]")
    case .signal: return try series(folder, "inputs: [u], targets: [y]")
    case .skip: return try series(folder, "inputs: [u], targets: [y], normalize: none")
    case .quantiles: return try series(folder, "inputs: [u], targets: [y, z]")
    case .deviations: return try series(folder, "inputs: [u, v], targets: [z]")
    }
  }

  private func series(_ folder: TestFolder, _ columns: String) throws -> String {
    let rows = (0..<200).map { row in
      let (u, v) = (sin(Double(row) * 0.3), cos(Double(row) * 0.7))
      return "\(u),\(4 + 2 * v),\(0.3 * u - 0.1),\(20 + 5 * u * v)\n"
    }
    let file = try folder.write("u,v,y,z\n" + rows.joined(), to: "series.csv")
    return "kind: series, train: \(file), cache: \(folder("cache")), \(columns)"
  }
}

/// The cells, each as the section `model` has it.
let allCells = [
  "cell: elman", "cell: elman, activation: relu, layers: 2", "cell: gru, layers: 2", "cell: lstm",
]
