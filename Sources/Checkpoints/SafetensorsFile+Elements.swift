extension SafetensorsFile {
  /// Copies a tensor of floating-point numbers into `destination` as single precision, converting
  /// F64 (rounded to nearest), F16 and BF16 (exactly).
  ///
  /// - Parameter shape: The shape that the tensor must have; its size must be `destination`'s.
  /// - Throws: `CheckpointError` if the tensor is missing, of another shape, or not of
  ///   floating-point numbers.
  package func read(
    _ name: String, shape: [Int], into destination: UnsafeMutableBufferPointer<Float>
  ) throws(CheckpointError) {
    let tensor = try checked(name, shape: shape, count: destination.count)
    let isFloatingPoint = try withBytes(of: name) { bytes in
      switch tensor.type {
      case .float32: UnsafeMutableRawBufferPointer(destination).copyMemory(from: bytes)
      case .float64:
        for i in destination.indices { destination[i] = Float(Self.load(bytes, i) as Double) }
      case .float16:
        for i in destination.indices {
          destination[i] = Self.single(half: Self.load(bytes, i))
        }
      case .bfloat16:
        for i in destination.indices {
          destination[i] = Float(bitPattern: UInt32(Self.load(bytes, i) as UInt16) << 16)
        }
      default: return false
      }
      return true
    }
    guard isFloatingPoint else {
      throw CheckpointError(
        path: path,
        problem: "tensor \(name) has type \(tensor.type.rawValue), expected floating-point numbers")
    }
  }

  /// A tensor of floating-point numbers as an array, converted as by ``read(_:shape:into:)``.
  ///
  /// - Throws: `CheckpointError` if it is missing or not of floating-point numbers.
  package func floats(_ name: String) throws(CheckpointError) -> [Float] {
    let tensor = try tensor(name)
    var values = [Float](repeating: 0, count: tensor.count)
    try values.withUnsafeMutableBufferPointer { destination throws(CheckpointError) in
      try read(name, shape: tensor.shape, into: destination)
    }
    return values
  }

  /// A tensor of integers or of double precision as an array of exactly its own element type.
  ///
  /// - Throws: `CheckpointError` if it is missing, of another shape (where one is given) or type.
  package func elements<Element: BitwiseCopyable>(
    _ name: String, as type: ElementType, of elementType: Element.Type, shape: [Int]? = nil
  ) throws(CheckpointError) -> [Element] {
    precondition(
      MemoryLayout<Element>.size == type.byteCount,
      "\(Element.self) has \(MemoryLayout<Element>.size) bytes, \(type.rawValue) \(type.byteCount)")
    var tensor = try tensor(name)
    if let shape { tensor = try checked(name, shape: shape, count: tensor.count) }
    guard tensor.type == type else {
      throw CheckpointError(
        path: path,
        problem: "tensor \(name) has type \(tensor.type.rawValue), expected \(type.rawValue)")
    }
    return try withBytes(of: name) { bytes in
      (0..<tensor.count).map { Self.load(bytes, $0) }
    }
  }

  private func checked(
    _ name: String, shape: [Int], count: Int
  ) throws(CheckpointError) -> TensorDescription {
    let tensor = try tensor(name)
    guard tensor.shape == shape else {
      throw CheckpointError(
        path: path,
        problem: "tensor \(name) has shape \(tensor.shape), expected \(shape): "
          + "it is of another architecture")
    }
    precondition(
      tensor.count == count, "tensor \(name) has \(tensor.count) elements, not \(count)")
    return tensor
  }

  private static func load<Element: BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, _ index: Int
  ) -> Element {
    bytes.loadUnaligned(
      fromByteOffset: index * MemoryLayout<Element>.size, as: Element.self)
  }

  /// IEEE half precision widened, without the type `Float16`, which not every platform has.
  private static func single(half bits: UInt16) -> Float {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Float(bits & 0x3FF)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * Float(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
    }
  }
}
