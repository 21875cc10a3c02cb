/// How a number lies in a binary file.
struct NumberEncoding: Sendable, Equatable {
  /// What its bits mean.
  enum Kind: Sendable { case float, signed, unsigned, boolean }

  let kind: Kind
  /// Its bytes.
  let size: Int
  var isBigEndian = false
  /// What it is multiplied by; a power of two, so that nothing is rounded.
  var scale = 1.0

  /// The number at an address that need not be aligned. Integers beyond 2⁵³ are rounded.
  func decode(_ address: UnsafeRawPointer) -> Double {
    switch kind {
    case .float:
      size == 4
        ? Double(Float(bitPattern: load(address, UInt32.self)))
        : Double(bitPattern: load(address, UInt64.self))
    case .signed: Double(signed(address)) * scale
    case .unsigned: Double(unsigned(address))
    case .boolean: address.loadUnaligned(as: UInt8.self) == 0 ? 0 : 1
    }
  }

  private func signed(_ address: UnsafeRawPointer) -> Int64 {
    switch size {
    case 1: Int64(load(address, Int8.self))
    case 2: Int64(load(address, Int16.self))
    case 3: Int64(threeBytes(address))
    case 4: Int64(load(address, Int32.self))
    default: load(address, Int64.self)
    }
  }

  private func unsigned(_ address: UnsafeRawPointer) -> UInt64 {
    switch size {
    case 1: UInt64(load(address, UInt8.self))
    case 2: UInt64(load(address, UInt16.self))
    case 4: UInt64(load(address, UInt32.self))
    default: load(address, UInt64.self)
    }
  }

  private func load<Number: FixedWidthInteger & BitwiseCopyable>(
    _ address: UnsafeRawPointer, _ type: Number.Type
  ) -> Number {
    let number = address.loadUnaligned(as: type)
    return isBigEndian ? Number(bigEndian: number) : Number(littleEndian: number)
  }

  /// A signed number of 24 bits, little-endian as in WAV files.
  private func threeBytes(_ address: UnsafeRawPointer) -> Int32 {
    let low = UInt32(address.loadUnaligned(as: UInt16.self).littleEndian)
    let high = UInt32(address.loadUnaligned(fromByteOffset: 2, as: UInt8.self))
    return Int32(bitPattern: (high << 16 | low) << 8) >> 8
  }
}

extension [UInt8] {
  /// The little-endian number at an index; all its bytes must be there.
  func littleEndian<Number: FixedWidthInteger & BitwiseCopyable>(
    at index: Int, as type: Number.Type
  ) -> Number {
    let size = MemoryLayout<Number>.size
    precondition(index >= 0 && index + size <= count, "byte \(index) + \(size) of \(count)")
    return withUnsafeBytes { bytes in
      Number(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: type))
    }
  }
}
