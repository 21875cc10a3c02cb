import TestSupport

extension SplitMix {
  /// The numbers of one input of a reader.
  init(reader: String, number: Int, seed: UInt64) {
    // FNV-1a tells the readers apart.
    let hash = reader.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    var mixer = SplitMix(seed: seed ^ hash)
    self.init(seed: mixer.next() &+ UInt64(number) &* 0xD134_2543_DE82_EF95)
  }
}
