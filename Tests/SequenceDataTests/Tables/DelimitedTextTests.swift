import Foundation
import SequenceData
import TestSupport
import Testing

/// Tables as text.
struct DelimitedTextTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private func read(
    _ text: String, numbers: [Int]? = nil, label: Int? = nil
  ) throws -> TableContent {
    try TableContent(try folder.write(text, to: "a"), numbers: numbers, label: label)
  }

  @Test(arguments: [
    "u,y\n1,-2\n3,4.5\n", "u;y\r\n1;-2\r\n3;4.5", "u\ty\n\n1\t-2\n 3 \t4.5\n", "u y\n1 -2\n3 4.5\n",
    "  u   y  \n  1.0  -2.0\n\t3 4.5 \n", "\"u\" y\n1 \"-2\"\n3 4.5\n", "u,y,\n1,-2,\n3,4.5,\n",
    ",u,y\n0,1,-2\n1,3,4.5\n", "\u{FEFF}u,y\n1,-2\n3,4.5\n",
  ])
  func separators(text: String) throws {
    let table = try read(text)
    #expect(table.names == ["u", "y"])
    #expect(table.rows == [[1, -2], [3, 4.5]])
  }

  @Test func withoutNames() throws {
    #expect(try read("1 2\n3 4\n").rows == [[1, 2], [3, 4]])
    #expect(try read("1\n3\n").rows == [[1], [3]])
    #expect(try read("1,2").rows == [[1, 2]])
    #expect(try read("1 2\n3 4\n").names == nil)
    // A name may have blanks where there is one column.
    let named = try read("water temperature\n1\n2\n")
    #expect(named.names == ["water temperature"] && named.rows == [[1], [2]])
    #expect(try read("a,,b\n1,2,3\n").names == ["a", "column_2", "b"])
  }

  @Test func missingNumbers() throws {
    let table = try read("a,b\n,1\nnan,NaN\nNA,n/a\nNULL,2\n")
    #expect(
      table.text == ["[nan, 1.0]", "[nan, nan]", "[nan, nan]", "[nan, 2.0]"])
    // They stand for numbers, so this is no header.
    #expect(try read("NA,nan\n1,2\n").names == nil)
    #expect(try read("1;\n;2\n").text == ["[1.0, nan]", "[nan, 2.0]"])
  }

  @Test func columnsThatAreNotChosenMayHoldAnything() throws {
    let text = #"""
      time,u,unit,y
      2020-01-01 00:00,1,a,inf
      2020-01-02 00:00,2,a,
      "not, a ""time""",3,b,-
      """#
    let table = try read(text, numbers: [1], label: 2)
    #expect(table.rows == [[1], [2], [3]])
    #expect(table.labels == ["a", "a", "b"])
    #expect(try read(text, numbers: [1, 1], label: 0).labels[2] == "not, a \"time\"")
    let bad = failure { _ = try read(text) }
    #expect(bad?.description.contains("a:2: column 1 is \"2020-01-01 00:00\"") == true)
    #expect(bad?.description.contains("data.inputs and data.targets") == true)
  }

  /// The index of pandas counts as a field in messages, not as a column.
  @Test func columnsBesideAnIndex() throws {
    let text = ",u,y\n0,1,2\n1,3,x\n"
    #expect(try read(text, numbers: [0]).rows == [[1], [3]])
    guard case .badNumber(_, 3, 3, "x") = failure({ _ = try read(text, numbers: [1]) }) else {
      Issue.record("no bad number")
      return
    }
  }

  private static let others: [([UInt8], String)] = [
    ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], "is HDF5"),
    (Array("CDF\u{1}\0\0".utf8), "is NetCDF"),
    (Array("PAR1\0".utf8), "is Parquet"), (Array("MATLAB 5.0 MAT-file".utf8), "is MATLAB"),
    ([0x1F, 0x8B, 8, 0], "is gzip"), ([1, 2, 3], "is no table; expected text"),
    ([0x31, 0x2C, 0x32, 0x0A, 0], "is no table"), ([0xFF, 0xFE, 0x31, 0], "text in UTF-16"),
    (Array("RIFF\0\0\0\0AVI ".utf8), "is no table"),
  ]

  @Test(arguments: others)
  func otherFormatsAreNamed(bytes: [UInt8], words: String) throws {
    let path = try folder.write(bytes, to: "a.csv")
    let told = failure { _ = try TableContent(path) }?.description
    #expect(told?.hasPrefix("\(path): ") == true)
    #expect(told?.contains(words) == true, "\(told ?? "")")
  }
}
