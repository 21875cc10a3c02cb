/// Reads decimal numbers from bytes, independently of the locale.
enum DecimalNumber {
  /// The number that all of these bytes spell (`-1`, `.5`, `2e-3`), correctly rounded; nil if they
  /// spell none. `inf` and `nan` are none; a number too large for Double is infinite.
  static func parse(_ bytes: some Collection<UInt8>) -> Double? {
    var scan = Scan()
    for byte in bytes where !scan.accept(byte) { return nil }
    guard scan.isComplete else { return nil }
    // Clinger's fast path: an integer below 2⁵³ times or over an exact power of ten rounds once.
    let exponent = scan.exponent - scan.fractionDigits
    if scan.significandIsExact, abs(exponent) <= 22 {
      let significand = Double(scan.significand)
      let value =
        exponent < 0 ? significand / powersOfTen[-exponent] : significand * powersOfTen[exponent]
      return scan.isNegative ? -value : value
    }
    return Double(String(decoding: bytes, as: UTF8.self))
  }

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// The grammar `[+-] digits [. digits] [e [+-] digits]`, with a digit before or after the point.
  private struct Scan {
    private enum Part { case start, integer, fraction, exponentStart, exponentDigits }

    private var part = Part.start
    private var digits = 0
    private var exponentDigits = 0
    private var exponentIsNegative = false
    private var exponentMagnitude = 0
    private(set) var isNegative = false
    private(set) var significand: UInt64 = 0
    private(set) var significandIsExact = true
    private(set) var fractionDigits = 0

    var exponent: Int { exponentIsNegative ? -exponentMagnitude : exponentMagnitude }
    var isComplete: Bool {
      digits > 0 && (part == .integer || part == .fraction || exponentDigits > 0)
    }

    mutating func accept(_ byte: UInt8) -> Bool {
      switch (byte, part) {
      case (UInt8(ascii: "0")...UInt8(ascii: "9"), _):
        append(digit: Int(byte) - 48)
      case (UInt8(ascii: "+"), .start), (UInt8(ascii: "-"), .start):
        isNegative = byte == UInt8(ascii: "-")
        part = .integer
      case (UInt8(ascii: "."), .start), (UInt8(ascii: "."), .integer):
        part = .fraction
      case (UInt8(ascii: "e"), .integer), (UInt8(ascii: "E"), .integer),
        (UInt8(ascii: "e"), .fraction), (UInt8(ascii: "E"), .fraction):
        part = .exponentStart
        return digits > 0
      case (UInt8(ascii: "+"), .exponentStart), (UInt8(ascii: "-"), .exponentStart):
        exponentIsNegative = byte == UInt8(ascii: "-")
        part = .exponentDigits
      default:
        return false
      }
      return true
    }

    private mutating func append(digit: Int) {
      switch part {
      case .exponentStart, .exponentDigits:
        part = .exponentDigits
        exponentDigits += 1
        exponentMagnitude = min(100_000, exponentMagnitude * 10 + digit)
      case .start, .integer, .fraction:
        if part == .start { part = .integer }
        if part == .fraction { fractionDigits += 1 }
        digits += 1
        significandIsExact = significandIsExact && significand < (1 << 53) / 10
        if significandIsExact { significand = significand * 10 + UInt64(digit) }
      }
    }
  }
}
