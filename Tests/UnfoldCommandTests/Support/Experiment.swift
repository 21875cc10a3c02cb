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
  /// Groups of rows with constants, missing inputs and targets, two outputs for each value.
  case basins
  /// A loss whose memory and denominators reach over windows and streams, and an input that is skipped.
  case effect
  /// More symbols than a window can hold: gradients and update only of those that it does.
  case rare

  var testDescription: String { rawValue }

  /// Writes data and configuration, and returns the latter's path.
  func write(to workspace: Workspace) throws -> String {
    try workspace.write(Self.sentences, to: "text.txt")
    try workspace.write(Self.table, to: "series.csv")
    try workspace.write(Self.basinTable, to: "basins.csv")
    try workspace.write("name,area\nA,1\nB,5\nC,3\nD,2\nE,9\n", to: "attributes.csv")
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
      bptt: \(self == .full ? "full" : "{k1: 4, k2: 6\(isOfSignals ? ", warm_up: 3" : "")}")
      optimizer: {\(self == .rare ? "kind: sgd, learning_rate: 0.5" : "kind: adam, learning_rate: 0.01")}
      clip: {norm: 1}
      training: {steps: 6}
      \(loss)
      """
  }

  private var isOfSignals: Bool { self == .basins || self == .effect }

  private var loss: String {
    switch self {
    case .basins: "loss: {kind: gaussian, weights: [1, 2]}"
    case .effect: "loss: error-to-signal"
    default: ""
    }
  }

  private var isGenerated: Bool { self == .reber || self == .full || self == .rare }

  private func data(_ workspace: Workspace) -> String {
    switch self {
    case .text: "kind: text, unit: character, train: \(workspace("text.txt"))"
    case .words: "kind: text, unit: word, train: \(workspace("text.txt"))"
    case .reber, .full: "kind: reber, samples: 24, validation_samples: 8"
    case .rare: "kind: random, symbols: 300, samples: 160"
    case .series: "kind: series, train: \(workspace("series.csv"))"
    case .basins:
      "kind: series, train: \(workspace("basins.csv")), inputs: [rain, heat], targets: [flow, level], "
        + "group: name, static: \(workspace("attributes.csv")), missing: previous, cap: 2.5"
    case .effect:
      "kind: series, train: \(workspace("series.csv")), inputs: [left], targets: [right], "
        + "normalize: none, piece: 17"
    }
  }

  private var model: String {
    switch self {
    case .text: "cell: lstm, layers: 2, hidden: 8, embedding: 6, dropout: 0.3"
    case .words: "cell: gru, hidden: 8, embedding: 8, tie: true"
    case .reber: "cell: lstm, hidden: 7, embedding: 5"
    case .full: "cell: elman, hidden: 8, embedding: 4"
    case .rare: "cell: lstm, hidden: 8, embedding: 10"
    case .series, .basins: "cell: gru, hidden: 6"
    case .effect: "cell: lstm, hidden: 6, skip: input"
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

  /// Five basins of different lengths; here and there nobody measured.
  private static let basinTable: String = {
    let rows = (0..<150).map { row in
      let time = Double(row)
      let heat = row % 11 == 4 ? "" : "\(20 + 5 * sin(time * 0.1))"
      let flow =
        row % 7 == 3
        ? "nan" : "\(1 + sin(time * 0.25) + 0.1 * time.truncatingRemainder(dividingBy: 13))"
      let level = row % 5 == 1 ? "" : "\(cos(time * 0.25))"
      let name = ["A", "B", "C", "D", "E"][
        row < 20 ? 0 : row < 60 ? 1 : row < 75 ? 2 : row < 120 ? 3 : 4]
      return "2020-01-\(row),\(name),\(max(0, sin(time * 0.7))),\(heat),\(flow),\(level)\n"
    }
    return "date,name,rain,heat,flow,level\n" + rows.joined()
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
