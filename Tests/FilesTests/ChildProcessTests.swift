import Files
import Foundation
import Testing

/// Programs that another one starts.
final class ChildProcessTests {
  private let log: String

  init() {
    log = FileManager.default.temporaryDirectory.path + "/unfold-child-\(UUID().uuidString).log"
  }

  deinit { try? FileManager.default.removeItem(atPath: log) }

  @Test func whatGoesInComesOut() throws {
    let text = String(repeating: "abc ", count: 10_000)
    let result = try ChildProcess.run(["cat"], input: text, errorsTo: log)
    #expect(result.status == 0)
    #expect(String(decoding: result.output, as: UTF8.self) == text)
  }

  @Test func errorsAreAppendedToTheLog() throws {
    for word in ["one", "two"] {
      let result = try ChildProcess.run(
        ["sh", "-c", "echo $WORD >&2; exit 3"], environment: ["WORD": word], errorsTo: log)
      #expect(result.status == 3 && result.output.isEmpty)
    }
    #expect(try String(contentsOfFile: log, encoding: .utf8) == "one\ntwo\n")
  }

  @Test func aProgramThatASignalEndsHasItsNumber() throws {
    let result = try ChildProcess.run(["sh", "-c", "kill -KILL $$"], errorsTo: log)
    #expect(result.status == 128 + 9)
  }

  @Test func aProgramThatReadsNothingIsNoError() throws {
    let result = try ChildProcess.run(["echo", "done"], input: "unread", errorsTo: log)
    #expect(result.status == 0 && result.output == Array("done\n".utf8))
  }

  @Test func aLogThatCannotBeWrittenIsTold() {
    let error = #expect(throws: FileError.self) {
      try ChildProcess.run(["true"], errorsTo: "\(log)/absent")
    }
    #expect(error?.description.contains("\(log)/absent: cannot open") == true)
  }
}
