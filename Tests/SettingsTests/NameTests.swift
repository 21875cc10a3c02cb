import Settings
import Testing

@Suite("A name is one plain folder name, because runs go to runs/NAME")
struct NameTests {
  @Test(
    "what is none is refused",
    arguments: [
      "\"\"", ".", "..", "a/b", "/etc", "../other", "a/", "\"a\\0b\"", "\"a\\nb\"", "\"\\e[2J\"",
      "\"\\x7f\"", "\"\\x85\"", String(repeating: "a", count: 201),
      String(repeating: "ä", count: 101),
    ])
  func refused(value: String) throws {
    let line = try #require(failure(smallest, ["name=\(value)"]))
    #expect(line.contains(": name: must be one plain folder name of at most 200 bytes, got "))
    #expect(line.hasSuffix("; give --output to choose another folder"))
    #expect(line.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
  }

  @Test(
    "other names are taken",
    arguments: ["a", "...", "..a", ".hidden", "-x", "two words", "ä→\u{1F600}", "a\\b", "a.yaml"])
  func taken(name: String) throws {
    #expect(
      try Configuration(yaml: smallest, overrides: ["name=\"\(escaped(name))\""]).name == name)
    let longest = String(repeating: "ä", count: 100)
    #expect(try Configuration(yaml: smallest, overrides: ["name=\(longest)"]).name == longest)
  }

  private func escaped(_ text: String) -> String { text.replacing("\\", with: "\\\\") }

  @Test("without one it is the file's, where that can be a folder's")
  func fileNames() throws {
    let names = [
      "run.yaml": "run", "/x/y/run.yaml": "run", "run": "run", "v1.2.yaml": "v1.2",
      ".yaml": ".yaml", "/x/..yaml": "experiment", "...yaml": "experiment",
      "/x/\u{1}.yaml": "experiment",
      "/x/\(String(repeating: "a", count: 240)).yaml": "experiment",
    ]
    for (path, name) in names {
      #expect(try Configuration(yaml: smallest, path: path).name == name, "\(path)")
    }
  }

  @Test("a configuration made in code has the same rule")
  func madeInCode() {
    let configuration = Configuration(
      name: "../x", data: .reber(.init(samples: .init(1))), training: .init(epochs: 1))
    #expect(throws: ConfigurationError.self) { try configuration.check() }
  }
}
