/// One run of a sweep: what it changes of the configuration.
package struct Trial: Sendable, Equatable {
  /// Its place in the list of all trials, from 1.
  package let number: Int
  /// The keys that vary, the same in all trials.
  package let keys: [String]
  /// The value of each, as YAML.
  package let values: [String]

  /// - Parameters:
  ///   - number: its place, from 1.
  ///   - keys: what varies.
  ///   - values: one of each key.
  package init(number: Int, keys: [String], values: [String]) {
    precondition(keys.count == values.count, "\(values.count) values of \(keys.count) keys")
    self.number = number
    self.keys = keys
    self.values = values
  }

  /// `key.path=value` each, as `--set` takes them.
  package var overrides: [String] { zip(keys, values).map { "\($0)=\($1)" } }

  /// The name of its folder, such as `trial-001-seed=1,hidden=16`: plain characters, and not long. It
  /// follows from the number and what is overridden alone.
  package var name: String {
    let digits = "\(number)"
    let padding = String(repeating: "0", count: max(0, 3 - digits.count))
    let words = zip(keys, values).map { key, value in
      "\(Self.plain(shortName(of: key)))=\(Self.plain(value))"
    }.joined(separator: ",")
    // What a file system takes is 255 bytes; people read less.
    let short = words.count <= Self.longest ? words : String(words.prefix(Self.longest)) + "~"
    return "trial-\(padding)\(digits)" + (short.isEmpty ? "" : "-\(short)")
  }

  private static let longest = 80

  /// The last part of a key's path, where no other key that varies ends alike.
  private func shortName(of key: String) -> String {
    func last(_ key: String) -> String { key.split(separator: ".").last.map(String.init) ?? key }
    return keys.count { last($0) == last(key) } == 1 ? last(key) : key
  }

  /// Letters, digits and what file names and shells have no other meaning for.
  private static func plain(_ text: String) -> String {
    String(
      text.map { character in
        let isPlain = character.isASCII && (character.isLetter || character.isNumber)
        return isPlain || "._+-".contains(character) ? character : "_"
      })
  }
}
