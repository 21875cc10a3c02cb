import Foundation

/// Reads a file line by line; a line may be as long as memory allows, unless a limit is given. A byte order mark at the
/// start and the carriage return of CRLF are dropped.
final class LineReader {
  /// The file that is read.
  let file: SourceFile
  /// The number of the line that `next()` returned last, from 1.
  private(set) var lineNumber = 0

  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
  private var start = 0
  private var end = 0
  private var reachedEnd = false
  private let longestLine: Int

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - longestLine: the bytes of a line from which on `next()` throws `badTable`.
  init(path: String, longestLine: Int = .max) throws(SequenceDataError) {
    file = try SourceFile(path: path)
    self.longestLine = longestLine
  }

  deinit { buffer.deallocate() }

  /// The next line without its end, valid until the next call; nil at the end of the file.
  func next() throws(SequenceDataError) -> UnsafeRawBufferPointer? {
    var searched = start
    while true {
      let rest = UnsafeRawBufferPointer(rebasing: buffer[searched..<end])
      if let newline = rest.firstNewline {
        defer { start = searched + newline + 1 }
        return line(start..<searched + newline)
      }
      if reachedEnd {
        guard start < end else { return nil }
        defer { start = end }
        return line(start..<end)
      }
      searched = end - start
      try readMore()
    }
  }

  private func line(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    lineNumber += 1
    var line = UnsafeRawBufferPointer(rebasing: buffer[range])
    if line.last == UInt8(ascii: "\r") { line = .init(rebasing: line.dropLast()) }
    if lineNumber == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) {
      line = .init(rebasing: line.dropFirst(3))
    }
    return line
  }

  /// Moves what is left to the front and reads behind it, in a larger buffer if it is full.
  private func readMore() throws(SequenceDataError) {
    let kept = UnsafeRawBufferPointer(rebasing: buffer[start..<end])
    if kept.count == buffer.count {
      guard kept.count < longestLine else {
        throw .badTable(
          path: file.path,
          reason: "line \(lineNumber + 1) has more than \(kept.count) bytes, so this is no table "
            + "of text; expected \(RowFormats.names)")
      }
      let larger = UnsafeMutableRawBufferPointer.allocate(
        byteCount: 2 * buffer.count, alignment: 64)
      larger.copyMemory(from: kept)
      buffer.deallocate()
      buffer = larger
    } else {
      buffer.copyMemory(from: kept)
    }
    (start, end) = (0, kept.count)
    let count = try file.read(into: .init(rebasing: buffer[end...]))
    end += count
    reachedEnd = count == 0
  }
}

extension UnsafeRawBufferPointer {
  /// The offset of the first line feed.
  fileprivate var firstNewline: Int? {
    guard let baseAddress, let found = memchr(baseAddress, 10, count) else { return nil }
    return UnsafeRawPointer(found) - baseAddress
  }
}
