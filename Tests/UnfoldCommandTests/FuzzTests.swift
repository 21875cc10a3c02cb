import Foundation
import Testing

extension CommandLineTests {
  /// Damaged files, handed to everything that reads files; `launch/fuzz.sh` has many more of them, and
  /// AddressSanitizer.
  @Suite struct FuzzTests {
    private let workspace: Workspace

    init() throws { workspace = try Workspace() }

    /// Runs the program that does so, which must find nothing.
    private func fuzz(_ arguments: String...) throws -> String {
      let program = URL(fileURLWithPath: Unfold.executable)
        .deletingLastPathComponent().appendingPathComponent("ReaderFuzz").path
      let result = try CommandLineProcess(
        [program, "--scratch", workspace("scratch"), "--finds", workspace("finds")] + arguments,
        folder: workspace.path, timeout: 120
      ).wait()
      #expect(result.status == 0, "\(result.output)\(result.error)")
      return result.output
    }

    /// What was found once, and what is likely to be found: the files are named by their readers'
    /// folders.
    @Test func whatWasFoundStaysMended() throws {
      let file = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      let tests = file.deletingLastPathComponent().deletingLastPathComponent()
      let output = try fuzz("--replay", tests.appendingPathComponent("Reference/fuzz").path)
      #expect(output.contains("model: 8, 0, 8, 0"), "\(output)")
    }

    /// The same inputs each time; a reader that refuses all of them would show little.
    @Test func damagedFilesAreRefusedInOneLine() throws {
      let output = try fuzz("--inputs", "20000", "--seed", "1")
      let rows = output.split(separator: "\n").dropFirst()
      #expect(rows.count >= 18, "\(output)")
      // Hardly any damage to a checkpoint's folder keeps its hashes.
      for row in rows where !row.hasPrefix("checkpoint:") {
        let counts = row.split(separator: ":").last?.split(separator: ",") ?? []
        let accepted = counts.dropFirst().first.map(String.init) ?? ""
        #expect(accepted != " 0", "\(row)")
      }
    }
  }
}
