import Settings
import TestSupport
import Testing

@Suite("Any configuration of a series reads back as it was written")
struct RandomConfigurationTests {
  @Test(arguments: 0..<200 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var maker = Maker(seed: seed)
    let configuration = maker.configuration()
    try configuration.check()
    let read = try Configuration(yaml: configuration.yaml, path: "/elsewhere/config.yaml")
    #expect(read == configuration, "\(configuration.yaml)")
    #expect(read.yaml == configuration.yaml)
    #expect(read.changedKeys(from: configuration).isEmpty)
  }
}

/// Draws configurations that are valid.
private struct Maker: RandomNumberGenerator {
  private var generator: SplitMix

  init(seed: UInt64) { generator = SplitMix(seed: seed) }

  mutating func next() -> UInt64 { generator.next() }

  mutating func configuration() -> Configuration {
    let isPair = flip()
    let hasTargets = isPair || flip()
    let data = series(isPair: isPair, hasTargets: hasTargets)
    let loss = loss(outputs: data.targets?.count ?? 2)
    let isPlain = ![.quantile, .gaussian].contains(loss.kind)
    return Configuration(
      data: .series(data), model: .init(skip: isPlain && flip() ? .input : .none),
      loss: loss, warmUp: flip() ? 3 : 0,
      training: .init(epochs: 1))
  }

  private mutating func series(isPair: Bool, hasTargets: Bool) -> Configuration.Data.Series {
    let validation = flip() ? files(isPair: isPair) : nil
    let names = validation == nil && flip() ? texts() : nil
    let isLast = flip()
    return Configuration.Data.Series(
      files: .init(
        train: files(isPair: isPair), validation: validation, validationFraction: 0.25,
        test: flip() ? files(isPair: isPair) : nil, cache: flip() ? "/cache" : nil),
      inputs: hasTargets ? texts() : nil, targets: hasTargets ? texts() : nil,
      group: !isPair && flip() ? text() : nil, statics: flip() ? path() : nil,
      shift: flip() ? Int.random(in: 1...9, using: &self) : nil,
      normalize: one(Configuration.Data.Series.Normalizing.allCases),
      missing: one(Configuration.Data.Series.Missing.allCases), count: isLast ? .last : .all,
      cap: hasTargets && flip() ? Double.random(in: -5...5, using: &self) : nil,
      piece: !isLast && flip() ? Int.random(in: 4...9000, using: &self) : nil,
      align: isPair && flip(), validationSequences: names)
  }

  private mutating func loss(outputs: Int) -> Configuration.Loss {
    let kind = one(Configuration.Loss.Kind.allCases.filter { $0.targets == .values })
    var loss = Configuration.Loss(kind: kind)
    if flip() {
      loss.weights = (0..<outputs).map { _ in Double.random(in: 0.1...9, using: &self) }
    }
    if kind == .huber { loss.delta = Double.random(in: 0.1...9, using: &self) }
    if kind == .quantile {
      loss.levels = (1...3).map { (Double($0) - Double.random(in: 0.1...0.9, using: &self)) / 3 }
    }
    return loss
  }

  private mutating func files(isPair: Bool) -> Configuration.Data.FileSet {
    let paths = (1...Int.random(in: 1...3, using: &self)).map { _ in path() }
    return .init(paths: paths, targets: isPair ? paths.map { _ in path() } : [])
  }

  private mutating func path() -> String {
    "/a/" + one(["b.csv", "c d.wav", "*.npy", "e.csv[3:9]", "f[0-9].csv[:7]", "-", "ä,b"])
  }

  /// Different texts.
  private mutating func texts() -> [String] {
    (1...Int.random(in: 1...3, using: &self)).map { "\(text())\($0)" }
  }

  private mutating func text() -> String {
    one(["u", "1", "null", "yes", "a, b", "[x]", "{y: 1}", "# z", "ä\n", "\"q\" ", "1e3", "~"])
  }

  private mutating func one<Value>(_ choices: [Value]) -> Value {
    choices[Int.random(in: choices.indices, using: &self)]
  }

  private mutating func flip() -> Bool { Bool.random(using: &self) }
}
