import Foundation

/// A lock on a file, held until this object goes or its process ends, however it ends. The file goes
/// with the object.
///
/// It is flock(2)'s: processes on one machine see one another's, and on NFS those of all.
package final class FileLock {
  private let file: Descriptor

  /// Who holds a lock.
  package struct Held: Error {
    /// What the holder said of itself.
    package let holder: String
  }

  /// Takes the lock, or says who has it. nil where the file system has no locks.
  ///
  /// - Parameter holder: what others are told who want it.
  /// - Throws: `Held`, `FileError`.
  package static func take(_ path: String, as holder: String) throws -> FileLock? {
    while true {
      let file = try Descriptor(path, O_RDWR | O_CREAT, cannot: "create")
      while flock(file.number, LOCK_EX | LOCK_NB) != 0 {
        switch errno {
        case EINTR: continue
        case EWOULDBLOCK:
          let text = FileManager.default.contents(atPath: path) ?? Data()
          throw Held(holder: String(decoding: text.prefix(200), as: UTF8.self))
        case ENOLCK, ENOTSUP, ENOSYS, EINVAL: return nil
        default: throw FileError(path: path, cannot: "lock", code: errno)
        }
      }
      // The holder before may have removed the file after this process had opened it.
      guard file.isStill(at: path) else { continue }
      ftruncate(file.number, 0)
      try file.write(holder)
      return FileLock(file)
    }
  }

  /// Whether somebody holds a lock now. Where nobody does this takes it for a moment, shared with others who
  /// ask, so that only who takes it in this very moment could be refused.
  package static func isHeld(_ path: String) -> Bool {
    do throws(FileError) {
      let file = try Descriptor(path, O_RDONLY)
      return flock(file.number, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    } catch {
      return false
    }
  }

  private init(_ file: consuming Descriptor) { self.file = file }

  deinit { unlink(file.path) }
}

extension Descriptor {
  /// Whether this is the file that is found under a path now.
  fileprivate func isStill(at path: String) -> Bool {
    var (own, found) = (stat(), stat())
    return fstat(number, &own) == 0 && stat(path, &found) == 0 && own.st_ino == found.st_ino
      && own.st_dev == found.st_dev
  }
}
