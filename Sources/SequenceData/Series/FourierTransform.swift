import Foundation

/// The discrete Fourier transform X_k = Σ_t x_t e^(−2πi·k·t/n) of n = 2^m complex numbers, in place
/// (Cooley and Tukey 1965).
struct FourierTransform {
  /// n, a power of two.
  let count: Int
  private let cosines: [Double]  // [n / 2]
  private let sines: [Double]  // [n / 2]

  /// - Parameter count: n, a power of two.
  init(count: Int) {
    precondition(count > 0 && count & (count - 1) == 0, "\(count) is no power of two")
    self.count = count
    let angles = (0..<count / 2).map { -2 * Double.pi * Double($0) / Double(count) }
    cosines = angles.map { cos($0) }
    sines = angles.map { sin($0) }
  }

  /// Transforms numbers. With the two parts exchanged it is the inverse, times n.
  ///
  /// - Parameters:
  ///   - real: their real parts, n.
  ///   - imaginary: their imaginary parts, n.
  func transform(_ real: inout [Double], _ imaginary: inout [Double]) {
    precondition(
      real.count == count && imaginary.count == count,
      "\(real.count) and \(imaginary.count) numbers, expected \(count)")
    reverseBits(&real, &imaginary)
    var half = 1
    while half < count {
      let step = count / (2 * half)
      for start in stride(from: 0, to: count, by: 2 * half) {
        for offset in 0..<half {
          let (a, b) = (start + offset, start + offset + half)
          let (c, s) = (cosines[offset * step], sines[offset * step])
          let re = real[b] * c - imaginary[b] * s
          let im = real[b] * s + imaginary[b] * c
          (real[b], imaginary[b]) = (real[a] - re, imaginary[a] - im)
          (real[a], imaginary[a]) = (real[a] + re, imaginary[a] + im)
        }
      }
      half *= 2
    }
  }

  private func reverseBits(_ real: inout [Double], _ imaginary: inout [Double]) {
    var reversed = 0
    for index in 0..<count {
      if index < reversed {
        real.swapAt(index, reversed)
        imaginary.swapAt(index, reversed)
      }
      // Adds one from the highest bit down.
      var bit = count >> 1
      while bit > 0, reversed & bit != 0 {
        reversed ^= bit
        bit >>= 1
      }
      reversed |= bit
    }
  }
}
