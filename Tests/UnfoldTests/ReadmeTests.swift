import Foundation
import Testing
import Unfold

/// The README says what is so.
struct ReadmeTests {
  private let readme: String

  init() throws { readme = try contents(of: "README.md") }

  @Test(arguments: ["LibraryExample.swift", "MinimalGatedUnitCell.swift"])
  func codeIsThatOfTheTests(file: String) throws {
    let code = try contents(of: "Tests/UnfoldTests/\(file)")
    #expect(says("```swift\n\(code)```\n"), "README.md has other code than \(file)")
  }

  @Test func libraryExampleHasTwentyLines() throws {
    let lines = try contents(of: "Tests/UnfoldTests/LibraryExample.swift").split(separator: "\n")
    #expect(lines.count { !$0.hasPrefix("///") && !$0.hasPrefix("import") } <= 20)
  }

  @Test func referenceTableIsTheConfigurations() {
    #expect(
      says("\n\(Configuration.referenceTable)\n"),
      "replace the table of keys by what `unfold keys` prints")
  }

  @Test func namedFilesExist() throws {
    let path = #/\b(?:launch|configs|Sources|Tests)/[A-Za-z0-9_+./-]*[A-Za-z0-9]/#
    let named = Set(readme.matches(of: path).map { String($0.output) })
    #expect(named.count > 40)
    for path in named.sorted() {
      let url = repository.appendingPathComponent(path)
      #expect(FileManager.default.fileExists(atPath: url.path), "README.md names \(path)")
    }
  }

  @Test func launchScriptsAndConfigurationsAreNamed() throws {
    for folder in ["launch", "configs"] {
      let url = repository.appendingPathComponent(folder)
      for name in try FileManager.default.contentsOfDirectory(atPath: url.path)
      where name.hasSuffix(".sh") || name.hasSuffix(".sbatch") || name.hasSuffix(".yaml") {
        #expect(says("\(folder)/\(name)"), "README.md does not name \(folder)/\(name)")
      }
    }
  }

  /// Every subcommand, and every option that its source declares.
  @Test func commandsAndOptionsAreNamed() throws {
    let folder = "Sources/UnfoldCommand"
    let files = FileManager.default.enumerator(
      atPath: repository.appendingPathComponent(folder).path)
    var names: Set<String> = []
    for case let file as String in try #require(files) where file.hasSuffix(".swift") {
      let source = try contents(of: "\(folder)/\(file)")
      names.formUnion(source.matches(of: #/commandName: "([a-z]+)"/#).map { String($0.1) })
      names.formUnion(options(declaredIn: source))
    }
    names.remove("unfold")
    #expect(names.isSuperset(of: ["train", "evaluate", "doctor", "--set", "--per-step"]))
    for name in names.sorted() {
      let command = ["step", "kernels"].contains(name) ? "bench \(name)" : name
      let mention = name.hasPrefix("--") ? name : "unfold \(command)"
      #expect(says(mention), "README.md does not name \(mention)")
    }
  }

  private func options(declaredIn source: String) -> [String] {
    let declaration = #/@(?:Option|Flag)\b(?:[^@]*?customLong\("([a-z-]+)"\))?[^@]*?\bvar (\w+)/#
    return source.matches(of: declaration).map { match in
      if let given = match.1 { return "--\(given)" }
      return "--" + match.2.replacing(#/[A-Z]/#) { "-" + $0.output.lowercased() }
    }
  }

  /// What each target imports of the package's own, as its sources have it.
  @Test func importsAreThoseOfTheTable() throws {
    let row = #/\| `Sources/(\w+)` \| [^|]* \| ([^|]*)\|/#
    let table = readme.matches(of: row).map { match in
      (
        String(match.1),
        Set(match.2.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty })
      )
    }
    let targets = Set(table.map(\.0))
    #expect(targets.count >= 13)
    for (target, imports) in table
    where !["CCrypto", "CMPI", "CMessagePassing", "CKernels"].contains(target) {
      let folder = repository.appendingPathComponent("Sources/\(target)").path
      var found: Set<String> = []
      for case let file as String in try #require(FileManager.default.enumerator(atPath: folder))
      where file.hasSuffix(".swift") {
        let source = try contents(of: "Sources/\(target)/\(file)")
        found.formUnion(
          source.matches(of: #/(?m)^(?:@_exported )?import (\w+)/#).map { String($0.1) })
      }
      #expect(found.intersection(targets.union(["CMPI"])) == imports, "\(target)")
    }
  }

  /// Package.swift declares the same.
  @Test func declaredDependenciesAreThoseOfTheTable() throws {
    // The products before have names of their own.
    let manifest = try #require(
      try contents(of: "Package.swift").split(separator: "  targets: [", maxSplits: 1).last)
    let row = #/\| `Sources/(\w+)` \| [^|]* \| ([^|]*)\|/#
    for match in readme.matches(of: row) where !["CCrypto", "CMPI"].contains(match.1) {
      let imports = Set(match.2.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty })
      let start = try #require(manifest.range(of: "name: \"\(match.1)\""), "\(match.1)")
      // Up to the next target.
      let rest = manifest[start.upperBound...]
      let end = rest.range(of: "\n    .")?.lowerBound ?? rest.endIndex
      let names = rest[..<end].replacing(#/\.product\([^)]*\)/#, with: "")
        .matches(of: #/"(\w+)"/#).map { String($0.1) }
      #expect(Set(names).subtracting(["Yams"]) == imports, "\(match.1)")
    }
  }

  /// Whether the README has this text; a failed expectation does not print all of the README then.
  private func says(_ text: String) -> Bool { readme.contains(text) }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
