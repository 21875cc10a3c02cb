import Storage
import Testing

struct FloatArenaTests {
  // The last is large enough for large pages.
  @Test(arguments: [0, 1, 15, 16, 17, 100_003, 2_000_003])
  func isZeroFilledAndAligned(_ count: Int) {
    let arena = Arena<Float>(count: count)
    #expect(arena.count == count)
    #expect(arena.buffer.count == count)
    #expect(UInt(bitPattern: arena.base) % 64 == 0)
    #expect(arena.buffer.allSatisfy { $0 == 0 })
    #expect(arena.buffer.baseAddress == arena.base)
  }

  @Test func clearingSetsEveryFloatToZero() {
    let arena = Arena<Float>(count: 1001)
    arena.base.update(repeating: 3, count: 1001)
    #expect(arena.buffer.allSatisfy { $0 == 3 })
    arena.clear()
    #expect(arena.buffer.allSatisfy { $0 == 0 })
  }

  /// Memory that has been used and returned must come back zero-filled.
  @Test func newArenasAreZeroWhateverTheMemoryHeld() {
    for round in 1...20 {
      let arena = Arena<Float>(count: 999)
      #expect(arena.buffer.allSatisfy { $0 == 0 }, "round \(round)")
      arena.base.update(repeating: Float(round), count: 999)
    }
  }

  @Test func aNegativeSizeIsRefused() async {
    await #expect(processExitsWith: .failure) { _ = Arena<Float>(count: -1) }
  }
}
