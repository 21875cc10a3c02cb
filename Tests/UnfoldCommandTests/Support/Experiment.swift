import Foundation
import Testing

/// A configuration small enough to be trained in a moment.
enum Experiment: String, CaseIterable, CustomTestStringConvertible {
  /// Characters, windows that overlap, dropout: masks must not depend on the layout.
  case text
  /// Words with one matrix for embedding and readout.
  case words
  /// Sequences packed end to end, so that windows hold resets.
  case reber
  /// Whole sequences, with padding.
  case full
  /// A series of numbers.
  case series
  /// More symbols than a window can hold: gradients and update only of those that it does.
  case rare

  var testDescription: String { rawValue }

  /// Writes data and configuration, and returns the latter's path.
  func write(to workspace: Workspace) throws -> String {
    try workspace.write(Self.sentences, to: "text.txt")
    try workspace.write(Self.table, to: "series.csv")
    return try workspace.write(yaml(workspace), to: "\(rawValue).yaml")
  }

  private func yaml(_ workspace: Workspace) -> String {
    let cache = workspace("cache")
    return """
      name: \(rawValue)
      seed: 3
      data: {\(data(workspace))\(isGenerated ? "" : ", cache: \(cache)")}
      model: {\(model)}
      batch: {streams: 4}
      bptt: \(self == .full ? "full" : "{k1: 4, k2: 6}")
      optimizer: {\(self == .rare ? "kind: sgd, learning_rate: 0.5" : "kind: adam, learning_rate: 0.01")}
      clip: {norm: 1}
      training: {steps: 6}
      """
  }

  private var isGenerated: Bool { self == .reber || self == .full || self == .rare }

  private func data(_ workspace: Workspace) -> String {
    switch self {
    case .text: "kind: text, unit: character, train: \(workspace("text.txt"))"
    case .words: "kind: text, unit: word, train: \(workspace("text.txt"))"
    case .reber, .full: "kind: reber, samples: 24, validation_samples: 8"
    case .rare: "kind: random, symbols: 300, samples: 160"
    case .series: "kind: series, train: \(workspace("series.csv"))"
    }
  }

  private var model: String {
    switch self {
    case .text: "cell: lstm, layers: 2, hidden: 8, embedding: 6, dropout: 0.3"
    case .words: "cell: gru, hidden: 8, embedding: 8, tie: true"
    case .reber: "cell: lstm, hidden: 7, embedding: 5"
    case .full: "cell: elman, hidden: 8, embedding: 4"
    case .rare: "cell: lstm, hidden: 8, embedding: 10"
    case .series: "cell: gru, hidden: 6"
    }
  }

  /// Sentences without end, of 13 words.
  private static let sentences: String = {
    let words = ["the", "cat", "sat", "on", "a", "mat", "and", "saw", "one", "dog", "run", "far"]
    var state: UInt32 = 7
    let chosen = (0..<160).map { index in
      state = state &* 1_664_525 &+ 1_013_904_223
      return words[Int(state >> 16) % words.count] + (index % 9 == 8 ? "\n" : " ")
    }
    return chosen.joined()
  }()

  /// Two waves.
  private static let table: String = {
    let rows = (0..<120).map { row in
      "\(sin(Double(row) * 0.3)),\(10 + 3 * cos(Double(row) * 0.2))\n"
    }
    return "left,right\n" + rows.joined()
  }()
}

/// What a test trains with.
extension Workspace {
  /// Trains into the folder `run`, which must succeed.
  @discardableResult
  func train(
    _ configuration: String, _ run: String, ranks: Int? = nil, resume: Bool = false,
    environment: [String: String] = [:], _ settings: String...
  ) throws -> CommandLineProcess.Result {
    try Unfold.succeed(
      arguments(configuration, run, resume: resume, settings), ranks: ranks,
      environment: environment, in: self)
  }

  /// The arguments of that.
  func arguments(
    _ configuration: String, _ run: String, resume: Bool = false, _ settings: [String] = []
  ) -> [String] {
    ["train", configuration, "--output", self(run)] + (resume ? ["--resume"] : [])
      + settings.flatMap { ["--set", $0] }
  }
}
