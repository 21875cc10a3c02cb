import Files
import Foundation

/// The lines of a run's `metrics.jsonl` in turn, with those of their figures that `Line` has.
struct MetricsReader<Line: Decodable>: Sequence, IteratorProtocol {
  private let file: MappedFile?
  private let isWanted: (_ line: Slice<UnsafeRawBufferPointer>) -> Bool
  private var position = 0

  /// A run without metrics has no lines.
  ///
  /// - Parameters:
  ///   - folder: the run's.
  ///   - isWanted: tells by a line's bytes whether it is looked into at all.
  /// - Throws: `FileError`.
  init(
    _ folder: RunFolder,
    where isWanted: @escaping (_ line: Slice<UnsafeRawBufferPointer>) -> Bool = { _ in true }
  ) throws(FileError) {
    self.isWanted = isWanted
    guard FileManager.default.fileExists(atPath: folder.metrics) else {
      file = nil
      return
    }
    file = try MappedFile(path: folder.metrics)
  }

  /// The next line that is whole: a run that was killed may have left a part of one.
  mutating func next() -> Line? {
    guard let bytes = file?.bytes else { return nil }
    while position < bytes.count {
      let rest = bytes[position...]
      let line = rest.prefix { $0 != UInt8(ascii: "\n") }
      position = line.endIndex + 1
      if isWanted(line), let figures = JSON.value(Line.self, from: line) { return figures }
    }
    return nil
  }

  /// The last line of the file that is whole, without a look at those before.
  func last() -> Line? {
    guard let bytes = file?.bytes else { return nil }
    // Many lines.
    let end = bytes.suffix(1 << 20)
    for line in end.split(separator: UInt8(ascii: "\n")).reversed() {
      if let figures = JSON.value(Line.self, from: line) { return figures }
    }
    return nil
  }
}
