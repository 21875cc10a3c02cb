import Storage
import Workers

/// A hash by which the leaders of several nodes find out whether their weights are still the same, in
/// about the time that reading them takes. It finds accidents, and is no proof against intent: what is
/// written to files has a SHA-256.
///
/// Blocks have a size of their own, so that it does not depend on the number of workers. Each runs
/// h ← rotate(h ⊕ word) · odd over its 64-bit words in four lanes; every step is a bijection of h, so
/// that a single word that differs is always found.
package enum WeightsFingerprint {
  private static let floatsPerBlock = 1 << 16
  /// 2⁶⁴ divided by the golden ratio.
  private static let odd: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// The hash of `count` numbers, as they lie in an arena.
  package static func of(_ weights: UnsafePointer<Float>, count: Int, pool: WorkerPool) -> UInt64 {
    let blocks = (count + floatsPerBlock - 1) / floatsPerBlock
    var hashes = [UInt64](repeating: 0, count: blocks)
    hashes.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let (source, target) = (Common(weights), Disjoint(base))
      pool.forEachSlice(of: blocks) { _, slice in
        for block in slice {
          let start = block * floatsPerBlock
          target[block] = hash(source + start, count: min(floatsPerBlock, count - start))
        }
      }
    }
    return hashes.reduce(0) { mix($0, $1) }
  }

  private static func hash(_ weights: UnsafePointer<Float>, count: Int) -> UInt64 {
    let words = UnsafeRawPointer(weights)
    let bytes = count * MemoryLayout<Float>.size
    let stride = MemoryLayout<UInt64>.size
    var (a, b, c, d) = (odd, odd &* 3, odd &* 5, odd &* 7)
    var offset = 0
    while offset + 4 * stride <= bytes {
      a = mix(a, words.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      b = mix(b, words.loadUnaligned(fromByteOffset: offset + stride, as: UInt64.self))
      c = mix(c, words.loadUnaligned(fromByteOffset: offset + 2 * stride, as: UInt64.self))
      d = mix(d, words.loadUnaligned(fromByteOffset: offset + 3 * stride, as: UInt64.self))
      offset += 4 * stride
    }
    while offset < bytes {
      a = mix(a, UInt64(words.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
      offset += MemoryLayout<UInt32>.size
    }
    return mix(mix(mix(a, b), c), d)
  }

  @inline(__always)
  private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let mixed = hash ^ word
    return (mixed << 29 | mixed >> 35) &* odd
  }
}
