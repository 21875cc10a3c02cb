import Files

/// Constants of sequences, such as the area of a basin: a row for each, found by its name.
///
/// The column of the names is the one that is called like the group, else `name`, `id` or `file`, else
/// the first; all others are numbers.
package struct AttributeTable: Sendable, Equatable {
  /// The file.
  package let path: String
  /// The names of the attributes; `static_1`, … where the file has none.
  package let names: [String]

  private var rows: [String: [Double]] = [:]
  private var firstName = ""

  /// The attributes of a sequence.
  package var width: Int { names.count }

  /// Reads a table of any format of series.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - group: what `data.group` names, if anything.
  /// - Throws: `badTable` for an attribute that is missing, for two rows of one name and for a table
  ///   without attributes, and whatever reading it throws.
  package init(path: String, group: String? = nil) throws(SequenceDataError) {
    self.path = path
    var format = try RowFormats.open(path)
    let known = [group, "name", "id", "file"].compactMap { $0 }
    let column = known.compactMap { format.columnNames?.firstIndex(of: $0) }.first ?? 0
    let others = (0..<format.columnCount).filter { $0 != column }
    guard !others.isEmpty else {
      throw .badTable(
        path: path, reason: "has one column; expected names of sequences and numbers beside them")
    }
    names = others.enumerated().map { index, other in
      format.columnNames?[other] ?? "static_\(index + 1)"
    }
    format.select(numbers: others, label: column)
    var row: [Double] = []
    var name = ""
    do throws(SequenceDataError) {
      while try format.next(into: &row, label: &name) { try append(row, name) }
    } catch {
      guard case .badNumber(_, let line, let column, let field) = error else { throw error }
      throw .badTable(
        path: "\(path):\(line)",
        reason:
          "column \(column) is \(SequenceDataError.excerpt(field)), expected a number; constants "
          + "are numbers, so leave that column out")
    }
    guard !rows.isEmpty else { throw .emptyFile(path: path) }
  }

  private mutating func append(_ row: [Double], _ name: String) throws(SequenceDataError) {
    if rows.isEmpty { firstName = name }
    if let missing = row.firstIndex(where: { $0.isNaN }) {
      throw .badTable(
        path: path,
        reason: "the row \(SequenceDataError.excerpt(name)) has no number in column "
          + "\(SequenceDataError.excerpt(names[missing])); fill it in, or leave the row out")
    }
    guard rows.updateValue(row, forKey: name) == nil else {
      throw .badTable(
        path: path,
        reason: "two rows are called \(SequenceDataError.excerpt(name)); leave one out")
    }
  }

  /// The attributes of sequences, in their order.
  ///
  /// - Parameter sequences: their names: labels, or files, which are also found by their last
  ///   component and without its extension.
  /// - Throws: `noSharedAttributes` if none of them has a row, `noAttributes` if one has none.
  package func values(of sequences: [String]) throws(SequenceDataError) -> [[Double]] {
    let found = sequences.map { row(of: $0) }
    guard let missing = found.firstIndex(where: { $0 == nil }) else {
      return found.compactMap { $0 }
    }
    let name = Self.spellings(of: sequences[missing]).last ?? sequences[missing]
    guard found.contains(where: { $0 != nil }) else {
      throw .noSharedAttributes(path: path, sequence: name, attribute: firstName)
    }
    throw .noAttributes(path: path, sequence: name, nearest: rows.keys.sorted().nearest(to: name))
  }

  private func row(of sequence: String) -> [Double]? {
    Self.spellings(of: sequence).lazy.compactMap { rows[$0] }.first
  }

  /// A name as it is, as a file's without its folder, and without its extension.
  private static func spellings(of sequence: String) -> [String] {
    let file = sequence.split(separator: "/").last.map { String($0) } ?? sequence
    let stem = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
    return [sequence, file, stem]
  }
}
