/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers from the same seed.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  /// The numbers of one input of a reader.
  init(reader: String, number: Int, seed: UInt64) {
    // FNV-1a tells the readers apart.
    let hash = reader.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    var mixer = SplitMix(state: seed ^ hash)
    state = mixer.next() &+ UInt64(number) &* 0xD134_2543_DE82_EF95
  }

  private init(state: UInt64) { self.state = state }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
