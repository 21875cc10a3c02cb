import Checkpoints
import Foundation
import Testing

@Suite("Safetensors files")
struct SafetensorsTests {
  private func view(
    _ name: String, _ type: ElementType, _ shape: [Int], _ bytes: UnsafeRawBufferPointer
  ) -> TensorView {
    TensorView(name: name, type: type, shape: shape, bytes: bytes)
  }

  @Test("what is written is read back, in the layout of the reference implementation")
  func roundTrip() throws {
    try withFolder { folder in
      let path = "\(folder)/a.safetensors"
      let floats: [Float] = [1.5, -2, .infinity, 0, 5, 6]
      let integers: [Int64] = [-1, 1 << 40]
      let flags: [UInt8] = [1, 0, 1]
      try floats.withUnsafeBytes { f in
        try integers.withUnsafeBytes { i in
          try flags.withUnsafeBytes { u in
            try SafetensorsFile.write(
              [
                view("flags", .uint8, [3], u), view("weights \"ä\"\t", .float32, [2, 3], f),
                view("counts", .int64, [2], i),
                view("scalar", .float32, [], .init(rebasing: f[..<4])),
                view("empty", .float32, [0, 7], .init(start: nil, count: 0)),
              ], metadata: ["format": "pt", "b\\": "\t"], to: path)
          }
        }
      }
      let file = try SafetensorsFile(path: path)
      #expect(file.metadata == ["format": "pt", "b\\": "\t"])
      // Falling element size keeps every element aligned.
      #expect(
        Set(file.tensors.map(\.name)) == ["counts", "weights \"ä\"\t", "scalar", "empty", "flags"])
      for tensor in file.tensors {
        #expect(tensor.byteRange.lowerBound % tensor.type.byteCount == 0)
      }
      #expect(try file.floats("weights \"ä\"\t") == floats)
      #expect(try file.floats("scalar") == [1.5])
      #expect(try file.floats("empty") == [])
      #expect(try file.elements("counts", as: .int64, of: Int64.self, shape: [2]) == integers)
      #expect(try file.elements("flags", as: .uint8, of: UInt8.self) == flags)
      let all = try bytes(path)
      #expect(all[..<8].reversed().reduce(0) { $0 << 8 + Int($1) } % 8 == 0)
    }
  }

  @Test("a file made by hand, byte by byte")
  func fixedBytes() throws {
    try withFolder { folder in
      let json = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"
      let padded = json + String(repeating: " ", count: (8 - json.utf8.count % 8) % 8)
      let expected =
        [UInt8(padded.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(padded.utf8)
        + [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]
      let path = "\(folder)/a.safetensors"
      let values: [Float] = [1, -2]
      try values.withUnsafeBufferPointer {
        try SafetensorsFile.write([TensorView(name: "a", shape: [2], floats: $0)], to: path)
      }
      #expect(try bytes(path) == expected)
    }
  }

  @Test("half, brain and double precision are read as single")
  func conversions() throws {
    try withFolder { folder in
      let halves: [UInt16] = [0x3C00, 0xC000, 0x0001, 0x7BFF, 0xFC00, 0x8000, 0x3555]
      let brains: [UInt16] = [0x3F80, 0xC000, 0x7F80]
      let doubles: [Double] = [0.1, -1e300, 3]
      let path = "\(folder)/a.safetensors"
      try halves.withUnsafeBytes { h in
        try brains.withUnsafeBytes { b in
          try doubles.withUnsafeBytes { d in
            try SafetensorsFile.write(
              [
                view("h", .float16, [7], h), view("b", .bfloat16, [3], b),
                view("d", .float64, [3], d),
              ], to: path)
          }
        }
      }
      let file = try SafetensorsFile(path: path)
      #expect(
        try file.floats("h") == [1, -2, 0x1p-24, 65504, -.infinity, -0.0, 0.333251953125])
      #expect(try file.floats("b") == [1, -2, .infinity])
      #expect(try file.floats("d") == [0.1, -.infinity, 3])
    }
  }

  @Test("reading into a buffer checks name, shape and type")
  func readingChecks() throws {
    try withFolder { folder in
      let path = "\(folder)/a.safetensors"
      let values: [Float] = [1, 2, 3, 4]
      let count: [Int32] = [3]
      try values.withUnsafeBufferPointer { floats in
        try count.withUnsafeBytes { integers in
          try SafetensorsFile.write(
            [
              TensorView(name: "w", shape: [2, 2], floats: floats),
              view("n", .int32, [1], integers),
            ], to: path)
        }
      }
      let file = try SafetensorsFile(path: path)
      var destination = [Float](repeating: 0, count: 4)
      func line(_ name: String, _ shape: [Int]) -> String? {
        destination.withUnsafeMutableBufferPointer { buffer in
          failure { () throws(CheckpointError) in try file.read(name, shape: shape, into: buffer) }
        }
      }
      #expect(line("w", [2, 2]) == nil)
      #expect(destination == values)
      #expect(try #require(line("w", [4])).contains("tensor w has shape [2, 2], expected [4]"))
      #expect(line("v", [4]) == "\(path): has no tensor v")
      #expect(throws: CheckpointError.self) { try file.floats("n") }
      #expect(throws: CheckpointError.self) { try file.elements("n", as: .float32, of: Float.self) }
    }
  }
}
