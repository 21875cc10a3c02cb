import Settings
import Testing

@Suite("Damaged configurations")
struct FuzzTests {
  /// SplitMix64 (Steele, Lea and Flood 2014), so that a failure can be repeated.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private static let pieces =
    Array(": \n\t{}[]\"'#&*!|>-~?,%@`0123456789.eE_+azäß\u{1}").map {
      String($0)
    } + ["null", "true", "model", "hidden", "1e999", "- ", "\n  ", "<<: *a", "&a", "!!float"]

  @Test(
    "random mutations never crash, and every error is one line", arguments: 0..<8 as Range<UInt64>)
  func mutations(seed: UInt64) throws {
    var generator = Generator(state: seed)
    let whole = try Configuration(
      yaml: smallest, overrides: ["data={kind: text, train: /a/b}", "training.sample.prompt=x"]
    ).yaml
    var accepted = 0
    for _ in 0..<400 {
      var text = Array(whole)
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let start = Int.random(in: 0...text.count, using: &generator)
        let end = min(text.count, start + Int.random(in: 0...8, using: &generator))
        let piece = Self.pieces.randomElement(using: &generator) ?? ""
        text.replaceSubrange(start..<end, with: Bool.random(using: &generator) ? piece : "")
      }
      if let line = failure(String(text)) {
        #expect(!line.isEmpty && !line.contains("\n"))
      } else {
        accepted += 1
      }
    }
    #expect(accepted < 400)
  }
}
