import Files
import Foundation

/// Writes a cache file aside; `commit` flushes it and gives it its name. Without a commit nothing is
/// left behind.
final class CacheWriter {
  private let target: String
  private var replacement: ReplacementFile
  private var payloadHash = SHA256()
  private var payloadCount = 0
  private var pending: [UInt8] = []

  /// Begins the file.
  ///
  /// - Throws: `unwritableCache`.
  init(target: String) throws(SequenceDataError) {
    self.target = target
    do {
      replacement = try ReplacementFile(of: target)
      try replacement.file.write([UInt8](repeating: 0, count: CacheHeader.size))
    } catch {
      throw SequenceDataError(unwritableCache: target, error)
    }
    pending.reserveCapacity(1 << 20)
  }

  /// Appends the bytes of these elements to the payload.
  func append<Element: BitwiseCopyable>(
    _ elements: UnsafeBufferPointer<Element>
  ) throws(SequenceDataError) {
    let bytes = UnsafeRawBufferPointer(elements)
    payloadCount += bytes.count
    pending.append(contentsOf: bytes)
    if pending.count >= 1 << 20 { try flush() }
  }

  /// Appends the bytes of these elements to the payload.
  func append<Element: BitwiseCopyable>(_ elements: [Element]) throws(SequenceDataError) {
    try elements.withUnsafeBufferPointer { pointer throws(SequenceDataError) in
      try append(pointer)
    }
  }

  /// The bytes appended so far.
  var count: Int { payloadCount }

  /// Writes metadata and header, flushes to the disk and gives the file its name.
  ///
  /// - Throws: `unwritableCache`.
  func commit(metadata: some Encodable) throws(SequenceDataError) {
    try flush()
    let json = [UInt8](JSON.line(metadata).utf8)
    let header = CacheHeader(
      payloadCount: payloadCount, payloadDigest: payloadHash.digest, metadata: Data(json))
    do {
      try replacement.file.write(json)
      try replacement.file.rewind()
      try replacement.file.write(header.bytes)
      try replacement.commit()
    } catch {
      throw SequenceDataError(unwritableCache: target, error)
    }
  }

  private func flush() throws(SequenceDataError) {
    pending.withUnsafeBytes { payloadHash.update($0) }
    do { try replacement.file.write(pending) } catch {
      throw SequenceDataError(unwritableCache: target, error)
    }
    pending.removeAll(keepingCapacity: true)
  }
}
