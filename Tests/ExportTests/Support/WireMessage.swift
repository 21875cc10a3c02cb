/// A protobuf message taken apart by its wire format alone: the fields by their numbers.
struct WireMessage {
  private(set) var numbers: [Int: [Int]] = [:]
  private(set) var bytes: [Int: [ArraySlice<UInt8>]] = [:]

  struct Malformed: Error {}

  init(_ message: ArraySlice<UInt8>) throws {
    var rest = message
    while !rest.isEmpty {
      let tag = try Self.number(&rest)
      switch tag & 7 {
      case 0: numbers[tag >> 3, default: []].append(try Self.number(&rest))
      case 2:
        let count = try Self.number(&rest)
        guard count <= rest.count else { throw Malformed() }
        bytes[tag >> 3, default: []].append(rest.prefix(count))
        rest = rest.dropFirst(count)
      default: throw Malformed()
      }
    }
  }

  func messages(_ field: Int) throws -> [WireMessage] {
    try (bytes[field] ?? []).map { try WireMessage($0) }
  }

  func texts(_ field: Int) -> [String] {
    (bytes[field] ?? []).map { String(decoding: $0, as: UTF8.self) }
  }

  func text(_ field: Int) -> String { texts(field).first ?? "" }

  /// A repeated field, packed or not.
  func integers(_ field: Int) throws -> [Int] {
    var result = numbers[field] ?? []
    for packed in bytes[field] ?? [] {
      var rest = packed
      while !rest.isEmpty { result.append(try Self.number(&rest)) }
    }
    return result
  }

  private static func number(_ rest: inout ArraySlice<UInt8>) throws -> Int {
    var (value, shift) = (UInt64(0), UInt64(0))
    while let byte = rest.popFirst() {
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return Int(truncatingIfNeeded: value) }
      shift += 7
    }
    throw Malformed()
  }
}
