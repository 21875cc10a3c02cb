import Files

/// The SHA-256 over the bytes of single-precision numbers, which may come piece by piece.
package struct ParameterHash: ~Copyable {
  private var hash = SHA256()

  /// Starts with no numbers.
  package init() {}

  /// Adds numbers; only their order matters, not how they are cut into pieces.
  package mutating func update(_ values: UnsafeBufferPointer<Float>) {
    hash.update(UnsafeRawBufferPointer(values))
  }

  /// The 64 lower-case hexadecimal digits over all numbers so far.
  package var hexadecimal: String { hash.hexadecimal }
}
