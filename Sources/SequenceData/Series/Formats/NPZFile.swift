/// A set of NumPy's arrays (`numpy.savez`, `numpy.savez_compressed`): an array [T] is a column of its
/// name, an array `name` [T, C] is the columns `name_1` to `name_C`. The arrays that are chosen must be
/// of one length.
package struct NPZFile: MatrixFormat {
  package var table: MatrixTable
  package let columnNames: [String]?

  package static func recognises(_ head: [UInt8]) -> Bool { ZIPDirectory.recognises(head) }

  /// Opens a file and reads the headers of its arrays.
  ///
  /// - Throws: `badTable`, or `duplicateColumn`.
  package init(path: String) throws(SequenceDataError) {
    let file = try SourceFile(path: path)
    var matrices: [NumberMatrix] = []
    var names: [String] = []
    var columns = 0
    for entry in try ZIPDirectory(of: file).entries where entry.name.hasSuffix(".npy") {
      let array = String(entry.name.dropLast(4))
      let shown = "the array \(SequenceDataError.excerpt(array))"
      let part = try entry.part(in: file)
      let header = try NPYHeader(part, in: file, name: shown)
      let matrix = header.matrix(part, name: shown)
      columns += min(matrix.columns, RowFormats.mostColumns + 1)
      matrices.append(matrix)
      guard columns <= RowFormats.mostColumns else { break }
      let isOneColumn = header.shape.count != 2 || matrix.problem != nil
      names += isOneColumn ? [array] : (1...matrix.columns).map { "\(array)_\($0)" }
    }
    guard !matrices.isEmpty else {
      throw .badTable(
        path: path, reason: "is a ZIP file without arrays of NumPy; expected \(RowFormats.names)")
    }
    table = try MatrixTable(matrices, in: file)
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw .duplicateColumn(path: path, name: name)
    }
    columnNames = names
  }
}
