import Files
import Foundation
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

  @Test func aFullDeviceIsToldAsSuch() throws {
    let device = try Descriptor("/dev/full", O_WRONLY)
    let error = #expect(throws: FileError.self) { try device.write("one") }
    #expect(
      error?.description
        == "/dev/full: cannot write: No space left on device; free some space")
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
