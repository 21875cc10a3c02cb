import Communication
import Testing

@Suite struct SharedArenaTests {
  @Test(arguments: [0, 1, 16, 1003], [ArenaScope.memoryDomain, .node])
  func aSoloArenaIsPrivateZeroedAndAligned(count: Int, scope: ArenaScope) throws {
    let communicator = SoloCommunicator()
    // An earlier arena leaves its values behind in freed memory.
    for _ in 0..<3 {
      let arena = try communicator.makeSharedArena(floatCount: count, scope: scope)
      #expect(arena.count == count)
      #expect(Int(bitPattern: arena.base) % 64 == 0)
      #expect(arena.values.allSatisfy { $0 == 0 })
      #expect(!arena.isShared)
      #expect(arena.isLeader)
      #expect(arena.memberRank == 0 && arena.memberCount == 1)
      #expect(arena.fallbackReason == nil)
      arena.values.update(repeating: .infinity)
      try arena.handOver()
      #expect(arena.values.allSatisfy { $0 == .infinity })
    }
  }
}
