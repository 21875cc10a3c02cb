import Communication
import Testing

/// What finds room in /dev/shm.
@Suite struct SharedMemoryRoomTests {
  /// Two copies of 64 MiB need twice what one does, whoever asks.
  @Test(arguments: [
    ([64, 0], 80, true), ([64, 0], 70, false), ([64, 64], 80, false), ([64, 64], 143, false),
    ([64, 64], 144, true), ([0], 4, true), ([0], 3, false),
  ])
  func allCopiesMustFindRoom(demands: [Int], free: Int, finds: Bool) {
    let room = SharedMemoryRoom(demands.map { Int64($0 << 20) })
    let reason = room.reasonNotToShare(free: Int64(free << 20), host: "h")
    #expect((reason == nil) == finds, "\(reason ?? "")")
    #expect(reason?.contains("\(free) MiB free") != false)
  }

  @Test func whatCannotBeKnownIsNotShared() {
    let room = SharedMemoryRoom([1])
    #expect(room.reasonNotToShare(free: -1, host: "h")?.contains("cannot be read") == true)
    #expect(room.reasonNotToShare(free: -2, host: "h")?.contains("is off") == true)
  }
}
