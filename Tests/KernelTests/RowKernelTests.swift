import CKernels
import Testing

/// Movements of whole rows, and dropout.
struct RowKernelTests {
  @Test(arguments: Variant.supported)
  func movements(_ variant: Variant) {
    let table = uniform(5 * 7, stream: 91)
    let tableRows = (0..<5).map { row in Array(table[row * 7..<row * 7 + 7]) }
    var rows = [Float](repeating: 0, count: 4 * 7)
    variant.kernels.gather_rows(table, 7, [4, 0, 4, 2], 4, &rows)
    #expect(rows == tableRows[4] + tableRows[0] + tableRows[4] + tableRows[2])
    var sum = [Float](repeating: 0, count: 33)
    variant.kernels.add(Array(table[..<33]), Array(table[2...34]), 33, &sum)
    #expect(sum == (0..<33).map { table[$0] + table[$0 + 2] })
  }

  /// What keys a mask.
  struct Key {
    var seed: UInt64 = 7
    var layer: UInt32 = 1
    var stream: UInt32 = 2
    var timeStep: UInt64 = 3
  }

  private func dropout(
    _ variant: Variant, _ x: [Float], rate: Float, _ key: Key = Key()
  ) -> [Float] {
    var out = [Float](repeating: .nan, count: x.count)
    variant.kernels.dropout(
      x, x.count, rate, key.seed, key.layer, key.stream, key.timeStep, &out)
    return out
  }

  @Test(arguments: Variant.supported, [Float(0.1), 0.5, 0.65])
  func dropsItsRateAndScalesTheRest(_ variant: Variant, rate: Float) {
    let count = 100_000
    let x = [Float](repeating: 2, count: count)
    let out = dropout(variant, x, rate: rate)
    let dropped = Double(out.count { $0 == 0 })
    let deviation = (Double(count) * Double(rate) * Double(1 - rate)).squareRoot()
    #expect(abs(dropped - Double(count) * Double(rate)) < 5 * deviation)
    #expect(out.allSatisfy { $0 == 0 || $0 == 2 * (1 / (1 - rate)) })
  }

  @Test(arguments: Variant.supported)
  func aMaskDependsOnItsKeyOnly(_ variant: Variant) {
    let x = uniform(1001, stream: 92).map { $0 + 2 }
    let mask = dropout(variant, x, rate: 0.5)
    #expect(sameBits(dropout(variant, x, rate: 0.5), mask))
    #expect(sameBits(dropout(variant, Array(x[..<77]), rate: 0.5), Array(mask[..<77])))
    #expect(dropout(variant, x, rate: 0) == x)
    var inPlace = x
    inPlace.withUnsafeMutableBufferPointer { x in
      guard let base = x.baseAddress else { return }
      variant.kernels.dropout(base, x.count, 0.5, 7, 1, 2, 3, base)
    }
    #expect(sameBits(inPlace, mask))
  }

  /// Four units share a block of Philox, of which each takes a word.
  @Test(arguments: Variant.supported)
  func masksAreThoseOfPhilox(_ variant: Variant) {
    let key = Key(seed: 7 | 9 << 40, layer: 3, stream: 5, timeStep: 11 | 13 << 40)
    let kept = (0..<1001).map { unit in
      var words: [UInt32] = [0, 0, 0, 0]
      unfold_philox(
        key.seed, key.stream, UInt32(truncatingIfNeeded: key.timeStep),
        UInt32(key.timeStep >> 32),
        UNFOLD_PURPOSE_DROPOUT.rawValue | key.layer << 4 | UInt32(unit / 4) << 16, &words)
      return words[unit % 4] >= 1 << 30
    }
    let mask = dropout(variant, [Float](repeating: 1, count: kept.count), rate: 0.25, key)
    #expect(kept.indices.first { kept[$0] != (mask[$0] != 0) } == nil)
  }

  @Test(arguments: Variant.supported)
  func everyPartOfTheKeyMakesAnotherMask(_ variant: Variant) {
    let x = [Float](repeating: 1, count: 4000)
    let keys = [
      Key(), Key(seed: 8), Key(seed: 7 | 1 << 40), Key(layer: 2), Key(layer: 1 | 1 << 11),
      Key(stream: 3), Key(timeStep: 4), Key(timeStep: 3 | 1 << 40),
    ]
    let masks = keys.map { dropout(variant, x, rate: 0.5, $0) }
    for (index, mask) in masks.enumerated() {
      for other in masks[..<index] {
        // Independent halves agree in a half of the places: 2000 ± 5 deviations of 32.
        let agreeing = zip(mask, other).count { $0 == $1 }
        #expect(abs(agreeing - 2000) < 160)
      }
    }
  }

  @Test func allVariantsDropTheSame() {
    let x = uniform(333, stream: 93)
    let masks = Variant.supported.map { dropout($0, x, rate: 0.3) }
    #expect(masks.allSatisfy { sameBits($0, masks[0]) })
  }
}
