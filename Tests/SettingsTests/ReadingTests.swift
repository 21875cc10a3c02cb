import Foundation
import Settings
import Testing

@Suite("Reading a configuration")
struct ReadingTests {
  @Test("a full file is read as it stands")
  func fullFile() throws {
    let configuration = try Configuration(
      yaml: """
        name: characters   # a comment
        seed: 42
        data: {kind: text, train: /data/a.txt, unit: byte}
        model:
          cell: gru
          layers: 2.0
          hidden: 1e2
          dropout: {input: 0.1, output: .2}
          tie: yes
          initialization: {kind: uniform, range: 0.05}
        batch: {streams: 1_000}
        bptt: {k1: 20, k2: 40}
        optimizer: {kind: sgd, learning_rate: 1e-3, momentum: 0.9}
        clip: {value: 1}
        schedule: {kind: step, after: 4, factor: 0.5}
        training: {epochs: 13, sample: {prompt: 123, length: 50}}
        """)
    #expect(configuration.name == "characters")
    #expect(configuration.seed == 42)
    #expect(configuration.data == .text(.init(files: .init(train: "/data/a.txt"), unit: .byte)))
    #expect(
      configuration.model
        == .init(
          cell: "gru", layers: 2, hidden: 100, embedding: 100,
          dropout: .init(input: 0.1, output: 0.2), tie: true,
          initialization: .init(kind: .uniform, range: 0.05)))
    #expect(configuration.loss == .crossEntropy)
    #expect(configuration.batch.streams == 1000)
    #expect(configuration.truncation == .windows(k1: 20, k2: 40))
    #expect(configuration.optimizer == .init(kind: .sgd, learningRate: 0.001, momentum: 0.9))
    #expect(configuration.clip == .value(1))
    #expect(configuration.schedule == .init(kind: .step, after: 4, factor: 0.5))
    #expect(
      configuration.training == .init(epochs: 13, sample: .init(prompt: "123", length: 50)))
    #expect(configuration.checkpoint == .init())
    #expect(configuration.parallel == .init())
  }

  @Test("defaults follow from other keys")
  func derivedDefaults() throws {
    let reber = try Configuration(yaml: smallest, path: "/x/embedded.yaml")
    #expect(reber.name == "embedded")
    #expect(reber.loss == .crossEntropy)
    #expect(reber.data.samples?.validation == 10)
    #expect(reber.model.embedding == reber.model.hidden)
    #expect(reber.truncation == .windows(k1: 50, k2: 50))
    let changed = try Configuration(
      yaml: smallest, overrides: ["data.kind=adding", "bptt.k1=7", "optimizer.kind=adamw"])
    #expect(changed.loss == .meanSquaredError)
    #expect(changed.model.embedding == nil)
    #expect(changed.truncation == .windows(k1: 7, k2: 7))
    #expect(changed.optimizer.weightDecay == 0.01)
    let values = try Configuration(yaml: smallest, overrides: ["data.kind=random-values"])
    #expect(values.loss == .meanSquaredError)
    #expect(values.model.embedding == nil)
    #expect(values.data == .randomValues(.init(samples: .init(100), inputWidth: 1, outputWidth: 1)))
    let rmsprop = try Configuration(yaml: smallest, overrides: ["optimizer.kind=rmsprop"])
    #expect(rmsprop.optimizer.learningRate == 0.01)
  }

  @Test("a configuration made in code equals the one that is read")
  func madeInCode() throws {
    var made = Configuration(
      name: "experiment", data: .adding(.init(samples: .init(100))),
      model: .init(cell: "gru", hidden: 20), training: .init(steps: 5))
    try made.check()
    #expect(try Configuration(yaml: made.yaml) == made)
    made.model.hidden = 0
    #expect(throws: ConfigurationError.self) { try made.check() }
  }

  @Test("a character or a word may stand for unknown characters", arguments: ["?", "<unk>", "ä"])
  func unknownCharacters(symbol: String) throws {
    let text = ["data={kind: text, train: /a}"]
    #expect(try Configuration(yaml: smallest, overrides: text).data.text?.unknown == nil)
    let overrides = text + ["data.unknown=\"\(symbol)\""]
    #expect(try Configuration(yaml: smallest, overrides: overrides).data.text?.unknown == symbol)
  }

  @Test("short forms stand for one key of their mapping")
  func shortForms() throws {
    let configuration = try Configuration(
      yaml: smallest
        + "\nmodel: {layers: 2, dropout: 0.5, initialization: uniform}"
        + "\nbptt: full\nclip: null\nschedule:")
    #expect(configuration.truncation == .full)
    #expect(configuration.model.dropout == .init(between: 0.5))
    #expect(configuration.model.initialization.kind == .uniform)
    #expect(configuration.clip == nil)
  }

  @Test("overrides win over the file, and later ones over earlier ones")
  func overrides() throws {
    let configuration = try Configuration(
      yaml: smallest + "\nmodel: {layers: 2, dropout: 0.5, hidden: 4}\nclip: {norm: 5}\nbptt: full",
      overrides: [
        "model.hidden=8", "model.hidden = 16", "model.dropout.input=0.25", "clip=null",
        "training={steps: 3}", "name=", "bptt={k1: 3}", "data.samples=2e3",
      ])
    #expect(configuration.model.hidden == 16)
    #expect(configuration.model.dropout == .init(input: 0.25, between: 0.5))
    #expect(configuration.clip == nil)
    #expect(configuration.training == .init(steps: 3))
    #expect(configuration.name == "experiment")
    #expect(configuration.truncation == .windows(k1: 3, k2: 3))
    #expect(configuration.data.samples?.training == 2000)
  }

  @Test("relative paths: beside the file, else in the current folder; overrides: current folder")
  func paths() throws {
    try withFolder { folder in
      let current = FileManager.default.currentDirectoryPath
      let here = "Package.swift"
      #expect(FileManager.default.fileExists(atPath: "\(current)/\(here)"))
      for name in ["train.txt", "run.yaml"] {
        #expect(FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: nil))
      }
      let yaml = """
        data: {kind: text, train: ./train.txt, validation: \(here), cache: cache}
        training: {steps: 1}
        """
      try yaml.write(toFile: "\(folder)/run.yaml", atomically: true, encoding: .utf8)
      let read = try Configuration(path: "\(folder)/run.yaml")
      #expect(read.data.files?.train.path == "\(folder)/train.txt")
      #expect(read.data.files?.validation?.path == "\(current)/\(here)")
      #expect(read.data.files?.cache == "\(folder)/cache")
      #expect(read.name == "run")
      let missing = try Configuration(
        path: "\(folder)/run.yaml", overrides: ["data.validation=train.txt"])
      #expect(missing.data.files?.validation?.path == "\(current)/train.txt")
      // Written back, it means the same files wherever it is read.
      #expect(try Configuration(yaml: read.yaml, path: "/elsewhere/config.yaml") == read)
    }
  }
}
