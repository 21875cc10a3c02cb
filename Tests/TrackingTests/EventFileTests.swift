import Files
import Foundation
import TestSupport
import Testing
import Tracking

/// Files of events: byte for byte those of TensorBoard's own code, and whole whatever the disk does.
final class EventFileTests {
  private let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/unfold-tracking-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func make(time: Double = 1_700_000_000.5, system: FileSystem = FileSystem()) throws
    -> EventFile
  {
    try EventFile(
      in: "\(folder)/tensorboard", time: time, host: "h1", beginningWith: [], system: system)
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(folder)/tensorboard").sorted()
  }

  /// What `Tests/Reference/read_tensorboard.py --make` has written.
  private static let golden: URL = {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
    return tests.appendingPathComponent("Reference/tensorboard.events")
  }()

  /// The smallest picture: one white pixel, with a stored block of zlib's.
  private static let pixel: [UInt8] = [
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1,
    0, 0, 0, 1, 8, 2, 0, 0, 0, 0x90, 0x77, 0x53, 0xDE, 0, 0, 0, 15, 0x49, 0x44, 0x41, 0x54, 0x78, 1,
    1, 4, 0, 0xFB, 0xFF, 0, 0xFF, 0xFF, 0xFF, 5, 0xFE, 2, 0xFE, 0x49, 0x66, 0x6E, 0x2B, 0, 0, 0, 0,
    0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
  ]

  @Test func bytesAreTensorBoards() throws {
    let time = 1_700_000_000.5
    let picture = try #require(PNGPicture(Self.pixel))
    let parameters: [SummaryValue.Hyperparameter] = [
      .init("seed", .number(3)), .init("model.cell", .text("lstm")), .init("off", .flag(false)),
      .init("model.tie", .flag(true)), .init("clip.norm", .number(0.25)),
    ]
    let file = try EventFile(
      in: folder, time: time, host: "h1",
      beginningWith: [
        Event(time: time, step: 8, .restart),
        Event(time: time, .values([.hyperparameters(parameters, start: 1.5)])),
      ])
    let scalars: [SummaryValue] = [
      .scalar("loss/train", 0.1), .scalar("zero", 0), .scalar("undefined", .infinity),
    ]
    try file.append(Event(time: time + 1, step: 300, .values(scalars)))
    try file.append(
      Event(time: time + 2, step: 300, .values([.text("sample", "    the ä cat\n    sat")])))
    try file.append(
      Event(time: time + 3, step: 301, .values([.picture("prediction/validation", picture)])))
    try file.append(Event(time: time + 4, step: 301, .values([.end(99.25)])))
    try file.flush()
    let golden = [UInt8](try Data(contentsOf: Self.golden))
    #expect(try TextFile.bytes(of: file.path) == golden)
  }

  /// The reader of the other tests finds damage.
  @Test func everyFlippedBitIsNoticed() throws {
    let bytes = [UInt8](try Data(contentsOf: Self.golden))
    let path = "\(folder)/damaged"
    let events = try ReadEvent.all(in: Self.golden.path)
    #expect(events.count == 7 && events[1].restarts && events[0].version == "brain.Event:2")
    for place in stride(from: 0, to: bytes.count, by: 7) {
      var damaged = bytes
      damaged[place] ^= 1 << UInt8(place % 8)
      try Data(damaged).write(to: URL(fileURLWithPath: path))
      #expect(throws: ReadEvent.Damage.self, "byte \(place)") { try ReadEvent.all(in: path) }
    }
  }

  @Test func aLaterFileHasALaterName() throws {
    let first = try make()
    #expect(first.path.hasSuffix("/tensorboard/events.out.tfevents.1700000000.h1"))
    // The clock has been set back.
    _ = try make(time: 1_600_000_000)
    _ = try make(time: 1_700_000_009)
    let numbers = try names().map { $0.split(separator: ".")[3] }
    #expect(numbers == ["1700000000", "1700000001", "1700000009"])
    for name in try names() {
      let events = try ReadEvent.all(in: "\(folder)/tensorboard/\(name)")
      #expect(events.map(\.version) == ["brain.Event:2"])
    }
  }

  @Test func whatCannotBeBegunLeavesNothing() throws {
    let full = FileSystem { operation in
      guard case .write = operation else { return nil }
      return ENOSPC
    }
    #expect(throws: FileError.self) { try self.make(system: full) }
    #expect(try names().isEmpty)
  }

  @Test func numbersOfEverySizeAreRead() throws {
    let steps = [1, 127, 128, 16_383, 16_384, 1 << 40]
    let file = try make()
    for step in steps {
      try file.append(Event(time: 1, step: step, .values([.scalar("a", Double(step))])))
    }
    let events = try ReadEvent.all(in: file.path).dropFirst()
    #expect(events.map(\.step) == steps)
    #expect(events.map { $0.values.first?.scalar } == steps.map { Float($0) })
  }

  @Test func onlyPicturesArePictures() {
    #expect(PNGPicture([]) == nil)
    #expect(PNGPicture(Array(Self.pixel.prefix(23))) == nil)
    #expect(PNGPicture([0] + Self.pixel.dropFirst()) == nil)
    #expect(PNGPicture(Self.pixel)?.width == 1)
  }
}
