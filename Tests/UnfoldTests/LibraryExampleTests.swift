import Foundation
import Testing
import Unfold

/// The documentation's library example does what it says.
struct LibraryExampleTests {
  @Test func trainsEvaluatesAndWrites() throws {
    try withTemporaryFolder { folder in
      let text = "\(folder)/text.txt"
      let verse = "The quick brown fox jumps over the lazy dog.\nThe lazy dog sleeps.\n"
      try String(repeating: verse, count: 150).write(
        toFile: text, atomically: true, encoding: .utf8)
      let (loss, sample) = try trainAndWrite(text: text, output: "\(folder)/run")
      // Guessing among the text's 30 symbols costs 3.4 nats; what can be known leaves little.
      #expect(loss < 0.5)
      #expect(sample.count == 80)
      for name in ["config.yaml", "metrics.jsonl", "summary.json", "checkpoints"] {
        #expect(FileManager.default.fileExists(atPath: "\(folder)/run/\(name)"))
      }
    }
  }
}
