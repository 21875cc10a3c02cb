import Files
import Foundation

/// The first 128 bytes of a cache file, little-endian: magic (8), version (4), zero (4), payload
/// bytes (8), metadata bytes (8), SHA-256 of the payload (32) and of the metadata (32), zeros. The
/// payload follows, then the metadata as JSON.
struct CacheHeader: Sendable {
  static let size = 128
  static let magic = Array("unfold\u{1}\n".utf8)
  static let version: UInt32 = 1

  var payloadCount = 0
  var metadataCount = 0
  var payloadDigest: [UInt8] = []
  var metadataDigest: [UInt8] = []

  /// The header as bytes.
  var bytes: [UInt8] {
    var bytes = Self.magic
    withUnsafeBytes(of: Self.version.littleEndian) { bytes += $0 }
    bytes += [0, 0, 0, 0]
    withUnsafeBytes(of: UInt64(payloadCount).littleEndian) { bytes += $0 }
    withUnsafeBytes(of: UInt64(metadataCount).littleEndian) { bytes += $0 }
    bytes += payloadDigest + metadataDigest
    return bytes + Array(repeating: 0, count: Self.size - bytes.count)
  }

  init(payloadCount: Int, payloadDigest: [UInt8], metadata: Data) {
    self.payloadCount = payloadCount
    self.payloadDigest = payloadDigest
    metadataCount = metadata.count
    metadataDigest = SHA256.digest(of: metadata)
  }

  /// Reads a header; nil unless it is one of this version and describes a file of this size.
  init?(_ file: UnsafeRawBufferPointer) {
    guard file.count >= Self.size, file.starts(with: Self.magic),
      UInt32(littleEndian: file.loadUnaligned(fromByteOffset: 8, as: UInt32.self)) == Self.version,
      let payload = Int(
        exactly: UInt64(littleEndian: file.loadUnaligned(fromByteOffset: 16, as: UInt64.self))),
      let metadata = Int(
        exactly: UInt64(littleEndian: file.loadUnaligned(fromByteOffset: 24, as: UInt64.self))),
      payload <= file.count, metadata <= file.count, Self.size + payload + metadata == file.count
    else { return nil }
    payloadCount = payload
    metadataCount = metadata
    payloadDigest = Array(file[32..<64])
    metadataDigest = Array(file[64..<96])
  }
}
