/// The number of insertions, deletions, replacements and swaps of neighbouring characters that turn
/// one word into the other (optimal string alignment: Damerau 1964, Wagner and Fischer 1974), with
/// case ignored and `-` equal to `_`.
package func editDistance(_ first: String, _ second: String) -> Int {
  let a = normalised(first)
  let b = normalised(second)
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        cost = min(cost, beforeLast[j - 1] + 1)
      }
      row.append(cost)
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}

/// The word with case removed and `-` as `_`; cut short so that the cost stays small.
private func normalised(_ word: String) -> [Character] {
  word.prefix(64).lowercased().map { $0 == "-" ? "_" : $0 }
}

extension Sequence<String> {
  /// The element with the smallest edit distance to `word`, the first of equals.
  package func nearest(to word: String) -> String? {
    map { ($0, editDistance($0, word)) }.min { $0.1 < $1.1 }?.0
  }
}
