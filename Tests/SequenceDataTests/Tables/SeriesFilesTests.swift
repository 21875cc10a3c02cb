import Foundation
import SequenceData
import TestSupport
import Testing

/// Lists of files.
struct SeriesFilesTests {
  private let folder: TestFolder

  init() throws {
    folder = try TestFolder()
    for name in ["b.csv", "a.csv", ".hidden.csv", "c.txt"] { _ = try folder.write("1\n", to: name) }
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/d.csv", withIntermediateDirectories: true)
  }

  private func found(_ paths: String...) throws -> [String] {
    try SeriesFiles.expand(paths.map { "\(folder.path)/\($0)" })
      .map { String($0.description.dropFirst(folder.path.count + 1)) }
  }

  @Test func filesFoldersAndPatterns() throws {
    #expect(try found("b.csv", "a.csv") == ["b.csv", "a.csv"])
    #expect(try found("") == ["a.csv", "b.csv", "c.txt"])
    #expect(try found("*.csv") == ["a.csv", "b.csv"])
    #expect(try found("[bc].*", "a.csv") == ["b.csv", "c.txt", "a.csv"])
  }

  @Test func rowsOfFiles() throws {
    #expect(try found("a.csv[5:10]", "b.csv[:3]") == ["a.csv[5:10]", "b.csv[:3]"])
    #expect(try found("*.csv[7:]") == ["a.csv[7:]", "b.csv[7:]"])
    let source = SeriesSource(path: "a", from: 5, to: 10)
    #expect(try source.rows(of: 10) == 5..<10)
    #expect(try SeriesSource(path: "a", from: 2).rows(of: 4) == 2..<4)
    #expect(try SeriesSource(path: "a").rows(of: 4) == 0..<4)
    for rows in [9, 0] {
      let told = failure { _ = try source.rows(of: rows) }?.description
      #expect(told?.contains("a[5:10]: the file has \(rows) rows") == true)
    }
    #expect(failure { _ = try SeriesSource(path: "a", from: 3, to: 3).rows(of: 9) } != nil)
  }

  @Test func aFileOfThisNameWins() throws {
    _ = try folder.write("1\n", to: "e[1:2]")
    #expect(try found("e[1:2]") == ["e[1:2]"])
    #expect(try SeriesFiles.expand(["\(folder.path)/e[1:2]"])[0].from == nil)
  }

  @Test func nothingThere() throws {
    let pattern = failure { _ = try found("*.wav") }?.description
    #expect(pattern?.contains("no file matches \(folder.path)/*.wav") == true)
    #expect(failure { _ = try found("d.csv") }?.description.contains("no file matches") == true)
    #expect(failure { _ = try found("x.csv") } == .missingFile(path: "\(folder.path)/x.csv"))
  }
}
