import CCrypto

/// The SHA-256 (FIPS 180-4) of bytes that may come piece by piece, by the system's libcrypto.
package struct SHA256: ~Copyable {
  private let context: OpaquePointer

  /// Of no bytes yet.
  package init() {
    // Both fail only without memory.
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      preconditionFailure("libcrypto gives no SHA-256")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes; only their order matters, not how they are cut into pieces.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    EVP_DigestUpdate(context, base, bytes.count)
  }

  /// The 32 bytes over all bytes so far.
  package var digest: [UInt8] {
    let copy = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(copy) }
    EVP_MD_CTX_copy_ex(copy, context)
    return [UInt8](unsafeUninitializedCapacity: 32) { bytes, count in
      EVP_DigestFinal_ex(copy, bytes.baseAddress, nil)
      count = 32
    }
  }

  /// The same as lower-case hexadecimal digits.
  package var hexadecimal: String { digest.hexadecimal }

  /// The digest of these bytes.
  package static func digest(of bytes: some Sequence<UInt8>) -> [UInt8] {
    var hash = SHA256()
    Array(bytes).withUnsafeBytes { hash.update($0) }
    return hash.digest
  }
}

extension Sequence<UInt8> {
  /// Two lower-case hexadecimal digits a byte.
  package var hexadecimal: String {
    map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }
}
