import Checkpoints
import Foundation
import Testing

@Suite("Damaged safetensors files give one line, never a crash")
struct DamagedTensorTests {
  /// Opens a file of these bytes and returns the error's line.
  private func line(_ content: [UInt8], in folder: String) throws -> String? {
    let path = "\(folder)/\(UUID().uuidString)"
    try write(content, to: path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return failure { () throws(CheckpointError) in
      for tensor in try SafetensorsFile(path: path).tensors {
        _ = try SafetensorsFile(path: path).withBytes(of: tensor.name) { $0.reduce(0, &+) }
      }
    }
  }

  private func file(_ json: String, data: Int) -> [UInt8] {
    let header = Array(json.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header
      + [UInt8](repeating: 0, count: data)
  }

  private func tensor(
    _ name: String, _ start: Int, _ end: Int, shape: String, type: String = "F32"
  ) -> String {
    "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(start),\(end)]}"
  }

  @Test("truncated at every byte, or with a byte too many")
  func truncation() throws {
    try withFolder { folder in
      let whole = file(
        "{\(tensor("a", 0, 8, shape: "2")),\(tensor("b", 8, 12, shape: "1"))}", data: 12)
      #expect(try line(whole, in: folder) == nil)
      for length in whole.indices {
        let message = try #require(try line(Array(whole[..<length]), in: folder), "at \(length)")
        #expect(message.hasPrefix(folder) && !message.contains("\n"))
      }
      #expect(try #require(try line(whole + [0], in: folder)).contains("bytes are left over"))
    }
  }

  @Test("bad headers say what is wrong")
  func badHeaders() throws {
    try withFolder { folder in
      let a = tensor("a", 0, 8, shape: "2")
      let cases: [(String, String)] = [
        ("", "expected '{'"), ("[]", "expected '{'"), ("{\(a)", "expected '}'"),
        ("{\(a)} x", "text after the header's object"),
        ("{\(a),\(a)}", "the name a is given twice"),
        ("{\(a),\(tensor("b", 4, 12, shape: "2"))}", "tensor b starts at byte 4"),
        ("{\(a),\(tensor("b", 4, 12, shape: "2"))}", "overlap"),
        ("{\(tensor("a", 4, 12, shape: "2"))}", "there is a hole"),
        ("{\(tensor("a", 0, 8, shape: "3"))}", "shape [3] needs 12 bytes, but data_offsets span 8"),
        ("{\(tensor("a", 0, 80, shape: "20"))}", "the file has 8: it is cut short"),
        ("{}", "bytes are left over"), ("{\(tensor("a", 8, 0, shape: "2"))}", "[start, end]"),
        ("{\(tensor("a", 0, 8, shape: "2", type: "F31"))}", "unknown dtype F31"),
        ("{\(tensor("a", 0, 8, shape: "-2"))}", "expected a non-negative integer"),
        ("{\(tensor("a", 0, 8, shape: "4611686018427387904,4"))}", "size overflows"),
        ("{\(tensor("a", 0, 8, shape: "99999999999999999999"))}", "expected a non-negative"),
        ("{\"a\":{\"dtype\":\"F32\"}}", "needs dtype, shape and data_offsets"),
        ("{\"a\":{\"kind\":\"F32\"}}", "unexpected key kind"),
        ("{\"__metadata__\":{\"x\":1}}", "expected '\"'"), ("{\"\\ud800\":1}", "surrogate"),
        ("{\"\\ud800 \\udc00\":1}", "surrogate"), ("{\"\\u-000\":1}", "four hexadecimal digits"),
        ("{\"a\\nb\":1}", "one line"),
        ("{\"\(String(repeating: "a", count: 513))\":1}", "at most 512 bytes"),
      ]
      for (json, expected) in cases {
        let message = try #require(try line(file(json, data: 8), in: folder), "\(json)")
        #expect(message.contains(expected), "\(json): \(message)")
      }
      let huge = [UInt8](repeating: 0xFF, count: 16)
      #expect(
        try #require(try line(huge, in: folder)).contains("gives its header 18446744073709551615"))
    }
  }

  @Test("messages stay short, whatever the file says")
  func longWords() throws {
    try withFolder { folder in
      let long = String(repeating: "x", count: 100_000)
      let whole = file("{\(tensor("a", 0, 8, shape: "2", type: long))}", data: 8)
      let message = try #require(try line(whole, in: folder))
      #expect(message.hasPrefix(folder) && message.hasSuffix("…") && message.count < 2000)
    }
  }

  @Test("things that are no files")
  func noFiles() throws {
    try withFolder { folder in
      let missing = failure { () throws(CheckpointError) in
        _ = try SafetensorsFile(path: "\(folder)/no")
      }
      #expect(missing == "\(folder)/no: cannot open: No such file or directory")
      let isFolder = failure { () throws(CheckpointError) in _ = try SafetensorsFile(path: folder) }
      #expect(isFolder == "\(folder): is not a regular file")
    }
  }
}
