extension HashedFile {
  /// Appends a whole safetensors file: the header, then every tensor's bytes as they lie in memory.
  ///
  /// Tensors are written in the order of falling element size, and within one size in the given
  /// order, so that every element is aligned although the format allows no padding between tensors.
  package mutating func write(
    tensors: [TensorView], metadata: [String: String]
  ) throws(CheckpointError) {
    let names = Set(tensors.map(\.name))
    precondition(
      names.count == tensors.count, "\(tensors.count) tensors have only \(names.count) names")
    let sizes = Set(tensors.map(\.type.byteCount)).sorted(by: >)
    let ordered = sizes.flatMap { size in tensors.filter { $0.type.byteCount == size } }
    try write(SafetensorsHeader(tensors: ordered, metadata: metadata).encoded)
    for tensor in ordered { try write(tensor.bytes) }
  }
}
