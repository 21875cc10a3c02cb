import Foundation
import SequenceData
import TestSupport
import Testing

/// Columns of files, as they are kept.
struct SeriesStorageTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private static let text = """
    time,unit,u,y
    t0,1,0.5,10
    t1,1,1.5,
    t2,2,2.5,30
    t3,1,3.5,40
    """

  private func storage(
    _ text: String = text, columns: [String]? = nil, label: String? = nil
  ) throws -> SeriesStorage {
    let path = try folder.write(text, to: "pump.csv")
    let file = try SeriesStorage.prepare(path, columns: columns, label: label, cache: folder.cache)
    #expect(file.source == path)
    return try SeriesStorage(path: file.cache)
  }

  @Test func columnsAndRuns() throws {
    let found = try storage(columns: ["y", "3"], label: "unit")
    #expect(found.columnNames == ["y", "u"] && found.width == 2 && found.rows == 4)
    let values = found.values.map { "\($0)" }
    #expect(values == ["10.0", "0.5", "nan", "1.5", "30.0", "2.5", "40.0", "3.5"])
    #expect(found.runs.map(\.label) == ["1", "2", "1"])
    #expect(found.runs.map(\.rows) == [0..<2, 2..<3, 3..<4])
    #expect(found.sampleRate == nil)
    let whole = try storage(columns: ["u"])
    #expect(whole.runs.map(\.rows) == [0..<4] && whole.runs[0].label.isEmpty)
    let all = try storage("unit,u\na,1\nb,2\n", label: "unit")
    #expect(all.columnNames == ["u"] && all.runs.count == 2)
  }

  @Test func soundsKeepTheirRate() throws {
    let file = try SeriesStorage.prepare(
      MadeTables.path("pcm-16.wav"), columns: ["channel_2"], cache: folder.cache)
    let found = try SeriesStorage(path: file.cache)
    let values = Array(found.values)
    #expect(found.sampleRate == 44100 && found.columnNames == ["channel_2"])
    #expect(values == MadeTables.matrix(2, "i").map { $0[1] / 128 })
  }

  @Test func theChoiceIsPartOfTheKey() throws {
    let path = try folder.write(Self.text, to: "pump.csv")
    func prepare(_ columns: [String]?, _ label: String?) throws -> PreparedFile {
      try SeriesStorage.prepare(path, columns: columns, label: label, cache: folder.cache)
    }
    let first = try prepare(["u"], nil)
    #expect(!first.wasFound)
    #expect(try prepare(["u"], nil).wasFound)
    let others = [
      try prepare(["u"], "unit"), try prepare(["y"], nil), try prepare(["u", "y"], nil),
    ]
    #expect(others.allSatisfy { !$0.wasFound })
    #expect(Set((others + [first]).map(\.cache)).count == 4)
  }

  @Test func columnsThatAreMissing() throws {
    let name = failure { _ = try storage(columns: ["uu"]) }?.description
    #expect(name?.contains("pump.csv: has no column \"uu\"; did you mean \"u\"?") == true)
    #expect(failure { _ = try storage(columns: ["5"]) } != nil)
    #expect(failure { _ = try storage(columns: ["u"], label: "units") } != nil)
    let nameless = failure { _ = try storage("1,2\n3,4\n", columns: ["u"]) }?.description
    #expect(nameless?.contains("have no names, so give numbers from 1 to 2") == true)
    let lonely = failure { _ = try storage("unit\na\n", label: "unit") }?.description
    #expect(lonely?.contains("no column beside the one that names sequences") == true)
  }

  @Test func namesWinOverNumbers() throws {
    let two = ColumnReference("2")
    #expect(try two.position(among: ["2", "x"], count: 2, of: "a") == 0)
    #expect(try two.position(among: ["y", "x"], count: 2, of: "a") == 1)
    #expect(try two.position(among: nil, count: 2, of: "a") == 1)
  }

  @Test func filesWithoutRows() throws {
    #expect(failure { _ = try storage("u,y\n") }?.description.contains("is empty") == true)
  }
}
