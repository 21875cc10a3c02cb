import Foundation
import Workers

/// The memory domains (NUMA nodes) of a machine: each is some cores and the memory beside them.
package struct MemoryDomains {
  /// The cores of each domain.
  package let cores: [[ClosedRange<Int>]]

  /// Reads them where Linux tells; there are none elsewhere.
  package init(folder: String = "/sys/devices/system/node") {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let numbers = entries.compactMap { $0.hasPrefix("node") ? Int($0.dropFirst(4)) : nil }
    cores = numbers.sorted().map { number in
      let list = try? String(contentsOfFile: "\(folder)/node\(number)/cpulist", encoding: .utf8)
      return Self.ranges(of: list ?? "")
    }
  }

  /// The domains of a mask's cores, one bit each: equal for ranks beside the same memory. From the
  /// 32nd domain on bits stand for several.
  package func bits(of mask: ProcessorMask) -> Int32 {
    var bits: Int32 = 0
    for (domain, ranges) in cores.enumerated()
    where ranges.contains(where: { $0.contains(where: mask.contains(core:)) }) {
      bits |= 1 << (domain % 31)
    }
    return bits
  }

  /// `0-3,8` as ranges.
  private static func ranges(of list: String) -> [ClosedRange<Int>] {
    list.split { $0 == "," || $0.isNewline }.compactMap { part in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first <= last else { return nil }
      return first...last
    }
  }
}
