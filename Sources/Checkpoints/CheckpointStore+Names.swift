import Files
import Foundation

extension CheckpointStore {
  /// The name under which the best checkpoint is kept.
  package static let bestName = "best"

  /// The folder of the best checkpoint, if there is one.
  package var bestPath: String? {
    let path = path(Self.bestName)
    return disk.exists(path) ? path : nil
  }

  /// The folder name of a step.
  package static func name(step: Int) -> String { "step-\(step)" }

  /// The step of a folder name; `nil` for any other name.
  static func step(of name: String) -> Int? {
    guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)), Self.name(step: step) == name
    else { return nil }
    return step
  }

  /// A hidden name that a folder has for a moment: `.step-7.partial-host-123`.
  struct TemporaryName {
    /// Why the folder does not have its own name.
    enum Purpose: String, CaseIterable {
      /// It is being written.
      case partial
      /// It is being replaced.
      case replaced
      /// It is being removed.
      case removed
    }

    /// The folder's own name.
    let name: String
    let purpose: Purpose
    /// The name in the file system.
    let entry: String

    /// This process's temporary name for `name`.
    init(_ name: String, _ purpose: Purpose) {
      self.name = name
      self.purpose = purpose
      entry = ".\(name).\(purpose.rawValue)-\(ProcessIdentity.current)"
    }

    /// Takes a name in the file system apart; `nil` if it is none of ours.
    init?(_ entry: String) {
      let parts = entry.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0].isEmpty,
        let purpose = Purpose.allCases.first(where: { parts[2].hasPrefix("\($0.rawValue)-") })
      else { return nil }
      let name = String(parts[1])
      guard name == CheckpointStore.bestName || CheckpointStore.step(of: name) != nil else {
        return nil
      }
      self.name = name
      self.purpose = purpose
      self.entry = entry
    }
  }

  /// The names in the folder; none if it does not exist or cannot be read.
  func entries() -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
  }

  /// Whether there is nothing in it, or no folder at all.
  package var isEmpty: Bool { entries().isEmpty }

  /// The path of a name in the folder.
  func path(_ name: String) -> String { "\(directory)/\(name)" }
}
