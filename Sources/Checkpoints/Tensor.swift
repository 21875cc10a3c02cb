/// A named tensor in memory that is to be written.
///
/// The bytes belong to the caller, who keeps them alive and unchanged while they are written.
package struct TensorView {
  /// The name, such as `rnn.weight_ih_l0`.
  package let name: String
  /// The type of the elements.
  package let type: ElementType
  /// The sizes, slowest axis first; empty for a scalar.
  package let shape: [Int]
  /// The elements, row-major, little-endian.
  package let bytes: UnsafeRawBufferPointer

  /// Describes `bytes`, whose number must be that of `shape` and `type`.
  package init(name: String, type: ElementType, shape: [Int], bytes: UnsafeRawBufferPointer) {
    let expected = shape.reduce(type.byteCount, *)
    precondition(
      bytes.count == expected,
      "tensor \(name) of shape \(shape) has \(bytes.count) bytes, expected \(expected)")
    self.name = name
    self.type = type
    self.shape = shape
    self.bytes = bytes
  }

  /// Describes single-precision numbers.
  package init(name: String, shape: [Int], floats: UnsafeBufferPointer<Float>) {
    self.init(name: name, type: .float32, shape: shape, bytes: UnsafeRawBufferPointer(floats))
  }
}

/// A tensor as a file's header describes it.
package struct TensorDescription: Sendable, Equatable {
  /// The name, such as `rnn.weight_ih_l0`.
  package let name: String
  /// The type of the elements.
  package let type: ElementType
  /// The sizes, slowest axis first; empty for a scalar.
  package let shape: [Int]
  /// Where the bytes are, counted from the end of the header.
  package let byteRange: Range<Int>

  /// The number of elements.
  package var count: Int { byteRange.count / type.byteCount }
}
