/// What a file of sequences says about itself.
struct SequenceMetadata: Codable, Sendable {
  var kind = "sequences"
  let kinds: SequenceKinds
  let sequences: Int
}

/// Parsed sequences, mapped from a cache file. Each record is a run of 4-byte elements: the inputs
/// [elements, I], then the targets as the entry's layout says (class numbers, or rows of O values).
/// The entries, 16 bytes each, follow the last record at a multiple of 16 bytes.
final class SequenceFile: Sendable {
  let kinds: SequenceKinds
  let count: Int
  let inputWidth: Int
  let targetWidth: Int
  private let file: CacheFile<SequenceMetadata>

  /// Opens a file of sequences and checks that every record lies within it.
  ///
  /// - Throws: `damagedCache`.
  init(path: String) throws(SequenceDataError) {
    file = try CacheFile(path: path)
    kinds = file.metadata.kinds
    count = file.metadata.sequences
    inputWidth = if case .vectors(let width) = kinds.input { width } else { 1 }
    targetWidth =
      switch kinds.target {
      case .classes: 1
      case .values(let width), .labels(let width): width
      }
    let (entryBytes, overflow) = count.multipliedReportingOverflow(by: Self.entrySize)
    guard file.metadata.kind == "sequences", kinds.isSound, count > 0, !overflow,
      entryBytes <= file.payload.count, file.payload.count % Self.entrySize == 0,
      (0..<count).allSatisfy({ isWithinFile(entry($0)) })
    else {
      throw .damagedCache(path: path, reason: "its records do not lie where its index says")
    }
  }

  static let entrySize = 16

  /// The place of a sequence.
  func entry(_ sequence: Int) -> SequenceEntry {
    precondition(sequence >= 0 && sequence < count, "sequence \(sequence) of \(count)")
    let offset = file.payload.count - (count - sequence) * Self.entrySize
    return SequenceEntry(
      element: file.payload.load(fromByteOffset: offset, as: UInt64.self),
      timeSteps: file.payload.load(fromByteOffset: offset + 8, as: UInt32.self),
      layout: file.payload.load(fromByteOffset: offset + 12, as: UInt32.self))
  }

  /// Whether any time step of these sequences has a target that counts.
  func hasCountedTarget(in sequences: Range<Int>) -> Bool {
    sequences.contains { sequence in
      let entry = entry(sequence)
      guard SequenceEntry.Layout(rawValue: entry.layout) == .perStep else { return true }
      let flags = Int(entry.element) + Int(entry.timeSteps) * inputWidth
      return (0..<Int(entry.timeSteps)).contains { elements(Int32.self)[flags + $0] != 0 }
    }
  }

  /// Elements of the payload as Int32 or Float.
  func elements<Element: BitwiseCopyable>(_ type: Element.Type) -> UnsafePointer<Element> {
    // The payload is never empty: it has at least one entry.
    file.payload.assumingMemoryBound(to: type).baseAddress.unsafelyUnwrapped
  }

  private func isWithinFile(_ entry: SequenceEntry) -> Bool {
    let timeSteps = Int(entry.timeSteps)
    let size: Int? =
      switch SequenceEntry.Layout(rawValue: entry.layout) {
      case .nextInput where kinds.predictsNextInput: (timeSteps + 1) * inputWidth
      case .last where !kinds.predictsNextInput: timeSteps * inputWidth + targetWidth
      case .perStep:
        timeSteps * inputWidth + timeSteps * (1 + targetWidth)
      default: nil
      }
    let available = (file.payload.count - count * Self.entrySize) / 4
    guard timeSteps > 0, let size, let element = Int(exactly: entry.element) else { return false }
    return size <= available && element <= available - size
  }
}
