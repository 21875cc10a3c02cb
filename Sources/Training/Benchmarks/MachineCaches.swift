import Foundation

/// The last caches before memory, each of which some cores of the machine share.
package struct MachineCaches {
  /// What they hold together; 0 where the system does not tell.
  package let bytes: Int

  /// Reads them where Linux tells.
  package init(folder: String = "/sys/devices/system/cpu") {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    // By the cores that share it: all of them name a cache.
    var caches: [String: Int] = [:]
    for core in entries where core.hasPrefix("cpu") && Int(core.dropFirst(3)) != nil {
      let levels = Self.levels("\(folder)/\(core)/cache")
      guard let last = levels.max(by: { $0.bytes < $1.bytes }) else { continue }
      caches[last.cores] = last.bytes
    }
    bytes = caches.values.reduce(0, +)
  }

  /// The caches of one core.
  private static func levels(_ folder: String) -> [(cores: String, bytes: Int)] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return entries.compactMap { entry in
      guard let cores = word("\(folder)/\(entry)/shared_cpu_list"),
        let bytes = word("\(folder)/\(entry)/size").flatMap(ByteCount.parse)
      else { return nil }
      return (cores: cores, bytes: bytes)
    }
  }

  private static func word(_ path: String) -> String? {
    let text = try? String(contentsOfFile: path, encoding: .utf8)
    return text?.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
