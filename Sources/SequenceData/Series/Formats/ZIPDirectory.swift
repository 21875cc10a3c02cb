import Foundation

/// The entries of a ZIP file (PKWARE's APPNOTE 6.3.10; with ZIP64), by the directory at its end.
struct ZIPDirectory {
  /// A file in the ZIP file.
  struct Entry: Sendable {
    let name: String
    let flags: UInt16
    let method: UInt16
    let checksum: UInt32
    let count: Int
    let contentCount: Int
    /// Where its own header lies.
    let headerOffset: Int
  }

  let entries: [Entry]

  private static let endSize = 22
  private static let locatorSize = 20
  private static let entrySize = 46
  private static let longestComment = 65_535
  /// The bytes of the largest directory that is read.
  private static let largest = 1 << 24

  static func recognises(_ head: [UInt8]) -> Bool {
    head.starts(with: [0x50, 0x4B, 3, 4]) || head.starts(with: [0x50, 0x4B, 5, 6])
  }

  /// Reads the directory.
  ///
  /// - Throws: `badTable`.
  init(of file: SourceFile) throws(SequenceDataError) {
    let place = try Self.place(in: file)
    guard place.count <= Self.largest, place.offset <= file.size - place.count else {
      throw Self.damaged(file)
    }
    let bytes = try file.bytes(at: place.offset, count: place.count)
    var entries: [Entry] = []
    var position = 0
    while position + Self.entrySize <= bytes.count {
      guard let (entry, size) = Self.entry(bytes, at: position) else { throw Self.damaged(file) }
      entries.append(entry)
      position += size
    }
    guard position == bytes.count else { throw Self.damaged(file) }
    self.entries = entries
  }

  /// Where the directory lies.
  private static func place(
    in file: SourceFile
  ) throws(SequenceDataError) -> (offset: Int, count: Int) {
    let tailSize = min(file.size, endSize + longestComment + locatorSize)
    let tailStart = file.size - tailSize
    let tail = try file.bytes(at: tailStart, count: tailSize)
    // The last place where an end record fits: its comment reaches the end of the file.
    guard tail.count == tailSize, tailSize >= endSize,
      let end = (0...tailSize - endSize).last(where: { isEnd(tail, at: $0) })
    else { throw damaged(file) }
    var size = UInt64(tail.littleEndian(at: end + 12, as: UInt32.self))
    var start = UInt64(tail.littleEndian(at: end + 16, as: UInt32.self))
    let locator = end - locatorSize
    if locator >= 0, tail.littleEndian(at: locator, as: UInt32.self) == 0x0706_4B50 {
      guard let large = Int(exactly: tail.littleEndian(at: locator + 8, as: UInt64.self)),
        large <= file.size - 56
      else { throw damaged(file) }
      let record = try file.bytes(at: large, count: 56)
      guard record.count == 56, record.littleEndian(at: 0, as: UInt32.self) == 0x0606_4B50 else {
        throw damaged(file)
      }
      size = record.littleEndian(at: 40, as: UInt64.self)
      start = record.littleEndian(at: 48, as: UInt64.self)
    }
    guard let count = Int(exactly: size), let offset = Int(exactly: start), count <= file.size
    else { throw damaged(file) }
    return (offset, count)
  }

  private static func isEnd(_ tail: [UInt8], at index: Int) -> Bool {
    tail[index] == 0x50 && tail.littleEndian(at: index, as: UInt32.self) == 0x0605_4B50
      && index + endSize + Int(tail.littleEndian(at: index + 20, as: UInt16.self)) == tail.count
  }

  /// The entry at a place of the directory, and how long it is.
  private static func entry(_ bytes: [UInt8], at index: Int) -> (Entry, size: Int)? {
    guard bytes.littleEndian(at: index, as: UInt32.self) == 0x0201_4B50 else { return nil }
    let lengths = [28, 30, 32].map { Int(bytes.littleEndian(at: index + $0, as: UInt16.self)) }
    let size = entrySize + lengths.reduce(0, +)
    guard index + size <= bytes.count else { return nil }
    let nameEnd = index + entrySize + lengths[0]
    var large = LargeSizes(bytes[nameEnd..<nameEnd + lengths[1]])
    // The order in which the large ones follow one another.
    guard let contentCount = large.size(bytes.littleEndian(at: index + 24, as: UInt32.self)),
      let count = large.size(bytes.littleEndian(at: index + 20, as: UInt32.self)),
      let headerOffset = large.size(bytes.littleEndian(at: index + 42, as: UInt32.self))
    else { return nil }
    let entry = Entry(
      name: String(decoding: bytes[index + entrySize..<nameEnd], as: UTF8.self),
      flags: bytes.littleEndian(at: index + 8, as: UInt16.self),
      method: bytes.littleEndian(at: index + 10, as: UInt16.self),
      checksum: bytes.littleEndian(at: index + 16, as: UInt32.self), count: count,
      contentCount: contentCount, headerOffset: headerOffset)
    return (entry, size)
  }

  private static func damaged(_ file: SourceFile) -> SequenceDataError {
    .badTable(
      path: file.path,
      reason: "is a ZIP file without a directory that can be read, as one that was cut off; "
        + "copy or save it again")
  }
}

/// The sizes of 64 bits that follow an entry whose own of 32 bits are too small.
private struct LargeSizes {
  private var sizes: [UInt64] = []

  init(_ extra: ArraySlice<UInt8>) {
    let bytes = Array(extra)
    var index = 0
    while index + 4 <= bytes.count {
      let count = Int(bytes.littleEndian(at: index + 2, as: UInt16.self))
      let content = index + 4
      guard content + count <= bytes.count else { return }
      if bytes.littleEndian(at: index, as: UInt16.self) == 1 {
        sizes = (0..<count / 8).map { bytes.littleEndian(at: content + 8 * $0, as: UInt64.self) }
        return
      }
      index = content + count
    }
  }

  /// A size; the next of the large ones if the small one stands for it. Nil if there is none.
  mutating func size(_ small: UInt32) -> Int? {
    guard small == .max else { return Int(small) }
    guard !sizes.isEmpty else { return nil }
    return Int(exactly: sizes.removeFirst())
  }
}

extension ZIPDirectory.Entry {
  /// Where the entry's bytes lie.
  ///
  /// - Throws: `badTable` if they lie nowhere, or in a way that is not read.
  func part(in file: SourceFile) throws(SequenceDataError) -> FilePart {
    let shown = "the entry \(SequenceDataError.excerpt(name))"
    guard flags & 1 == 0 else {
      throw .badTable(path: file.path, reason: "\(shown) is encrypted; save it without a password")
    }
    guard method == 0 || method == 8 else {
      throw .badTable(
        path: file.path,
        reason: "\(shown) is compressed by the method \(method); save it with numpy.savez or "
          + "numpy.savez_compressed")
    }
    guard headerOffset <= file.size else { throw outside(file, shown) }
    let header = try file.bytes(at: headerOffset, count: 30)
    guard header.count == 30, header.littleEndian(at: 0, as: UInt32.self) == 0x0403_4B50 else {
      throw outside(file, shown)
    }
    let offset =
      headerOffset + 30 + Int(header.littleEndian(at: 26, as: UInt16.self))
      + Int(header.littleEndian(at: 28, as: UInt16.self))
    guard count <= file.size, offset <= file.size - count, method == 8 || count == contentCount
    else { throw outside(file, shown) }
    return FilePart(
      offset: offset, count: count, contentCount: contentCount, isDeflated: method == 8,
      checksum: checksum)
  }

  private func outside(_ file: SourceFile, _ shown: String) -> SequenceDataError {
    .badTable(
      path: file.path,
      reason: "\(shown) does not lie where the directory says; copy or save the file again")
  }
}
