import Files
import Foundation

/// The lines of a run's `metrics.jsonl` in turn, with those of their figures that `Line` has.
struct MetricsReader<Line: Decodable>: Sequence, IteratorProtocol {
  private let file: MappedFile?
  private var position = 0

  /// A run without metrics has no lines.
  ///
  /// - Throws: `FileError`.
  init(_ folder: RunFolder) throws(FileError) {
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
      if let figures = JSON.value(Line.self, from: line) { return figures }
    }
    return nil
  }
}
