import Foundation

/// A disk of a test's own, in memory, that is soon full. Needs root.
final class SmallDisk {
  private let path: String

  /// Whether such a disk can be made here.
  static let isAvailable: Bool = {
    guard geteuid() == 0, let workspace = try? Workspace() else { return false }
    return (try? SmallDisk(at: workspace("disk"))) != nil
  }()

  struct Failure: Error, CustomStringConvertible { let description: String }

  /// Mounts 8 MiB at a folder that this makes.
  init(at path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard succeeds(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", path]) else {
      throw Failure(description: "cannot mount a disk at \(path)")
    }
    self.path = path
  }

  deinit { succeeds(["umount", "--lazy", path]) }

  private var filler: String { "\(path)/filler" }

  /// Takes all the room that is left.
  func fill() {
    let file = open(filler, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard file >= 0 else { return }
    defer { close(file) }
    // Whole blocks first, then what is left of the last one.
    for size in [1 << 16, 1 << 12, 1] {
      let block = [UInt8](repeating: 1, count: size)
      while write(file, block, size) > 0 {}
    }
  }

  /// Gives it back.
  func free() { unlink(filler) }
}
