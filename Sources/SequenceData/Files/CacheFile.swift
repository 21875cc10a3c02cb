import Files
import Foundation

/// A cache file opened for reading: its header and metadata are checked, its payload is mapped.
final class CacheFile<Metadata: Codable & Sendable>: Sendable {
  let path: String
  let metadata: Metadata
  private let header: CacheHeader
  private let mapping: MappedFile

  /// The mapped payload; 64-byte aligned, valid as long as this object.
  var payload: UnsafeRawBufferPointer {
    .init(rebasing: mapping.bytes[CacheHeader.size..<CacheHeader.size + header.payloadCount])
  }

  /// Opens a cache file, reading no more than its header and metadata.
  ///
  /// - Throws: `damagedCache`.
  init(path: String) throws(SequenceDataError) {
    self.path = path
    do { mapping = try MappedFile(path: path) } catch {
      throw .damagedCache(path: path, reason: FileError.words(for: error.code))
    }
    guard let header = CacheHeader(mapping.bytes) else {
      throw .damagedCache(path: path, reason: "its header does not describe it")
    }
    self.header = header
    let json = Data(mapping.bytes[(CacheHeader.size + header.payloadCount)...])
    guard SHA256.digest(of: json) == header.metadataDigest,
      let metadata = JSON.value(Metadata.self, from: json)
    else { throw .damagedCache(path: path, reason: "its metadata cannot be read") }
    self.metadata = metadata
  }

  /// Reads the whole payload and compares its SHA-256.
  ///
  /// - Throws: `damagedCache`.
  func verifyPayload() throws(SequenceDataError) {
    var hash = SHA256()
    hash.update(payload)
    guard hash.digest == header.payloadDigest else {
      throw .damagedCache(path: path, reason: "its content has another SHA-256")
    }
  }
}
