import Settings
import Testing

@Suite("One list of keys drives reading, writing, comparison and reference")
struct SchemaTests {
  @Test("the keys that these tests try are all there are")
  func complete() {
    #expect(Configuration.reference.map(\.key) == everyKey.map(\.key))
    for entry in Configuration.reference {
      #expect(!entry.type.isEmpty && !entry.standard.isEmpty && !entry.meaning.isEmpty)
      #expect(Configuration.referenceTable.contains("| `\(entry.key)` | \(entry.type) |"))
    }
  }

  @Test("every stored property has a key")
  func everyPropertyHasAKey() {
    var configuration = Configuration(clip: .norm(1), training: .init(sample: .init()))
    // `bptt` and `clip` have a key for each case of an enumeration instead of a property, and
    // `bptt.warm_up` is a property of its own.
    let others = Configuration.reference.filter {
      !["bptt.", "clip.", "data."].contains($0.key.prefix(5))
    }
    #expect(leaves(of: configuration) - leaves(of: configuration.data) - 3 == others.count)
    for kind in Configuration.Data.Kind.allCases {
      configuration.data.kind = kind
      let keys = configuration.yaml.matches(of: #/(?m)^  (\w+): /#).map { String($0.1) }
      let used = Configuration.reference.filter { $0.key.hasPrefix("data.") }
        .map { String($0.key.dropFirst(5)) }.filter(keys.prefix { $0 != "cell" }.contains)
      #expect(leaves(of: configuration.data) + 1 == used.count, "\(kind)")
    }
  }

  /// The number of properties below `value` that have no properties themselves.
  private func leaves(of value: Any) -> Int {
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case _ where value is Configuration.Data.FileSet: return 1
    case .struct where !mirror.children.isEmpty && !(value is String),
      .enum where value is Configuration.Data:
      return mirror.children.map { leaves(of: $0.value) }.reduce(0, +)
    case .optional:
      guard let wrapped = mirror.children.first else { return 1 }
      return leaves(of: wrapped.value)
    default: return 1
    }
  }

  /// The keys whose values or use follow from another one, in the cases that these tests try.
  private let dependents: [String: Set<String>] = [
    "data.kind": ["data.length"], "data.samples": ["data.validation_samples"],
    "data.validation_sequences": ["data.hold_out"], "data.count": ["data.hold_out"],
    "model.hidden": ["model.embedding"], "batch.streams": ["batch.leaves"],
    "model.initialization.kind": ["model.initialization.range"],
    "bptt.kind": ["bptt.k1", "bptt.k2"], "bptt.k1": ["bptt.k2"],
    "optimizer.kind": [
      "optimizer.momentum", "optimizer.nesterov", "optimizer.dampening", "optimizer.beta1",
      "optimizer.beta2", "optimizer.epsilon",
    ],
    "schedule.kind": ["schedule.warmup_steps", "schedule.minimum"],
    "training.sample.prompt": ["training.sample.length", "training.sample.temperature"],
    "training.sample.length": ["training.sample.prompt", "training.sample.temperature"],
    "training.sample.temperature": ["training.sample.prompt", "training.sample.length"],
  ]

  @Test("each key is read, written, compared, and read again", arguments: everyKey.indices)
  func roundTrip(index: Int) throws {
    let (key, value, conditions) = everyKey[index]
    let before = try Configuration(yaml: smallest, path: "/x/a.yaml", overrides: conditions)
    let after = try Configuration(
      yaml: smallest, path: "/x/a.yaml", overrides: conditions + ["\(key)=\(value)"])
    #expect(after != before)
    #expect(Set(after.changedKeys(from: before)) == (dependents[key] ?? []).union([key]))
    let change = try #require(after.changes(from: before).first { $0.key == key })
    #expect(change.new == value)
    #expect(try Configuration(yaml: after.yaml, path: "/y/b.yaml") == after, "\(after.yaml)")
    #expect(after.changedKeys(from: after).isEmpty)
  }

  @Test("the written form is stable")
  func writtenForm() throws {
    let configuration = try Configuration(yaml: smallest, overrides: ["name=null or ~"])
    #expect(
      configuration.yaml.hasPrefix(
        """
        name: "null or ~"
        seed: 1
        data:
          kind: reber
          samples: 100
          validation_samples: 10
        model:
          cell: lstm
          layers: 1
          hidden: 128
          embedding: 128
          tie: false
          dropout:
            input: 0.0
        """))
  }

  @Test("any text survives writing", arguments: ["", "null", "1.5", "ä→\u{1F600}", "a\u{0}\r\n#:"])
  func texts(text: String) throws {
    var configuration = try Configuration(
      yaml: smallest, overrides: ["data={kind: text, train: /a}"])
    configuration.training.sample = .init(prompt: text)
    #expect(try Configuration(yaml: configuration.yaml).training.sample?.prompt == text)
  }
}
