import Files
import Foundation

/// Writes a cache file under a temporary name in the same folder; `commit` flushes and renames it.
/// Without a commit nothing is left behind.
final class CacheWriter {
  private let target: String
  private let temporary: String
  private var descriptor: Int32
  private var payloadHash = SHA256()
  private var payloadCount = 0
  private var pending: [UInt8] = []

  /// Opens the temporary file.
  ///
  /// - Throws: `unwritableCache`.
  init(target: String) throws(SequenceDataError) {
    self.target = target
    temporary = "\(target).\(UUID().uuidString).partial"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(errno) }
    pending.reserveCapacity(1 << 20)
    let blank = [UInt8](repeating: 0, count: CacheHeader.size)
    try write(blank)
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      unlink(temporary)
    }
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
    try write(json)
    let header = CacheHeader(
      payloadCount: payloadCount, payloadDigest: payloadHash.digest,
      metadata: Data(json))
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw failure(errno) }
    try write(header.bytes)
    guard fsync(descriptor) == 0 else { throw failure(errno) }
    guard rename(temporary, target) == 0 else { throw failure(errno) }
    close(descriptor)
    descriptor = -1
    flushFolder()
  }

  private func flush() throws(SequenceDataError) {
    pending.withUnsafeBytes { payloadHash.update($0) }
    try write(pending)
    pending.removeAll(keepingCapacity: true)
  }

  private func write(_ bytes: [UInt8]) throws(SequenceDataError) {
    try bytes.withUnsafeBufferPointer { pointer throws(SequenceDataError) in
      try write(UnsafeRawBufferPointer(pointer)[...])
    }
  }

  private func write(_ bytes: Slice<UnsafeRawBufferPointer>) throws(SequenceDataError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = Foundation.write(
        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure(errno) }
      rest = rest.dropFirst(count)
    }
  }

  private func failure(_ error: Int32) -> SequenceDataError {
    .unwritableCache(path: target, reason: systemMessage(error))
  }

  /// Makes the rename itself durable. Some file systems cannot flush a folder; the file is whole
  /// either way.
  private func flushFolder() {
    let folder = open((target as NSString).deletingLastPathComponent, O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }
}
