import Foundation

/// An event as a reader finds it that shares nothing with the code that writes them.
package struct ReadEvent: Sendable {
  /// A value of a summary.
  package struct Value: Sendable {
    package var tag = ""
    package var scalar: Float?
    package var text: String?
    /// Width, height and the file.
    package var picture: (width: Int, height: Int, bytes: [UInt8])?
    package var plugin: String?
    /// What is said to the plugin.
    package var content: [UInt8] = []
  }

  package var time = 0.0
  package var step = 0
  package var version: String?
  package var restarts = false
  package var values: [Value] = []

  /// What is wrong with a file.
  package struct Damage: Error { package let problem: String }

  /// The events of a file, all of whose records must be whole.
  package static func all(in path: String) throws -> [ReadEvent] {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    var events: [ReadEvent] = []
    var position = 0
    func take(_ count: Int) throws -> [UInt8] {
      guard position + count <= bytes.count else { throw Damage(problem: "ends within a record") }
      defer { position += count }
      return Array(bytes[position..<position + count])
    }
    while position < bytes.count {
      let length = try take(8)
      try check(length, try take(4))
      let message = try take(Int(number(length)))
      try check(message, try take(4))
      events.append(try ReadEvent(message))
    }
    return events
  }

  /// The events of a run's folder in the order in which TensorBoard reads them, without those that a later
  /// session has made anew.
  package static func valid(in folder: String) throws -> [ReadEvent] {
    var events: [ReadEvent] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    where name.contains("tfevents") {
      for event in try all(in: "\(folder)/\(name)") {
        if event.restarts { events.removeAll { $0.step >= event.step } }
        events.append(event)
      }
    }
    return events
  }

  // MARK: Checksums

  private static func check(_ bytes: [UInt8], _ stored: [UInt8]) throws {
    // Bit by bit, by the polynomial 0x1EDC6F41 as it stands in the standard.
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      for bit in 0..<8 {
        let isSet = (crc >> 31 ^ UInt32(byte >> UInt8(bit))) & 1 == 1
        crc = crc << 1 ^ (isSet ? 0x1EDC_6F41 : 0)
      }
    }
    var reflected: UInt32 = 0
    for bit in 0..<32 where crc >> UInt32(bit) & 1 == 1 { reflected |= 1 << UInt32(31 - bit) }
    let value = ~reflected
    let masked = (value >> 15 | value << 17) &+ 0xA282_EAD8
    guard UInt64(masked) == number(stored) else { throw Damage(problem: "a checksum is wrong") }
  }

  private static func number(_ bytes: some Collection<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  // MARK: Messages

  fileprivate enum Field {
    case number(UInt64)
    case bytes([UInt8])

    var integer: Int { if case .number(let value) = self { Int(value) } else { 0 } }
    var bits: UInt64 { if case .number(let value) = self { value } else { 0 } }
    var content: [UInt8] { if case .bytes(let bytes) = self { bytes } else { [] } }
    var text: String { String(decoding: content, as: UTF8.self) }
  }

  fileprivate static func fields(_ bytes: [UInt8]) throws -> [(key: Int, value: Field)] {
    var found: [(key: Int, value: Field)] = []
    var rest = bytes[...]
    func variable() throws -> UInt64 {
      var (value, shift): (UInt64, UInt64) = (0, 0)
      while let byte = rest.popFirst() {
        value |= UInt64(byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 { return value }
      }
      throw Damage(problem: "a number has no end")
    }
    func take(_ count: Int) throws -> [UInt8] {
      guard count <= rest.count else { throw Damage(problem: "a field is longer than its message") }
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    while !rest.isEmpty {
      let head = try variable()
      let value: Field
      switch head & 7 {
      case 0: value = .number(try variable())
      case 1: value = .number(number(try take(8)))
      case 2: value = .bytes(try take(Int(try variable())))
      case 5: value = .number(number(try take(4)))
      default: throw Damage(problem: "field \(head >> 3) has no known form")
      }
      found.append((Int(head >> 3), value))
    }
    return found
  }

  private init(_ message: [UInt8]) throws {
    for (key, value) in try Self.fields(message) {
      switch key {
      case 1: time = Double(bitPattern: value.bits)
      case 2: step = value.integer
      case 3: version = value.text
      case 5:
        for (_, value) in try Self.fields(value.content) { values.append(try Value(value.content)) }
      case 7: restarts = try Self.fields(value.content).first?.value.integer == 1
      default: throw Damage(problem: "an event has field \(key)")
      }
    }
  }
}

extension ReadEvent.Value {
  fileprivate init(_ message: [UInt8]) throws {
    for (key, value) in try ReadEvent.fields(message) {
      switch key {
      case 1: tag = value.text
      case 2: scalar = Float(bitPattern: UInt32(value.bits))
      case 4:
        let image = try ReadEvent.fields(value.content)
        func field(_ key: Int) -> ReadEvent.Field? { image.first { $0.key == key }?.value }
        picture = (field(2)?.integer ?? 0, field(1)?.integer ?? 0, field(4)?.content ?? [])
      case 8: text = try ReadEvent.fields(value.content).first { $0.key == 8 }?.value.text
      case 9:
        let metadata = try ReadEvent.fields(value.content).first { $0.key == 1 }
        for (key, value) in try ReadEvent.fields(metadata?.value.content ?? []) {
          if key == 1 { plugin = value.text } else { content = value.content }
        }
      default: throw ReadEvent.Damage(problem: "a value has field \(key)")
      }
    }
  }
}
