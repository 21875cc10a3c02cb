import Files
import Foundation
import Synchronization
import Testing

/// Files on real file systems: a folder of our own, and Linux' device that is always full.
final class FileTests {
  private let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/unfold-files-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  @Test func writesAndReplaces() throws {
    let path = "\(folder)/a"
    try TextFile.write("one", to: path)
    try TextFile.write("two", to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "two")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
  }

  @Test func saysWhatTheSystemSaid() throws {
    let path = "\(folder)/absent/a"
    let error = #expect(throws: FileError.self) { try TextFile.write("one", to: path) }
    #expect(error?.description == "\(path): cannot create: No such file or directory")
    #expect(throws: FileError.self) { try TextFile.bytes(of: path) }
    #expect(throws: FileError.self) { try TextFile.bytes(of: folder) }
  }

  @Test(arguments: [0, 1, 65_536, 200_001])
  func bytesComeBack(count: Int) throws {
    let text = String(repeating: "x", count: count)
    try TextFile.write(text, to: "\(folder)/a")
    #expect(try TextFile.bytes(of: "\(folder)/a") == Array(text.utf8))
  }

  /// A rename would take their place, for root even that of a device.
  @Test func foldersAndDevicesAreNotReplaced() throws {
    for path in [folder, "/dev/null"] {
      let error = #expect(throws: FileError.self) { try TextFile.write("one", to: path) }
      #expect(error?.description == "\(path): cannot replace: is not a regular file")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test func aFullDeviceIsToldAsSuch() throws {
    let device = try Descriptor("/dev/full", O_WRONLY)
    let error = #expect(throws: FileError.self) { try device.write("one") }
    #expect(
      error?.description
        == "/dev/full: cannot write: No space left on device; free some space")
  }

  @Test func linesAreAddedWhole() throws {
    let path = "\(folder)/lines"
    try TextFile.write("one\n", to: path)
    final class Disk: Sendable { let isFull = Atomic(false) }
    let disk = Disk()
    let system = FileSystem(probe: { operation in
      guard case .write = operation else { return nil }
      return disk.isFull.load(ordering: .relaxed) ? ENOSPC : nil
    })
    let file = try LineFile(path, system: system)
    try file.append("two\n")
    disk.isFull.store(true, ordering: .relaxed)
    #expect(throws: FileError.self) { try file.append("three\n") }
    disk.isFull.store(false, ordering: .relaxed)
    try file.append("four\n")
    try file.flush()
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "one\ntwo\nfour\n")
  }

  /// What is long goes to the disk in parts, each of which can be seen to be there.
  @Test func aDiskIsSeenToMove() throws {
    let system = FileSystem()
    let file = try DurableFile("\(folder)/long", system: system)
    let before = system.progress.count
    try file.write([UInt8](repeating: 1, count: 40 << 20))
    #expect(system.progress.count == before + 3)
    try file.flush()
    #expect(system.progress.count == before + 4)
    let bytes = try TextFile.bytes(of: "\(folder)/long")
    #expect(bytes.count == 40 << 20 && bytes.allSatisfy { $0 == 1 })
  }

  @Test func aLockIsHeldUntilItsHolderGoes() throws {
    let path = "\(folder)/lock"
    var first: FileLock? = try FileLock.take(path, as: "first")
    #expect(first != nil)
    let error = #expect(throws: FileLock.Held.self) { try FileLock.take(path, as: "second") }
    #expect(error?.holder == "first")
    first = nil
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(try FileLock.take(path, as: "third") != nil)
  }
}
