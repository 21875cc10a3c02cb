import Foundation

/// A folder of a test's own, with small data in it; removed at the end.
final class Workspace {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("unfold-command-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of an entry.
  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file and returns its path.
  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try write(Data(text.utf8), to: name)
  }

  @discardableResult
  func write(_ data: Data, to name: String) throws -> String {
    try data.write(to: URL(fileURLWithPath: self(name)))
    return self(name)
  }

  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: self(name))), as: UTF8.self)
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self(name)) }

  func entries(_ name: String) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: self(name)))
  }

  /// A JSON file's values.
  func json(_ name: String) throws -> [String: Any] { try Unfold.json(try text(name)) }

  /// The lines of a run's metrics.
  func metrics(_ run: String) throws -> [[String: Any]] {
    try text("\(run)/metrics.jsonl").split(separator: "\n").map { try Unfold.json(String($0)) }
  }

  /// How many whole lines a run's metrics have so far, while it may be adding to them.
  func lineCount(_ run: String) -> Int {
    (try? text("\(run)/metrics.jsonl"))?.count(where: { $0 == "\n" }) ?? 0
  }

  /// Whether a run has made a step.
  func hasMetrics(_ run: String) -> Bool {
    // Not by reading it, as it may grow as fast as it is read.
    let facts = try? FileManager.default.attributesOfItem(atPath: self("\(run)/metrics.jsonl"))
    return facts?[.size] as? Int ?? 0 > 0
  }

  /// Losses and gradient norms of a run's steps, and its validations, to the last digit.
  func lossesAndNorms(_ run: String) throws -> [[String]] {
    try metrics(run).map { line in
      ["loss", "gradient_norm", "validation_loss"].map { String(describing: line[$0]) }
    }
  }

  /// Every file below a folder with its contents.
  func contents(_ name: String) throws -> [String: Data] {
    var contents: [String: Data] = [:]
    for case let entry as String in FileManager.default.enumerator(atPath: self(name)) ?? .init() {
      contents[entry] = FileManager.default.contents(atPath: self("\(name)/\(entry)"))
    }
    return contents
  }
}

extension Unfold {
  struct NotJSON: Error { let text: String }

  static func json(_ text: String) throws -> [String: Any] {
    let value = try? JSONSerialization.jsonObject(with: Data(text.utf8))
    guard let object = value as? [String: Any] else { throw NotJSON(text: text) }
    return object
  }

  /// The hash of a checkpoint's parameters, which only a whole checkpoint has.
  static func parameterHash(_ checkpoint: String, in workspace: Workspace) throws -> String {
    let result = try succeed(["inspect", workspace(checkpoint), "--json"], in: workspace)
    return try json(result.output)["sha256"] as? String ?? ""
  }
}
