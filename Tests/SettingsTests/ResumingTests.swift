import Settings
import Testing

@Suite("What may change when a run is resumed")
struct ResumingTests {
  /// Adding a validation file is among the refused: it gives back the held-out part. So is adding
  /// constants: they are inputs.
  private static let changeable: Set<String> = [
    "name", "data.train", "data.test", "data.cache", "optimizer.learning_rate",
  ]
  private static let changeableSections = ["schedule.", "training.", "checkpoint.", "parallel."]

  @Test("every key either may or is refused by name", arguments: everyKey.indices)
  func eachKey(index: Int) throws {
    let (key, value, conditions) = everyKey[index]
    let before = try Configuration(yaml: smallest, overrides: conditions)
    let after = try Configuration(yaml: smallest, overrides: conditions + ["\(key)=\(value)"])
    let mayChange =
      Self.changeable.contains(key) || Self.changeableSections.contains { key.hasPrefix($0) }
    do throws(ConfigurationError) {
      let changes = try after.resumableChanges(from: before)
      #expect(mayChange)
      #expect(changes == after.changes(from: before) && changes.contains { $0.key == key })
    } catch {
      #expect(!mayChange)
      let line = error.description
      #expect(line.contains("\(key) (was ") && line.contains("now \(value)"), "got: \(line)")
      for resumable in Configuration.resumableKeys { #expect(line.contains(resumable)) }
      #expect(!line.contains("\n"))
    }
  }

  @Test("what may change is returned, with old and new value")
  func returned() throws {
    let text = ["data={kind: text, train: /a, validation: /b}", "name=before"]
    let before = try Configuration(yaml: smallest, overrides: text)
    #expect(try before.resumableChanges(from: before).isEmpty)
    let after = try Configuration(
      yaml: smallest,
      overrides: text + [
        "name=after", "data.train=/c", "data.validation=/d", "data.cache=/e",
        "optimizer.learning_rate=0.5", "schedule={kind: step, every: 2}", "training.epochs=9",
      ])
    let changes = try after.resumableChanges(from: before)
    #expect(
      changes.map { "\($0.key) \($0.old) \($0.new)" } == [
        "name before after", "data.train /a /c", "data.validation /b /d", "data.cache null /e",
        "optimizer.learning_rate 0.001 0.5", "schedule.kind constant step", "schedule.after null 1",
        "schedule.factor null 0.1", "schedule.every null 2", "training.epochs 2 9",
      ])
  }

  @Test("a validation file can neither come nor go")
  func validationFile() throws {
    let text = ["data={kind: text, train: /a}"]
    let without = try Configuration(yaml: smallest, overrides: text)
    let with = try Configuration(yaml: smallest, overrides: text + ["data.validation=/b"])
    for (before, after, values) in [
      (without, with, "was null, now /b"), (with, without, "was /b, now null"),
    ] {
      let error = #expect(throws: ConfigurationError.self) {
        try after.resumableChanges(from: before)
      }
      let line = try #require(error).description
      #expect(line.contains("data.validation (\(values)) differs"), "got: \(line)")
      #expect(line.contains("data.validation (one path to another)"), "got: \(line)")
    }
  }

  @Test("constants may move, but neither come nor go")
  func constants() throws {
    let series = ["data={kind: series, train: /a, static: /b}"]
    let before = try Configuration(yaml: smallest, overrides: series)
    let moved = try Configuration(yaml: smallest, overrides: series + ["data.static=/c"])
    let changes = try moved.resumableChanges(from: before)
    #expect(changes.map { "\($0.key) \($0.old) \($0.new)" } == ["data.static /b /c"])
    #expect(changes.allSatisfy { $0.isOfNameOrPath })
    let gone = try Configuration(yaml: smallest, overrides: series + ["data.static=null"])
    let error = #expect(throws: ConfigurationError.self) {
      try gone.resumableChanges(from: before)
    }
    let line = try #require(error).description
    #expect(line.contains("data.static (was /b, now null) differs"), "got: \(line)")
  }

  @Test("several refused changes are named together, without those that may be")
  func severalRefused() throws {
    let before = try Configuration(yaml: smallest)
    let after = try Configuration(
      yaml: smallest, overrides: ["seed=4", "model.hidden=9", "training.steps=8"])
    let error = #expect(throws: ConfigurationError.self) {
      try after.resumableChanges(from: before)
    }
    let line = try #require(error).description
    #expect(line.contains("seed (was 1, now 4)") && line.contains("model.hidden (was 128, now 9)"))
    #expect(!line.contains("training.steps"))
  }

  @Test("what may change is a key or a section")
  func namesExist() {
    for name in Configuration.resumableKeys {
      #expect(Configuration.reference.contains { $0.key == name || $0.key.hasPrefix("\(name).") })
    }
  }
}
