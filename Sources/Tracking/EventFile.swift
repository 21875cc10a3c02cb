import Files
import Foundation

/// A file of events, as TensorBoard reads it while it grows. A file belongs to one session of a run: one
/// that goes on begins another.
package final class EventFile {
  /// The file.
  package let path: String
  private let file: LineFile

  private static let prefix = "events.out.tfevents."

  /// Makes a file in a folder, which need not exist yet.
  ///
  /// Its name has the time and the host. TensorBoard reads a folder's files in the order of their names, so
  /// one that comes later is called so, whatever the clock says.
  ///
  /// - Parameters:
  ///   - folder: where the file is made.
  ///   - time: seconds since 1970.
  ///   - host: this machine's name.
  ///   - events: what it begins with, after the format's version.
  ///   - system: what it is written with.
  /// - Throws: `FileError`; then there is no such file.
  package init(
    in folder: String, time: Double, host: String, beginningWith events: [Event],
    system: FileSystem = FileSystem()
  ) throws(FileError) {
    try system.createFolders(folder)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let number = max(Int(time), (names.compactMap(Self.number).max() ?? 0) + 1)
    let path = "\(folder)/\(Self.prefix)\(String(format: "%010ld", number)).\(host)"
    let file = try LineFile(path, system: system)
    do throws(FileError) {
      let version = Event(time: events.first?.time ?? time, .formatVersion)
      try file.append(([version] + events).flatMap(\.record))
    } catch {
      try? system.remove(path)
      throw error
    }
    self.path = path
    self.file = file
  }

  /// The number in a file's name, which is a time.
  private static func number(of name: String) -> Int? {
    guard name.hasPrefix(prefix) else { return nil }
    return Int(name.dropFirst(prefix.count).prefix { $0 != "." })
  }

  /// Adds an event: all of it, or nothing.
  ///
  /// - Throws: `FileError`; the same event may be tried again.
  package func append(_ event: Event) throws(FileError) { try file.append(event.record) }

  /// Waits until everything is on the disk.
  ///
  /// - Throws: `FileError`.
  package func flush() throws(FileError) { try file.flush() }
}
