import Foundation

/// Numbers as people read them.
package enum Formatting {
  /// With the given number of decimals.
  package static func decimal(_ value: Double, _ digits: Int = 4) -> String {
    String(format: "%.\(digits)f", value)
  }

  /// With five significant digits, however large or small: 0.0039715.
  package static func significant(_ value: Double) -> String { String(format: "%.5g", value) }

  /// With thousands separated: 54,529.
  package static func grouped(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    let digits = String(Int(value.rounded().magnitude))
    var groups: [Substring] = []
    var rest = digits[...]
    while !rest.isEmpty {
      groups.insert(rest.suffix(3), at: 0)
      rest = rest.dropLast(3)
    }
    return (value < 0 ? "-" : "") + groups.joined(separator: ",")
  }

  /// How long ago something was: 40 s, 12 min, 5 h, 3 days.
  package static func age(_ seconds: Double) -> String {
    switch seconds {
    case ..<60: "\(Int(max(0, seconds))) s"
    case ..<3600: "\(Int(seconds / 60)) min"
    case ..<86_400: "\(Int(seconds / 3600)) h"
    default: counted(Int(min(seconds, 1e9) / 86_400), "day")
    }
  }

  /// How many there are of something: 1 rank, 2 ranks.
  package static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  /// A size in memory or on disk: 1.5 GB, of 10⁹ bytes.
  package static func bytes(_ count: Double) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    var value = count
    var unit = 0
    while value >= 1000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return unit == 0 ? "\(Int(value)) bytes" : "\(decimal(value, 1)) \(units[unit])"
  }

  /// Hours, minutes and seconds: 1:02:03 or 2:03.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "–" }
    let whole = Int(seconds.rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    return hours > 0
      ? String(format: "%d:%02d:%02d", hours, minutes, rest)
      : String(format: "%d:%02d", minutes, rest)
  }
}
