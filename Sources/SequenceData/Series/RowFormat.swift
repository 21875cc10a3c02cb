/// A file format of rows of numbers, one row a time step.
package protocol RowFormat: SendableMetatype {
  /// Whether a file that begins with these bytes is of this format.
  static func recognises(_ head: [UInt8]) -> Bool

  /// Opens a file of this format.
  init(path: String) throws(SequenceDataError)

  /// The file that is read.
  var file: SourceFile { get }
  /// The columns' names, if the file has any, once a row has been read.
  var columnNames: [String]? { get }

  /// Reads the next row into `row`; false at the end of the file. All rows are of one width, and all
  /// numbers finite.
  mutating func next(into row: inout [Double]) throws(SequenceDataError) -> Bool
}

/// The formats that are known; the first that recognises a file reads it.
package enum RowFormats {
  /// The last one takes whatever no other does, to say what is wrong with it.
  package static let all: [any RowFormat.Type] = [CSVParser.self]

  /// The bytes that are shown to a format.
  static let headSize = 64
}
