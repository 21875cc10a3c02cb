import Files

/// A column as a configuration names it: by its name, or by its number from 1. A name wins.
package struct ColumnReference: Sendable, Equatable {
  /// As it is written.
  package let text: String

  /// A name or a number.
  package init(_ text: String) { self.text = text }

  /// Where the column stands, from 0.
  ///
  /// - Parameters:
  ///   - names: those of the file's columns, if it has any.
  ///   - count: the file's columns.
  ///   - path: the file, for messages.
  /// - Throws: `missingColumn` with the nearest name, or `missingColumnNumber` where there are none.
  package func position(
    among names: [String]?, count: Int, of path: String
  ) throws(SequenceDataError) -> Int {
    if let position = names?.firstIndex(of: text) { return position }
    if let number = Int(text), number >= 1, number <= count { return number - 1 }
    guard let names else {
      throw .missingColumnNumber(path: path, reference: text, count: count)
    }
    throw .missingColumn(path: path, name: text, nearest: names.nearest(to: text))
  }
}
