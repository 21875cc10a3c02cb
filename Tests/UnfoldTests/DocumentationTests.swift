import Foundation
import Testing
import Unfold

/// README and articles say what is so.
struct DocumentationTests {
  private static let catalogue = "Sources/Unfold/Unfold.docc"
  private let readme: String
  /// The articles by their files' names.
  private let articles: [String: String]

  init() throws {
    readme = try contents(of: "README.md")
    let folder = repository.appendingPathComponent(Self.catalogue).path
    articles = try Dictionary(
      uniqueKeysWithValues: FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { $0.hasSuffix(".md") }
        .map { ($0, try contents(of: "\(Self.catalogue)/\($0)")) })
  }

  private var everything: String { readme + articles.values.joined() }

  @Test func theReadmeIsADoor() {
    #expect(readme.split(separator: "\n", omittingEmptySubsequences: false).count <= 351)
    for name in articles.keys where name != "Unfold.md" {
      let isLinked = readme.contains("(\(Self.catalogue)/\(name))")
      #expect(isLinked, "README.md does not link to \(name)")
    }
  }

  @Test(arguments: [
    ("Library.md", "UnfoldTests/LibraryExample.swift"),
    ("WritingACell.md", "UnfoldTests/MinimalGatedUnitCell.swift"),
    ("Extending.md", "OptimizationTests/SignDescent.swift"),
    ("Extending.md", "RecurrentTests/RootError.swift"),
    ("Extending.md", "SequenceDataTests/ParityCorpus.swift"),
    ("Extending.md", "SequenceDataTests/SpacedRows.swift"),
  ])
  func codeIsThatOfTheTests(article: String, file: String) throws {
    let code = try contents(of: "Tests/\(file)")
    let isThere = try #require(articles[article]).contains("```swift\n\(code)```\n")
    #expect(isThere, "\(article) has other code than \(file)")
  }

  /// Every piece of Swift is one of those files, or a line or two that they are used with.
  @Test func longCodeIsTested() {
    let blocks = everything.matches(of: #/```swift\n(?<code>[\s\S]*?)```/#)
    #expect(blocks.count >= 8)
    #expect(blocks.count { $0.code.split(separator: "\n").count > 4 } == 6)
  }

  @Test func libraryExampleHasTwentyLines() throws {
    let lines = try contents(of: "Tests/UnfoldTests/LibraryExample.swift").split(separator: "\n")
    #expect(lines.count { !$0.hasPrefix("///") && !$0.hasPrefix("import") } <= 20)
  }

  @Test func referenceTableIsTheConfigurations() {
    let isThere =
      articles["ConfigurationKeys.md"]?.contains("\n\(Configuration.referenceTable)") == true
    #expect(isThere, "replace the table of keys by what `unfold keys` prints")
  }

  @Test func namedFilesExist() throws {
    let path = #/\b(?:launch|configs|Sources|Tests)/[A-Za-z0-9_+./-]*[A-Za-z0-9]/#
    let named = Set(everything.matches(of: path).map { String($0.output) })
    #expect(named.count > 60)
    for path in named.sorted() {
      let url = repository.appendingPathComponent(path)
      #expect(FileManager.default.fileExists(atPath: url.path), "\(path) is named")
    }
  }

  /// Articles name one another as files, so that they read as plain Markdown too.
  @Test func linksBetweenArticlesLeadSomewhere() {
    for (name, text) in articles {
      for link in text.matches(of: #/\]\((?<file>\w+\.md)\)|<doc:(?<page>\w+)>/#) {
        let target = link.file.map(String.init) ?? link.page.map { "\($0).md" } ?? ""
        #expect(articles[target] != nil, "\(name) links to \(target)")
      }
    }
  }

  @Test func launchScriptsAndConfigurationsAreNamed() throws {
    for folder in ["launch", "configs"] {
      let url = repository.appendingPathComponent(folder)
      for name in try FileManager.default.contentsOfDirectory(atPath: url.path)
      where name.hasSuffix(".sh") || name.hasSuffix(".sbatch") || name.hasSuffix(".yaml") {
        #expect(says("\(folder)/\(name)"), "nothing names \(folder)/\(name)")
      }
    }
  }

  /// Every subcommand, and every option that its source declares.
  @Test func commandsAndOptionsAreNamed() throws {
    let page = try #require(articles["Commands.md"])
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
      let measured = ["step", "scale", "kernels", "exchange"].contains(name)
      let command = measured ? "bench \(name)" : name
      let mention = name.hasPrefix("--") ? name : "unfold \(command)"
      let isNamed = page.contains(mention)
      #expect(isNamed, "Commands.md does not name \(mention)")
    }
  }

  private func options(declaredIn source: String) -> [String] {
    let declaration = #/@(?:Option|Flag)\b(?:[^@]*?customLong\("([a-z-]+)"\))?[^@]*?\bvar (\w+)/#
    return source.matches(of: declaration).map { match in
      if let given = match.1 { return "--\(given)" }
      return "--" + match.2.replacing(#/[A-Z]/#) { "-" + $0.output.lowercased() }
    }
  }

  private func says(_ text: String) -> Bool { everything.contains(text) }
}
