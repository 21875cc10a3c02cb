import Foundation

/// All numbers of a safetensors file in the order of their names, read without our own reader.
func weights(_ path: String) throws -> [Float] {
  let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  let headerLength = bytes.prefix(8).enumerated().reduce(0) { $0 | Int($1.1) << (8 * $1.0) }
  let header = try Unfold.json(String(decoding: bytes[8..<8 + headerLength], as: UTF8.self))
  var numbers: [Float] = []
  for name in header.keys.sorted() where name != "__metadata__" {
    guard let tensor = header[name] as? [String: Any], let range = tensor["data_offsets"] as? [Int]
    else { throw Unfold.NotJSON(text: name) }
    for offset in stride(from: range[0], to: range[1], by: 4) {
      let start = 8 + headerLength + offset
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) }
      numbers.append(Float(bitPattern: bits))
    }
  }
  return numbers
}

/// The largest difference between two lists of the same length.
func largestDifference(_ left: [Float], _ right: [Float]) -> Float {
  precondition(left.count == right.count, "\(left.count) and \(right.count) numbers")
  return zip(left, right).map { abs($0 - $1) }.max() ?? 0
}
