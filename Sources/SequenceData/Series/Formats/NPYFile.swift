/// An array of NumPy (`numpy.save`): [T], or [T, C] for C columns without names, in C or Fortran order.
package struct NPYFile: MatrixFormat {
  package var table: MatrixTable
  package let columnNames: [String]? = nil

  package static func recognises(_ head: [UInt8]) -> Bool { head.starts(with: NPYHeader.magic) }

  /// Opens a file and reads its header.
  ///
  /// - Throws: `badTable`.
  package init(path: String) throws(SequenceDataError) {
    let file = try SourceFile(path: path)
    let part = FilePart(offset: 0, count: file.size)
    let header = try NPYHeader(part, in: file, name: "the array")
    let matrix = header.matrix(part, name: "the array")
    if let problem = matrix.problem {
      throw .badTable(path: path, reason: "\(matrix.name) \(problem)")
    }
    table = try MatrixTable([matrix], in: file)
  }
}
