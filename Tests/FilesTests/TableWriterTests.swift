import Files
import Foundation
import Testing

/// Tables as text, arrays and sound, byte for byte.
final class TableWriterTests {
  private let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/unfold-tables-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private let rows: [[Double]] = [[0, 0.1, -1.5], [1, .nan, 1e-7], [2, 3, 1]]

  /// The bytes of a file of `rows`, of which the first column is a place.
  private func write(
    _ name: String, columns: [String] = ["time_step", "y", "z"], sampleRate: Double? = nil
  ) throws -> [UInt8] {
    let path = "\(folder)/\(name)"
    let format = try TableFormat(of: path, sampleRate: sampleRate)
    let writer = try TableWriter(format, to: path, columns: columns, places: 1)
    for row in rows { try writer.write(row) }
    try writer.finish()
    return try TextFile.bytes(of: path)
  }

  private func integer(_ bytes: [UInt8], _ offset: Int, size: Int = 4) -> Int {
    (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
  }

  private func text(_ bytes: [UInt8], _ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  @Test func textHasNamesAndPlacesAsWholeNumbers() throws {
    let bytes = try write("a.csv")
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "time_step,y,z\n0,0.1,-1.5\n1,,1e-07\n2,3.0,1.0\n")
  }

  @Test func namesAreQuotedWhereNeeded() throws {
    let bytes = try write("a.CSV", columns: ["t", "a,b", "say \"x\""])
    #expect(
      String(decoding: bytes, as: UTF8.self).hasPrefix("t,\"a,b\",\"say \"\"x\"\"\"\n"))
  }

  @Test func arraysAreNumPys() throws {
    let bytes = try write("a.npy")
    #expect(Array(bytes[..<8]) == [0x93] + Array("NUMPY".utf8) + [1, 0])
    #expect(integer(bytes, 8, size: 2) == 118 && bytes[127] == UInt8(ascii: "\n"))
    let head = text(bytes, 10..<127).trimmingCharacters(in: .whitespaces)
    #expect(head == "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 3), }")
    #expect(bytes.count == 128 + 9 * 8)
    for (index, value) in rows.joined().enumerated() {
      let bits = UInt64(bitPattern: Int64(integer(bytes, 128 + 8 * index, size: 8)))
      #expect(bits == value.bitPattern, "\(index)")
    }
  }

  @Test func soundHasNoTimeSteps() throws {
    let bytes = try write("a.wav", sampleRate: 44100)
    #expect(text(bytes, 0..<4) == "RIFF" && integer(bytes, 4) == bytes.count - 8)
    #expect(text(bytes, 8..<16) == "WAVEfmt " && integer(bytes, 16) == 18)
    let format = [20, 22, 32, 34, 36].map { integer(bytes, $0, size: 2) }
    #expect(format == [3, 2, 8, 32, 0], "float, channels, bytes and bits, no extension")
    #expect(integer(bytes, 24) == 44100 && integer(bytes, 28) == 8 * 44100)
    #expect(text(bytes, 38..<42) == "fact" && integer(bytes, 46) == 3, "frames")
    #expect(text(bytes, 50..<54) == "data" && integer(bytes, 54) == 3 * 8)
    #expect(bytes.count == 58 + 3 * 8)
    for (index, value) in rows.flatMap({ $0.dropFirst() }).enumerated() {
      let bits = UInt32(integer(bytes, 58 + 4 * index))
      #expect(bits == Float(value).bitPattern, "\(index)")
    }
  }

  @Test func samplesBeyondFullScaleAreCounted() throws {
    for (format, expected) in [(TableFormat.wav(samplesPerSecond: 8000), 2), (TableFormat.npy, 0)] {
      let writer = try TableWriter(
        format, to: "\(folder)/a", columns: ["time_step", "y", "z"], places: 1)
      for row in rows { try writer.write(row) }
      #expect(writer.clippedValues == expected, "-1.5 and 3 of sound")
    }
  }

  @Test func manyRowsAreWhole() throws {
    let path = "\(folder)/a.npy"
    let writer = try TableWriter(.npy, to: path, columns: ["x"])
    for row in 0..<20_000 { try writer.write([Double(row)]) }
    try writer.finish()
    let bytes = try TextFile.bytes(of: path)
    #expect(bytes.count == 128 + 160_000 && text(bytes, 10..<127).contains("(20000, 1)"))
    let last = UInt64(bitPattern: Int64(integer(bytes, 128 + 8 * 19_999, size: 8)))
    #expect(Double(bitPattern: last) == 19_999)
  }

  @Test func anEarlierFileStaysUntilTheNewOneIsWhole() throws {
    let path = "\(folder)/a.csv"
    try TextFile.write("earlier", to: path)
    var writer: TableWriter? = try TableWriter(.csv, to: path, columns: ["x"])
    for _ in 0..<40_000 { try writer?.write([1]) }
    writer = nil
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.csv"])
    #expect(try TextFile.bytes(of: path) == Array("earlier".utf8))
    let whole = try TableWriter(.csv, to: path, columns: ["x"])
    try whole.finish()
    #expect(try TextFile.bytes(of: path) == Array("x\n".utf8))
  }

  @Test func aFullDiskIsToldByTheFilesNameAndLeavesNothing() throws {
    let path = "\(folder)/a.npy"
    let full = FileSystem { operation in
      if case .write = operation { ENOSPC } else { nil }
    }
    var writer: TableWriter? = try TableWriter(.npy, to: path, columns: ["x"], system: full)
    let error = #expect(throws: FileError.self) { try writer?.finish() }
    writer = nil
    #expect(error?.description == "\(path): cannot write: No space left on device; free some space")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test(arguments: ["a.npz", "a", "a.csv/b", "wav", "a.txt"])
  func otherNamesAreRefused(name: String) {
    let error = #expect(throws: TableError.self) { try TableFormat(of: name) }
    #expect(
      error?.description
        == "\(name): cannot tell the format; give a name that ends in .csv, .npy or .wav")
  }

  @Test func formatsFollowNames() throws {
    #expect(try TableFormat(of: nil) == .csv)
    #expect(try TableFormat(of: "x/y.tar.NPY") == .npy)
    #expect(try TableFormat(of: "y.wav", sampleRate: 48000) == .wav(samplesPerSecond: 48000))
    #expect(throws: TableError.noSampleRate(path: "y.wav")) { try TableFormat(of: "y.wav") }
    #expect(throws: TableError.self) { try TableFormat(of: "y.wav", sampleRate: .nan) }
    #expect(throws: TableError.self) { try TableFormat(of: "y.wav", sampleRate: 0.2) }
  }
}
