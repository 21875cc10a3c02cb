import Foundation
import SequenceData
import TestSupport
import Testing

/// Constants of sequences.
struct AttributeTableTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private func table(_ text: String, group: String? = nil) throws -> AttributeTable {
    try AttributeTable(path: try folder.write(text, to: "basins.csv"), group: group)
  }

  @Test func rowsAreFoundByName() throws {
    let basins = try table("gauge,area,slope\n01013500,1,2\n01022500,3,4\n")
    #expect(basins.names == ["area", "slope"] && basins.width == 2)
    #expect(try basins.values(of: ["01022500", "01013500"]) == [[3, 4], [1, 2]])
    #expect(try basins.values(of: ["data/01022500.csv"]) == [[3, 4]])
    let grouped = try table("area;unit\n1;7\n2;8\n", group: "unit")
    #expect(try grouped.values(of: ["8"]) == [[2]] && grouped.names == ["area"])
    #expect(try table("area;file\n1;a.csv\n").values(of: ["x/a.csv"]) == [[1]])
    let nameless = try table("a 1 2\nb 3 4\n")
    #expect(nameless.names == ["static_1", "static_2"])
    #expect(try nameless.values(of: ["b"]) == [[3, 4]])
  }

  @Test func rowsThatAreMissing() throws {
    let basins = try table("id,area\n01013500,1\n01022500,3\n")
    let one = failure { _ = try basins.values(of: ["01022500", "data/01013501.csv"]) }?.description
    #expect(one?.contains("no row for the sequence \"01013501\"") == true)
    #expect(one?.contains("the nearest is \"01013500\"") == true)
    let none = failure { _ = try basins.values(of: ["a.csv", "b.csv"]) }?.description
    #expect(none?.contains("called like \"a\", its rows like \"01013500\"") == true)
  }

  @Test func tablesThatCannotServe() throws {
    func told(_ text: String) -> String {
      failure { _ = try table(text) }?.description ?? ""
    }
    #expect(told("id,area\na,1\na,2\n").contains("two rows are called \"a\""))
    #expect(told("id,area\na,1\nb,\n").contains("\"b\" has no number in column \"area\""))
    #expect(told("id,area\na,big\n").contains("column 2 is \"big\""))
    #expect(told("id\na\n").contains("has one column"))
    #expect(told("id,area\n").contains("is empty"))
  }
}
