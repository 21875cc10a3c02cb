import Foundation
import Testing
import Unfold

/// The configurations that are shipped are whole.
struct ConfigurationFilesTests {
  static let names: [String] = {
    let folder = repository.appendingPathComponent("configs").path
    return (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
  }()

  @Test func thereIsOneForEveryExperiment() {
    let experiments = [
      "reber", "mackey-glass", "adding", "copying", "shakespeare-lstm", "word-lm",
      "bench-zaremba-small", "bench-zaremba-medium", "bench-char-512", "bench-char-128",
      "bench-gru-128", "bench-elman-256", "bench-amp-16", "bench-amp-40", "bench-sysid-40",
      "bench-sysid-gru-32", "bench-hydro-128", "bench-rul-64", "amplifier",
      "wiener-hammerstein-elman", "wiener-hammerstein-gru", "wiener-hammerstein-lstm",
    ]
    for name in experiments { #expect(Self.names.contains("\(name).yaml")) }
  }

  @Test(arguments: names) func isReadAndChecked(name: String) throws {
    let path = repository.appendingPathComponent("configs/\(name)").path
    let configuration = try Configuration(path: path)
    try configuration.check()
    #expect("\(configuration.name).yaml" == name.replacing("bench-", with: ""))
    let text = try contents(of: "configs/\(name)")
    #expect(text.hasPrefix("# "), "a comment says what it is")
    #expect(name.hasPrefix("bench-") || text.contains("# To expect: "))
  }

  /// The workloads' sizes, as their figures are compared under these names.
  @Test(arguments: [
    ("zaremba-small", 10000, 200, 200, 2, 20, 20), ("zaremba-medium", 10000, 650, 650, 2, 35, 20),
    ("char-512", 65, 65, 512, 2, 64, 32), ("char-128", 65, 65, 128, 2, 50, 50),
    ("gru-128", 32, 32, 128, 1, 50, 64), ("elman-256", 65, 65, 256, 1, 50, 32),
  ])
  func workloadHasItsSizes(
    name: String, symbols: Int, embedding: Int, hidden: Int, layers: Int, timeSteps: Int,
    streams: Int
  ) throws {
    let path = repository.appendingPathComponent("configs/bench-\(name).yaml").path
    let configuration = try Configuration(path: path)
    guard case .random(let data) = configuration.data else {
      Issue.record("\(configuration.data.kind)")
      return
    }
    #expect(data.symbols == symbols)
    #expect(configuration.model.embedding == embedding)
    #expect(configuration.model.hidden == hidden)
    #expect(configuration.model.layers == layers)
    #expect(configuration.truncation == .windows(k1: timeSteps, k2: timeSteps))
    #expect(configuration.batch.streams == streams)
    #expect(configuration.optimizer.kind == .sgd)
    #expect(configuration.clip == .norm(5))
  }

  /// The same of those that read vectors and tell values.
  @Test(arguments: [
    ("amp-16", "lstm", 1, 16, 1, 1, 1000, 50), ("amp-40", "lstm", 1, 40, 1, 1, 1000, 50),
    ("sysid-40", "lstm", 1, 40, 2, 1, 500, 64), ("sysid-gru-32", "gru", 1, 32, 1, 1, 200, 32),
    ("hydro-128", "lstm", 5, 128, 1, 1, 365, 256), ("rul-64", "lstm", 14, 64, 2, 1, 50, 64),
  ])
  func workloadOfValuesHasItsSizes(
    name: String, cell: String, inputs: Int, hidden: Int, layers: Int, outputs: Int, timeSteps: Int,
    streams: Int
  ) throws {
    let path = repository.appendingPathComponent("configs/bench-\(name).yaml").path
    let configuration = try Configuration(path: path)
    guard case .randomValues(let data) = configuration.data else {
      Issue.record("\(configuration.data.kind)")
      return
    }
    #expect(data.inputWidth == inputs)
    #expect(data.outputWidth == outputs)
    #expect(configuration.model.cell == cell)
    #expect(configuration.model.hidden == hidden)
    #expect(configuration.model.layers == layers)
    #expect(configuration.loss == .meanSquaredError)
    #expect(configuration.truncation == .windows(k1: timeSteps, k2: timeSteps))
    #expect(configuration.batch.streams == streams)
    #expect(configuration.optimizer == .init(kind: .adam, learningRate: 0.001))
    #expect(configuration.clip == .norm(5))
  }
}
