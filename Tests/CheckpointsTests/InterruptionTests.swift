import Checkpoints
import Files
import Foundation
import Synchronization
import Testing

@Suite("Kills and full disks at every single operation")
struct InterruptionTests {
  /// A run's life with replacement, best and retention, starting from step 1 and best 1.
  private func life(of store: CheckpointStore) throws(CheckpointError) {
    try store.prepare()
    try store.writeSample(step: 2, value: 2)
    try store.markBest(step: 2)
    try store.retain(keep: 1, upTo: 2)
    try store.writeSample(step: 2, value: 3)
  }

  private func start(in folder: String) throws {
    let store = CheckpointStore(directory: folder)
    try store.prepare()
    try store.writeSample(step: 1, value: 1)
    try store.markBest(step: 1)
  }

  /// The values of the newest checkpoint and of the best one, which must be whole.
  private func values(in folder: String) throws -> [Float?] {
    let newest = try #require(CheckpointStore(directory: folder).newestComplete().checkpoint)
    let best = try Checkpoint.open("\(folder)/best").checkpoint
    return [try newest.sampleValue(), try best.sampleValue()]
  }

  @Test("before every operation, newest and best are whole; a restart cleans up and goes on")
  func kills() throws {
    try withFolder { folder in
      let live = "\(folder)/live"
      try start(in: live)
      let snapshots = Mutex(0)
      let system = FileSystem { _ in
        snapshots.withLock { count in
          try? FileManager.default.copyItem(atPath: live, toPath: "\(folder)/\(count)")
          count += 1
        }
        return nil
      }
      try life(of: CheckpointStore(directory: live, system: system))
      let count = snapshots.withLock { $0 }
      #expect((30..<60).contains(count), "the full-disk test tries 60 operations")
      var seen: [[Float?]] = []
      for index in 0..<count {
        let copy = "\(folder)/\(index)"
        let before = try values(in: copy)
        if seen.last != before { seen.append(before) }
        let store = CheckpointStore(directory: copy)
        try store.prepare()
        #expect(try values(in: copy) == before, "after operation \(index)")
        let names = try FileManager.default.contentsOfDirectory(atPath: copy)
        let expected = ["best"] + store.steps().map { "step-\($0)" }
        #expect(Set(names) == Set(expected), "after operation \(index)")
        try life(of: store)
        #expect(try values(in: copy) == [3, 2])
      }
      // A replacement passes through a moment in which the old folder is the only one.
      #expect(seen == [[1, 1], [2, 1], [2, 2], [3, 2]])
      #expect(try values(in: live) == [3, 2])
    }
  }

  @Test("a full disk at any operation gives one line and harms nothing", arguments: 0..<60)
  func fullDisk(at failing: Int) throws {
    try withFolder { folder in
      try start(in: folder)
      let operations = Mutex(0)
      let system = FileSystem { _ in
        operations.withLock { count in
          defer { count += 1 }
          return count == failing ? ENOSPC : nil
        }
      }
      let line = failure { () throws(CheckpointError) in
        try life(of: CheckpointStore(directory: folder, system: system))
      }
      guard operations.withLock({ $0 }) > failing else {
        #expect(line == nil)
        return
      }
      let message = try #require(line)
      #expect(message.contains("No space left on device; free some space"), "\(message)")
      #expect(message.hasPrefix(folder) && !message.contains("\n"))
      let found = try values(in: folder)
      #expect([[1, 1], [2, 1], [2, 2], [3, 2]].contains(found), "\(found)")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(!names.contains { $0.contains(".partial-") }, "\(names)")
      let store = CheckpointStore(directory: folder)
      try life(of: store)
      #expect(try values(in: folder) == [3, 2])
    }
  }
}
