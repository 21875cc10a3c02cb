/// A file format of rows of numbers, one row a time step.
///
/// Numbers that are missing are NaN; infinite ones are refused. Until `select` is called all columns
/// are chosen, and no label.
package protocol RowFormat: SendableMetatype {
  /// Whether a file that begins with these bytes is of this format.
  static func recognises(_ head: [UInt8]) -> Bool

  /// Opens a file of this format and reads what it says about its columns.
  init(path: String) throws(SequenceDataError)

  /// The file that is read.
  var file: SourceFile { get }
  /// The columns' names, if the file has any, as many as there are columns.
  var columnNames: [String]? { get }
  /// The columns of the file.
  var columnCount: Int { get }
  /// The rows in a second, if the file tells, in hertz.
  var sampleRate: Double? { get }

  /// Chooses what is read; to be called before the first row.
  ///
  /// - Parameters:
  ///   - numbers: the columns of a row, from 0, in this order. What stands in others does not matter.
  ///   - label: a column that may hold any text.
  mutating func select(numbers: [Int], label: Int?)

  /// Reads the next row; false at the end of the file. Both variables must be the same at each call.
  ///
  /// - Parameters:
  ///   - row: becomes the numbers of the chosen columns.
  ///   - label: becomes what the label's column says, where that changes.
  mutating func next(
    into row: inout [Double], label: inout String
  ) throws(SequenceDataError) -> Bool
}

extension RowFormat {
  package var sampleRate: Double? { nil }
}

/// The formats that are known; the first that recognises a file reads it.
package enum RowFormats {
  /// The last one takes whatever no other does, to say what is wrong with it.
  package static let all: [any RowFormat.Type] = [
    NPYFile.self, NPZFile.self, WAVFile.self, DelimitedText.self,
  ]

  /// What is expected of a file, for messages.
  package static let names =
    "text (numbers set apart by commas, semicolons, tabs or blanks), NPY, NPZ or WAV"

  /// The bytes that are shown to a format.
  static let headSize = 64

  /// The most columns of a file, so that no header makes us take memory for more.
  static let mostColumns = 1 << 16

  /// Opens a file with the format that recognises it.
  ///
  /// - Throws: `SequenceDataError`.
  package static func open(
    _ path: String, formats: [any RowFormat.Type] = all
  ) throws(SequenceDataError) -> any RowFormat {
    let head = try SourceFile.head(path: path, count: headSize)
    if let name = ForeignFormat.name(ofFileThatBegins: head) {
      throw .badTable(
        path: path,
        reason: "is \(name), which is not read; convert it to CSV or NPZ (the documentation of "
          + "data shows how)")
    }
    guard let format = formats.first(where: { $0.recognises(head) }) else {
      throw .badTable(path: path, reason: "is no table; expected \(names)")
    }
    return try format.init(path: path)
  }
}

/// Formats that others convert, by the bytes they begin with.
private enum ForeignFormat {
  private static let beginnings: [(name: String, bytes: [UInt8])] = [
    ("HDF5 (or NetCDF 4)", [0x89] + Array("HDF\r\n".utf8)),
    ("NetCDF", Array("CDF\u{1}".utf8)), ("NetCDF", Array("CDF\u{2}".utf8)),
    ("NetCDF", Array("CDF\u{5}".utf8)), ("Parquet", Array("PAR1".utf8)),
    ("MATLAB", Array("MATLAB 5".utf8)), ("MATLAB", Array("MATLAB 7".utf8)), ("gzip", [0x1F, 0x8B]),
  ]

  static func name(ofFileThatBegins head: [UInt8]) -> String? {
    beginnings.first { head.starts(with: $0.bytes) }?.name
  }
}
