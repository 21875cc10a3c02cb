import Foundation
import SequenceData
import TestSupport
import Testing

/// NumPy's arrays and sets of them.
struct ArrayTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  @Test(arguments: [
    "little-f4", "little-f8", "big-f4", "big-f8", "byte-i1", "little-i2", "little-i4", "little-i8",
    "big-i2", "big-i4", "big-i8", "byte-u1", "little-u2", "little-u4", "little-u8", "big-u2",
    "big-u4", "big-u8", "byte-b1",
  ])
  func typesAreReadExactly(name: String) throws {
    let kind = try #require(name.split(separator: "-").last?.first)
    let table = try TableContent(MadeTables.path("\(name).npy"))
    #expect(table.rows == MadeTables.matrix(3, kind))
    #expect(table.names == nil && table.sampleRate == nil)
  }

  @Test func ordersAndVersionsAndShapes() throws {
    #expect(try TableContent(MadeTables.path("fortran.npy")).rows == MadeTables.matrix(3, "f"))
    #expect(try TableContent(MadeTables.path("version-2.npy")).rows == MadeTables.matrix(3, "i"))
    #expect(try TableContent(MadeTables.path("version-3.npy")).rows == MadeTables.matrix(3, "i"))
    #expect(try TableContent(MadeTables.path("vector.npy")).rows == MadeTables.matrix(1, "f"))
  }

  @Test(arguments: ["little-f4.npy", "fortran.npy"])
  func columnsAreChosen(name: String) throws {
    let table = try TableContent(MadeTables.path(name), numbers: [2, 0, 2], label: 1)
    let expected = MadeTables.matrix(3, "f")
    #expect(table.rows == expected.map { [$0[2], $0[0], $0[2]] })
    #expect(table.labels == expected.map { "\($0[1])" })
  }

  @Test(arguments: ["stored.npz", "deflated.npz"])
  func setsHaveNames(name: String) throws {
    let names = ["u", "x_1", "x_2", "order_1", "order_2", "order_3", "unit", "rate", "short"]
    let table = try TableContent(MadeTables.path(name), numbers: [5, 0, 2, 3], label: 6)
    #expect(table.names == names)
    let (u, x, order) = (
      MadeTables.matrix(1, "f"), MadeTables.matrix(2, "f"), MadeTables.matrix(3, "i")
    )
    for row in 0..<MadeTables.rows {
      let expected: [Double] = [order[row][2], u[row][0], x[row][1], order[row][0]]
      #expect(table.rows[row] == expected)
      #expect(table.labels[row] == "\(row / 10)")
    }
    #expect(table.rows.count == MadeTables.rows)
    // What has another length or no rows can be told apart by name only.
    let lengths = failure { _ = try TableContent(MadeTables.path(name), numbers: [0, 8]) }
    #expect(lengths?.description.contains("\"u\" has 40 time steps, the array \"short\" 5") == true)
    let rate = failure { _ = try TableContent(MadeTables.path(name), numbers: [7]) }
    #expect(rate?.description.contains("the array \"rate\" has the shape ()") == true)
  }

  @Test func largeSetsAreRead() throws {
    let table = try TableContent(MadeTables.path("large.npz"))
    let (u, x) = (MadeTables.matrix(1, "f"), MadeTables.matrix(2, "f"))
    #expect(table.names == ["u", "x_1", "x_2"])
    #expect(table.rows == zip(u, x).map { $0 + $1 })
  }

  /// An array with this header.
  private func array(_ header: String, _ content: [UInt8], version: UInt8 = 1) -> [UInt8] {
    var bytes = Bytes()
    bytes.add([0x93])
    bytes.add("NUMPY")
    bytes.add([version, 0])
    if version == 1 {
      bytes.add(UInt16(header.utf8.count))
    } else {
      bytes.add(UInt32(header.utf8.count))
    }
    bytes.add(header)
    bytes.add(content)
    return bytes.all
  }

  private func header(_ type: String, _ shape: String) -> String {
    "{'descr': \(type), 'fortran_order': False, 'shape': \(shape), }\n"
  }

  @Test func missingAndInfiniteNumbers() throws {
    var content = Bytes()
    for number: Float in [1, .nan, -2, .infinity] { content.add(number.bitPattern) }
    let bytes = array(header("'<f4'", "(2, 2)"), content.all)
    let path = try folder.write(bytes, to: "a.npy")
    #expect(try TableContent(path, numbers: [0]).rows == [[1], [-2]])
    let infinite = failure { _ = try TableContent(path) }
    #expect(infinite == .infiniteNumber(path: path, row: 2, column: 2))
    // What stands in a column that is not chosen does not matter.
    content = Bytes()
    for number: Float in [1, .nan] { content.add(number.bitPattern) }
    let missing = try folder.write(array(header("'<f4'", "(1, 2)"), content.all), to: "b.npy")
    #expect(try TableContent(missing).text == ["[1.0, nan]"])
  }

  @Test(arguments: [
    ("'<f4'", "(2, 2)", 15, "but has 15 bytes"), ("'<f4'", "(2, 2)", 17, "but has 17 bytes"),
    ("'<f4'", "(4611686018427387904, 8)", 0, "but has 0 bytes"),
    ("'<f4'", "(99999999999999999999,)", 0, "a shape that cannot be read"),
    ("'<f4'", "(-1,)", 0, "a shape that cannot be read"),
    ("'<f4'", "(0, 70000)", 0, "65536 columns"),
    ("'<f4'", "()", 4, "has the shape ()"), ("'<f4'", "(1, 1, 1)", 4, "has the shape (1, 1, 1)"),
    ("'|O'", "(1,)", 8, "of the type \"|O\""), ("'<c8'", "(1,)", 8, "of the type \"<c8\""),
    ("[('a', '<f4')]", "(1,)", 4, "a record of several"),
    ("'<f4'", "1", 4, "a header that cannot be read"),
  ])
  func lyingHeaders(type: String, shape: String, bytes: Int, words: String) throws {
    let content = [UInt8](repeating: 0, count: bytes)
    let path = try folder.write(array(header(type, shape), content), to: "a.npy")
    let told = failure { _ = try TableContent(path) }
    #expect(told?.description.contains(words) == true, "\(String(describing: told))")
    #expect(told?.description.hasPrefix("\(path): ") == true)
  }

  @Test func brokenHeaders() throws {
    let whole = array(header("'<f4'", "(1,)"), [0, 0, 0, 0])
    // Shorter ones could be text.
    for count in 6..<whole.count {
      let path = try folder.write(Array(whole[..<count]), to: "a.npy")
      let told = failure { _ = try TableContent(path) }
      #expect(told?.description.contains("a.npy: ") == true, "\(count)")
    }
    var long = Array(whole[..<8])
    long[6] = 2
    let path = try folder.write(long + [0xFF, 0xFF, 0xFF, 0x7F], to: "a.npy")
    let told = failure { _ = try TableContent(path) }
    #expect(told?.description.contains("a header of 2147483647 bytes") == true)
    long[6] = 9
    let version = failure { _ = try TableContent(try folder.write(long, to: "a.npy")) }
    #expect(version?.description.contains("of version 9") == true)
  }

  @Test(arguments: ["stored.npz", "deflated.npz", "large.npz"])
  func brokenSets(name: String) throws {
    let whole = try MadeTables.bytes(name)
    for count in stride(from: 4, to: whole.count, by: 37) {
      let path = try folder.write(Array(whole[..<count]), to: "a.npz")
      #expect(failure { _ = try TableContent(path) } != nil, "\(count)")
    }
  }

  @Test(arguments: ["stored.npz", "deflated.npz"])
  func damagedNumbersAreFound(name: String) throws {
    var bytes = try MadeTables.bytes(name)
    // In the numbers of the first array.
    bytes[name == "stored.npz" ? 250 : 190] ^= 0x10
    let path = try folder.write(bytes, to: "a.npz")
    let told = failure { _ = try TableContent(path, numbers: [0]) }
    #expect(told?.description.contains("the array \"u\"") == true, "\(String(describing: told))")
  }

  @Test func otherZIPFiles() throws {
    var end = Bytes()
    end.add([0x50, 0x4B, 5, 6])
    end.add([UInt8](repeating: 0, count: 18))
    let empty = failure { _ = try TableContent(try folder.write(end.all, to: "a.xlsx")) }
    #expect(empty?.description.contains("a ZIP file without arrays of NumPy") == true)
  }
}
