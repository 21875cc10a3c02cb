import Foundation
import TestSupport
import Testing
import Training

/// Where two runs part is found, and nothing where they do not.
struct RunDifferenceTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  /// A run that has checkpoints of every second step.
  private func yaml(steps: Int, rate: Double = 0.1, hashEvery: Int = 1) throws -> String {
    try descent(
      folder, rate: rate,
      more: """
        checkpoint: {every: 2, best: false}
        training: {steps: \(steps), hash_every: \(hashEvery)}
        """)
  }

  private func difference() throws -> RunDifference {
    try RunDifference(folder("left"), folder("right"))
  }

  /// What is told of two folders that cannot be compared.
  private func problem(_ left: String, _ right: String) -> String {
    do {
      _ = try RunDifference(folder(left), folder(right))
      return "none"
    } catch {
      return "\(error)"
    }
  }

  // MARK: Runs that are the same

  @Test func workersAreAHintAndChangeNothing() throws {
    let yaml = try yaml(steps: 6)
    _ = try Run(yaml, in: folder, "left")
    _ = try Run(yaml, in: folder, "right", workers: 2)
    let difference = try difference()
    #expect(difference.isNone)
    #expect(difference.settings.map(\.name) == ["workers"])
    #expect(difference.metrics.commonSteps == 6 && difference.metrics.lastEqualStep == 6)
    #expect(difference.metrics.lastEqualHashStep == 6)
    #expect(difference.checkpoints.equalSteps == [2, 4, 6])
    #expect(difference.text.contains("nothing differs in the 6 steps"), "\(difference.text)")
    #expect(difference.text.contains("those of step 2, 4, 6"), "\(difference.text)")
  }

  @Test func namesAndPathsAreNoHint() throws {
    let yaml = try yaml(steps: 2)
    _ = try Run(yaml, in: folder, "left")
    try folder.write(try folder.text("text.txt"), to: "moved.txt")
    let moved = "name: moved\n" + yaml.replacingOccurrences(of: "text.txt", with: "moved.txt")
    _ = try Run(moved, in: folder, "right")
    let difference = try difference()
    #expect(difference.isNone && difference.settings.isEmpty)
  }

  @Test func aShorterRunIsComparedAsFarAsItGoes() throws {
    _ = try Run(try yaml(steps: 6), in: folder, "left")
    _ = try Run(try yaml(steps: 4), in: folder, "right")
    let difference = try difference()
    #expect(difference.isNone)
    #expect(difference.settings.map(\.name) == ["training.steps"])
    #expect(difference.metrics.leftSteps == 1...6 && difference.metrics.rightSteps == 1...4)
    #expect(difference.metrics.commonSteps == 4 && difference.checkpoints.equalSteps == [2, 4])
    #expect(difference.text.contains("right ends at step 4, left goes on to 6"))
  }

  @Test func hashesOfOneRunAloneAreNotCompared() throws {
    _ = try Run(try yaml(steps: 4, hashEvery: 2), in: folder, "left")
    _ = try Run(try yaml(steps: 4, hashEvery: 3), in: folder, "right")
    let difference = try difference()
    #expect(difference.isNone && difference.metrics.lastEqualHashStep == nil)
    #expect(difference.text.contains("training.hash_every makes hashes"))
  }

  // MARK: Runs that part

  @Test func anotherSeedIsAnotherRunFromTheFirstStep() throws {
    let yaml = try yaml(steps: 2)
    let left = try Run(yaml, in: folder, "left")
    let right = try Run("seed: 5\n" + yaml, in: folder, "right")
    let difference = try difference()
    #expect(!difference.isNone)
    #expect(difference.settings.map { [$0.name, $0.left, $0.right] } == [["seed", "1", "5"]])
    let step = try #require(difference.metrics.first)
    #expect(step.step == 1 && difference.metrics.lastEqualStep == nil)
    #expect(step.differing == ["loss", "gradient_norm", "parameters_sha256"])
    #expect(step.left.loss == left.records[0].loss && step.right.loss == right.records[0].loss)

    let parameter = left.trainer.layout.parameters[0]
    let places = parameter.offset..<parameter.offset + parameter.count
    let pairs = Array(zip(left.final[places], right.final[places]))
    let tensor = try #require(difference.checkpoints.first)
    #expect(tensor.step == 2 && tensor.file == "model.safetensors")
    #expect(tensor.tensor == parameter.name && tensor.leftShape == parameter.shape)
    let elements = try #require(tensor.elements)
    #expect(elements.index == [0, 0] && elements.count == parameter.count)
    #expect(elements.left == pairs[0].0 && elements.right == pairs[0].1)
    #expect(elements.differing == pairs.count { $0.0 != $0.1 })
    #expect(elements.largest == pairs.map { abs(Double($0.0) - Double($0.1)) }.max())
  }

  /// The rate of a run that was resumed at step 5 changes the update of step 5, and no loss before
  /// step 6.
  @Test func theStepOfAnotherLearningRateIsNamed() throws {
    _ = try Run(try yaml(steps: 8), in: folder, "left")
    _ = try Run(try yaml(steps: 4), in: folder, "right")
    _ = try Run(try yaml(steps: 8, rate: 0.2), in: folder, "right", resume: true)
    let difference = try difference()
    #expect(
      difference.settings.map { [$0.name, $0.left, $0.right] }
        == [["optimizer.learning_rate", "0.1", "0.2"]])
    let metrics = difference.metrics
    #expect(metrics.first?.step == 5 && metrics.lastEqualStep == 4)
    #expect(metrics.first?.differing == ["learning_rate", "parameters_sha256"])
    #expect(metrics.lastEqualHashStep == 4)
    #expect(difference.checkpoints.equalSteps == [4] && difference.checkpoints.first?.step == 6)
    #expect(
      difference.text.contains("step 5 is the first that differs, step 4 the last that does not"),
      "\(difference.text)")
  }

  /// Symbol 0 is never read, so its row of the table stays as it was.
  @Test func theElementIsNamedByItsAxes() throws {
    let lines = (0..<4).map { "{\"inputs\": [1, 2, 3, 1], \"targets\": \($0 % 2)}\n" }
    let data = try folder.write(lines.joined(), to: "classes.jsonl")
    func run(_ name: String, rate: Double) throws -> Run {
      try Run(
        """
        data: {kind: sequences, train: \(data), validation_fraction: 0, cache: \(folder("cache"))}
        model: {cell: gru, hidden: 5, embedding: 3}
        batch: {streams: 2}
        bptt: {k1: 4}
        optimizer: {kind: sgd, learning_rate: \(rate)}
        training: {steps: 1}
        """, in: folder, name)
    }
    let (left, right) = (try run("left", rate: 0.5), try run("right", rate: 0.25))
    let tensor = try #require(try difference().checkpoints.first)
    #expect(tensor.tensor == "embedding.weight" && tensor.leftShape == [4, 3])
    #expect(tensor.elements?.index == [1, 0])
    #expect(tensor.elements?.left == left.final[3] && tensor.elements?.right == right.final[3])
    let pairs = zip(left.final.prefix(12), right.final.prefix(12))
    #expect(tensor.elements?.differing == pairs.count { $0.0 != $0.1 })
  }

  /// At so small a rate no weight moves, and the velocities are all that another momentum changes.
  @Test func momentsAreComparedAfterTheWeights() throws {
    let yaml = try yaml(steps: 2, rate: 1e-30)
    func run(_ name: String, momentum: Double) throws -> Run {
      try Run(
        yaml.replacingOccurrences(of: "kind: sgd", with: "kind: sgd, momentum: \(momentum)"),
        in: folder, name)
    }
    let left = try run("left", momentum: 0.5)
    #expect(left.final == left.initial, "the test needs weights that stay")
    _ = try run("right", momentum: 0.9)
    let difference = try difference()
    #expect(difference.metrics.first == nil && !difference.isNone)
    let tensor = try #require(difference.checkpoints.first)
    #expect(tensor.file == "optimizer.safetensors")
    #expect(tensor.tensor == "\(left.trainer.layout.parameters[0].name).momentum_buffer")
    // v = (1 + momentum) · g after two steps of one gradient, rounded twice.
    let elements = try #require(tensor.elements)
    #expect(abs(elements.right / elements.left - 1.9 / 1.5) < 1e-5)
  }

  @Test func shapesAreCompared() throws {
    let yaml = try yaml(steps: 2)
    _ = try Run(yaml, in: folder, "left")
    _ = try Run(
      yaml.replacingOccurrences(of: "embedding: 4", with: "embedding: 5"), in: folder, "right")
    let difference = try difference()
    #expect(difference.settings.map(\.name) == ["model.embedding"])
    let tensor = try #require(difference.checkpoints.first)
    #expect(tensor.leftShape == [4, 4] && tensor.rightShape == [4, 5] && tensor.elements == nil)
    #expect(difference.text.contains("embedding.weight: left [4, 4], right [4, 5]"))
  }

  @Test func anotherContentBehindTheSamePathIsAHint() throws {
    let yaml = try yaml(steps: 2)
    _ = try Run(yaml, in: folder, "left")
    try folder.write(String(repeating: "abcab cabbb", count: 9), to: "text.txt")
    _ = try Run(yaml, in: folder, "right")
    let difference = try difference()
    #expect(difference.settings.map(\.name) == ["content of data.train"])
    #expect(difference.metrics.first?.step == 1)
  }

  // MARK: What is damaged or not there

  @Test func whatIsNotWholeIsPassedOver() throws {
    let yaml = try yaml(steps: 6)
    _ = try Run(yaml, in: folder, "left")
    _ = try Run(yaml, in: folder, "right")
    try folder.write("{}", to: "right/checkpoints/step-4/model.safetensors")
    try folder.write(
      try folder.text("right/metrics.jsonl") + "{\"step\":7,\"lo", to: "right/metrics.jsonl")
    let difference = try difference()
    #expect(difference.isNone && difference.checkpoints.equalSteps == [2, 6])
    #expect(difference.checkpoints.skipped.count == 1)
    #expect(difference.checkpoints.skipped.first?.contains("right/checkpoints/step-4") == true)
    #expect(difference.metrics.rightSteps == 1...6)
  }

  @Test func runsWithoutACommonStepAreRefused() throws {
    _ = try Run(try yaml(steps: 2), in: folder, "left")
    try FileManager.default.createDirectory(
      atPath: folder("right"), withIntermediateDirectories: false)
    try folder.write(try folder.text("left/config.yaml"), to: "right/config.yaml")
    try folder.write("", to: "right/metrics.jsonl")
    #expect(problem("left", "right").contains("have no step in common"))
  }

  @Test func foldersOfNoRunAreRefused() throws {
    _ = try Run(try yaml(steps: 2), in: folder, "left")
    for path in ["absent", "text.txt", "left/checkpoints", "left/checkpoints/step-2"] {
      for told in [problem("left", path), problem(path, "left")] {
        #expect(told.hasPrefix("\(folder(path)): is not a run's folder"), "\(told)")
        #expect(told.contains("config.yaml") && told.contains("--output"), "\(told)")
      }
    }
  }
}
