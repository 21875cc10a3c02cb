import Foundation
import Testing

/// The walls between targets: Package.swift, the sources' imports and the README's table agree.
struct ManifestTests {
  /// The targets of the package itself, with what each depends on of the others.
  private let declared: [String: Set<String>]

  init() throws {
    let manifest = try contents(of: "Package.swift")
    let targets = manifest.matches(
      of:
        #/(?<kind>\.target|\.executableTarget|\.testTarget|\.systemLibrary)\(\s*name: "(?<name>\w+)"(?<rest>[\s\S]*?)(?=\n    \.|\n  \],)/#
    )
    declared = Dictionary(
      uniqueKeysWithValues: targets.map { target in
        let rest = target.rest.replacing(
          #/\.product\([^)]*\)|path: "[^"]*"|pkgConfig: "[^"]*"/#, with: "")
        return (
          String(target.name), Set(rest.matches(of: #/"(\w+)"/#).map { String($0.1) })
        )
      })
  }

  /// What the sources of a target import of the package's own.
  private func imports(of target: String) throws -> Set<String> {
    let folder = ["Sources", "Tests"].map { "\($0)/\(target)" }.first {
      FileManager.default.fileExists(atPath: repository.appendingPathComponent($0).path)
    }
    let root = try #require(folder)
    let path = repository.appendingPathComponent(root).path
    var found: Set<String> = []
    for case let file as String in try #require(FileManager.default.enumerator(atPath: path))
    where file.hasSuffix(".swift") {
      let source = try contents(of: "\(root)/\(file)")
      found.formUnion(
        source.matches(
          of: #/(?m)^(?:@\w+ )*(?:\w+ )?import (?:struct |enum |class |func |protocol )?(\w+)/#
        ).map { String($0.1) })
    }
    return found.intersection(declared.keys)
  }

  @Test func importsAreThoseDeclared() throws {
    #expect(declared.count > 25)
    let written = declared.keys.filter {
      !$0.hasPrefix("C") || $0.hasPrefix("Ch") || $0.hasPrefix("Com")
    }
    for target in written.sorted() where !["AllocationCounter"].contains(target) {
      let dependencies = try #require(declared[target]).intersection(declared.keys)
      // Tests of the command start it.
      let started: Set =
        target == "UnfoldCommandTests" ? ["UnfoldCommand", "RankProbe", "ReaderFuzz"] : []
      #expect(try imports(of: target) == dependencies.subtracting(started), "\(target)")
    }
  }

  @Test func theReadmesTableIsTheManifest() throws {
    let row = #/\| `Sources/(\w+)` \| [^|]* \| ([^|]*)\|/#
    let rows = try contents(of: "README.md").matches(of: row)
    #expect(rows.count == 20)
    for match in rows {
      let imports = match.2.split(separator: ",").map { $0.filter { $0 != " " } }
      let dependencies = try #require(declared[String(match.1)]).intersection(declared.keys)
      #expect(Set(imports.filter { !$0.isEmpty }) == dependencies, "\(match.1)")
    }
  }
}
