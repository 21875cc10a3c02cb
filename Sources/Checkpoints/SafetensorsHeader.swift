/// The header of a safetensors file: the length of a JSON text as eight little-endian bytes, then
/// that text, which names every tensor's type, shape and place in the data that follows.
///
/// Source: https://huggingface.co/docs/safetensors, section "Format".
struct SafetensorsHeader: Equatable {
  /// The tensors in the order of their data.
  let tensors: [TensorDescription]
  /// Free text, key by key.
  let metadata: [String: String]

  /// The format's own limit on the JSON text, in bytes.
  static let lengthLimit = 100_000_000

  /// The longest name of a tensor, in bytes: messages show it.
  private static let nameLimit = 512

  /// The JSON key under which metadata stands.
  private static let metadataKey = "__metadata__"

  /// Parses the JSON text and checks it against the data that follows it.
  ///
  /// - Parameters:
  ///   - json: The JSON text.
  ///   - dataByteCount: The number of bytes after it, all of which must belong to one tensor each.
  ///   - path: The file, for messages.
  /// - Throws: `CheckpointError` for bad JSON, an unknown type, a name given twice, a shape that
  ///   does not match its bytes, overlaps, holes, and tensors that reach beyond the file.
  init(json: [UInt8], dataByteCount: Int, path: String) throws(CheckpointError) {
    var parser = Parser(cursor: JSONCursor(json))
    do {
      try parser.parse()
    } catch {
      throw CheckpointError(
        path: path, problem: "bad safetensors header at byte \(8 + error.offset): \(error.problem)")
    }
    tensors = parser.tensors.sorted {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound)
        < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
    }
    metadata = parser.metadata
    try Self.check(tensors, dataByteCount: dataByteCount, path: path)
  }

  /// The header of tensors that are written one after the other.
  init(tensors views: [TensorView], metadata: [String: String]) {
    var offset = 0
    tensors = views.map { view in
      defer { offset += view.bytes.count }
      return TensorDescription(
        name: view.name, type: view.type, shape: view.shape,
        byteRange: offset..<offset + view.bytes.count)
    }
    self.metadata = metadata
  }

  private static func check(
    _ tensors: [TensorDescription], dataByteCount: Int, path: String
  ) throws(CheckpointError) {
    var end = 0
    for tensor in tensors {
      func failure(_ problem: String) -> CheckpointError {
        CheckpointError(path: path, problem: "tensor \(tensor.name) \(problem)")
      }
      guard let expected = byteCount(tensor.shape, of: tensor.type) else {
        throw failure("has shape \(tensor.shape), whose size overflows")
      }
      guard expected == tensor.byteRange.count else {
        throw failure(
          "of type \(tensor.type.rawValue) and shape \(tensor.shape) needs \(expected) bytes, "
            + "but data_offsets span \(tensor.byteRange.count)")
      }
      guard tensor.byteRange.lowerBound == end else {
        throw failure(
          "starts at byte \(tensor.byteRange.lowerBound) of the data, expected \(end): "
            + (tensor.byteRange.lowerBound < end ? "tensors overlap" : "there is a hole"))
      }
      end = tensor.byteRange.upperBound
    }
    guard end == dataByteCount else {
      throw CheckpointError(
        path: path,
        problem: "the tensors need \(end) bytes of data, the file has \(dataByteCount): "
          + (end > dataByteCount ? "it is cut short" : "bytes are left over"))
    }
  }

  private static func byteCount(_ shape: [Int], of type: ElementType) -> Int? {
    var count = type.byteCount
    for size in shape {
      let (product, overflows) = count.multipliedReportingOverflow(by: size)
      guard !overflows else { return nil }
      count = product
    }
    return count
  }
}

extension SafetensorsHeader {
  /// The eight length bytes and the JSON text, padded with spaces so that the data starts at a
  /// multiple of eight bytes, as the reference implementation has it.
  var encoded: [UInt8] {
    var entries = tensors.map { tensor in
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      return
        "\(Self.quoted(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
        + "\"data_offsets\":[\(tensor.byteRange.lowerBound),\(tensor.byteRange.upperBound)]}"
    }
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map {
        "\(Self.quoted($0.key)):\(Self.quoted($0.value))"
      }
      entries.insert("\"\(Self.metadataKey)\":{\(pairs.joined(separator: ","))}", at: 0)
    }
    var json = Array("{\(entries.joined(separator: ","))}".utf8)
    json += Array(repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
    return (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{00}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension SafetensorsHeader {
  /// Collects tensors and metadata from the JSON text.
  private struct Parser {
    var cursor: JSONCursor
    var tensors: [TensorDescription] = []
    var metadata: [String: String] = [:]
    private var names: Set<String> = []

    init(cursor: JSONCursor) {
      self.cursor = cursor
    }

    mutating func parse() throws(JSONCursor.Failure) {
      var cursor = cursor
      try cursor.object { (cursor, name) throws(JSONCursor.Failure) in
        guard name.utf8.count <= nameLimit, !name.contains(where: \.isNewline) else {
          throw cursor.failure("a name must be one line of at most \(nameLimit) bytes")
        }
        guard names.insert(name).inserted else {
          throw cursor.failure("the name \(name) is given twice")
        }
        if name == metadataKey {
          try parseMetadata(&cursor)
        } else {
          tensors.append(try parseTensor(&cursor, name: name))
        }
      }
      guard cursor.isAtEnd() else { throw cursor.failure("text after the header's object") }
    }

    private mutating func parseMetadata(_ cursor: inout JSONCursor) throws(JSONCursor.Failure) {
      try cursor.object { (cursor, key) throws(JSONCursor.Failure) in
        guard metadata.updateValue(try cursor.string(), forKey: key) == nil else {
          throw cursor.failure("the metadata key \(key) is given twice")
        }
      }
    }

    private func parseTensor(
      _ cursor: inout JSONCursor, name: String
    ) throws(JSONCursor.Failure) -> TensorDescription {
      var typeName: String?
      var shape: [Int]?
      var offsets: [Int]?
      try cursor.object { (cursor, key) throws(JSONCursor.Failure) in
        switch key {
        case "dtype" where typeName == nil: typeName = try cursor.string()
        case "shape" where shape == nil: shape = try cursor.integers()
        case "data_offsets" where offsets == nil: offsets = try cursor.integers()
        default: throw cursor.failure("tensor \(name): unexpected key \(key)")
        }
      }
      guard let typeName, let shape, let offsets else {
        throw cursor.failure("tensor \(name): needs dtype, shape and data_offsets")
      }
      guard let type = ElementType(rawValue: typeName) else {
        throw cursor.failure("tensor \(name): unknown dtype \(typeName)")
      }
      guard offsets.count == 2, offsets[0] <= offsets[1] else {
        throw cursor.failure("tensor \(name): data_offsets must be [start, end], got \(offsets)")
      }
      return TensorDescription(
        name: name, type: type, shape: shape, byteRange: offsets[0]..<offsets[1])
    }
  }
}
