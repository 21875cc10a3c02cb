import Glibc
import Synchronization

/// A sleep that another thread can end. Its clock is not the one that people set.
final class Bell: Sendable {
  private let reading: Int32
  private let writing: Int32
  private let hasRung = Atomic(false)

  /// Without a descriptor to be had, sleepers hear it when they have slept.
  init() {
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) == 0 {
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }
    (reading, writing) = (ends[0], ends[1])
  }

  deinit {
    for end in [reading, writing] where end >= 0 { close(end) }
  }

  /// Wakes who sleeps.
  func ring() {
    hasRung.store(true, ordering: .releasing)
    var byte: UInt8 = 1
    _ = write(writing, &byte, 1)
  }

  /// Sleeps until it rings, at most so long; tells whether it has rung.
  func rings(within seconds: Double) -> Bool {
    // A descriptor below 0 is passed over.
    var descriptor = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
    _ = poll(&descriptor, 1, Int32(seconds * 1000))
    return hasRung.load(ordering: .acquiring)
  }
}
