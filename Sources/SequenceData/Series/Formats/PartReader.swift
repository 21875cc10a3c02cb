import CZlib
import Foundation
import Storage

/// Where an array or a WAV file's samples lie in a file.
struct FilePart: Sendable, Equatable {
  /// The first byte.
  let offset: Int
  /// The bytes in the file.
  let count: Int
  /// The bytes that they stand for; the same if they are not deflated.
  let contentCount: Int
  /// Whether they are deflated (RFC 1951).
  var isDeflated = false
  /// The CRC-32 of what they stand for, if the file tells.
  var checksum: UInt32?

  /// Bytes as they are.
  init(offset: Int, count: Int) {
    self.offset = offset
    self.count = count
    contentCount = count
  }

  /// An entry of a ZIP file.
  init(offset: Int, count: Int, contentCount: Int, isDeflated: Bool, checksum: UInt32) {
    self.offset = offset
    self.count = count
    self.contentCount = contentCount
    self.isDeflated = isDeflated
    self.checksum = checksum
  }
}

/// Reads a part of a file from its beginning to its end, inflated if need be, in bounded memory.
final class PartReader {
  private let file: SourceFile
  private let part: FilePart
  /// What the part is called in messages.
  private let name: String
  private let inflater: Inflater?
  private let buffer: Arena<UInt8>
  private var start = 0
  private var end = 0
  /// The bytes of the part that were read from the file.
  private var consumed = 0
  /// The bytes of its content that came into the buffer, or were passed over.
  private var produced = 0
  /// Nil once bytes were passed over unread.
  private var checksum: UInt? = 0

  /// Begins at the part's first byte.
  ///
  /// - Parameters:
  ///   - file: the file that the part is of.
  ///   - part: where it lies.
  ///   - name: what it is called in messages.
  ///   - longest: the most bytes that are taken at once.
  init(_ file: SourceFile, _ part: FilePart, name: String, longest: Int) {
    self.file = file
    self.part = part
    self.name = name
    inflater = part.isDeflated ? Inflater() : nil
    buffer = Arena(count: max(longest, 1 << 15))
  }

  /// The next `count` bytes, valid until the next call.
  ///
  /// - Throws: `badTable` if there are fewer, or if they are damaged.
  func take(_ count: Int) throws(SequenceDataError) -> UnsafeRawPointer {
    precondition(count <= buffer.count, "\(count) bytes at once, expected up to \(buffer.count)")
    if end - start < count { try fill(count) }
    defer { start += count }
    return UnsafeRawPointer(buffer.base + start)
  }

  /// Passes over bytes.
  ///
  /// - Throws: `badTable` if there are fewer, or if they are damaged.
  func skip(_ count: Int) throws(SequenceDataError) {
    var rest = count
    let there = min(rest, end - start)
    start += there
    rest -= there
    if rest > 0, inflater == nil {
      guard rest <= part.contentCount - produced else { throw cutOff }
      (consumed, produced, checksum) = (consumed + rest, produced + rest, nil)
      return
    }
    while rest > 0 {
      (start, end) = (0, 0)
      try fill(1)
      start = min(rest, end)
      rest -= start
    }
  }

  /// Moves what is left to the front and reads behind it until `count` bytes are there.
  private func fill(_ count: Int) throws(SequenceDataError) {
    memmove(buffer.base, buffer.base + start, end - start)
    (start, end) = (0, end - start)
    while end < count {
      let room = min(buffer.count - end, part.contentCount - produced)
      guard room > 0 else { throw cutOff }
      let target = UnsafeMutableRawBufferPointer(start: buffer.base + end, count: room)
      let found =
        if let inflater {
          try inflate(with: inflater, into: target)
        } else {
          try readFile(into: target)
        }
      guard found > 0 else { throw cutOff }
      try check(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(target)[..<found]))
      end += found
    }
  }

  private func inflate(
    with inflater: Inflater, into target: UnsafeMutableRawBufferPointer
  ) throws(SequenceDataError) -> Int {
    while true {
      switch inflater.next(into: target) {
      case .bytes(let count): return count
      case .end: return 0
      case .damaged: throw damaged
      case .needsInput:
        let count = try readFile(into: inflater.input)
        guard count > 0 else { throw cutOff }
        inflater.inputCount = count
      }
    }
  }

  /// Reads on in the file, not beyond the part.
  private func readFile(
    into target: UnsafeMutableRawBufferPointer
  ) throws(SequenceDataError) -> Int {
    let count = min(target.count, part.count - consumed)
    let found = try file.read(
      at: part.offset + consumed, into: UnsafeMutableRawBufferPointer(rebasing: target[..<count]))
    consumed += found
    return found
  }

  /// Counts bytes of the content, and compares the CRC-32 when the last ones are there.
  private func check(_ bytes: UnsafeRawBufferPointer) throws(SequenceDataError) {
    produced += bytes.count
    guard let expected = part.checksum, let sum = checksum else { return }
    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    let new = crc32(sum, start, UInt32(bytes.count))
    checksum = new
    if produced == part.contentCount, UInt32(truncatingIfNeeded: new) != expected { throw damaged }
  }

  private var cutOff: SequenceDataError {
    .badTable(
      path: file.path,
      reason: "\(name) ends before it has all the numbers that its header tells of; "
        + "copy or save the file again")
  }

  private var damaged: SequenceDataError {
    .badTable(path: file.path, reason: "\(name) is damaged; copy or save the file again")
  }
}

/// zlib's inflater of raw deflated bytes, with the buffer that they come from.
private final class Inflater {
  /// What became of a call.
  enum Result {
    case bytes(Int)
    case needsInput
    case end
    case damaged
  }

  /// Where the caller puts bytes of the file.
  let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 15, alignment: 64)
  /// How many there are; setting it begins with the first.
  var inputCount = 0 {
    didSet {
      stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_in = UInt32(inputCount)
    }
  }
  // zlib keeps the address and compares it, so it must not move.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

  init() {
    stream.initialize(to: z_stream())
    // A negative number of window bits stands for bytes without zlib's own header.
    let code = inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(code == Z_OK, "zlib gives no inflater: \(code)")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// Inflates what is there, up to the size of the target.
  func next(into target: UnsafeMutableRawBufferPointer) -> Result {
    let size = min(target.count, 1 << 30)
    stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(size)
    let code = CZlib.inflate(stream, Z_NO_FLUSH)
    let count = size - Int(stream.pointee.avail_out)
    switch code {
    case Z_OK, Z_BUF_ERROR, Z_STREAM_END:
      if count > 0 { return .bytes(count) }
      return code == Z_STREAM_END ? .end : .needsInput
    default: return .damaged
    }
  }
}
