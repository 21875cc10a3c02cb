/// Reads a JSON Lines file sequence by sequence; blank lines are skipped.
struct SequenceLineReader {
  private let reader: LineReader
  private let reading: SequenceReading

  init(path: String, reading: SequenceReading) throws(SequenceDataError) {
    reader = try LineReader(path: path)
    self.reading = reading
  }

  /// The file that is read.
  var file: SourceFile { reader.file }

  /// The next sequence; nil at the end of the file.
  ///
  /// - Throws: `badJSON` or `badSequence` with the line.
  func next() throws(SequenceDataError) -> SequenceRecord? {
    while let line = try reader.next() {
      guard !line.allSatisfy({ $0 == 32 || $0 == 9 }) else { continue }
      let value: JSONValue
      do throws(JSONSyntaxError) {
        value = try JSONParser.parse(line)
      } catch {
        throw .badJSON(
          path: file.path, line: reader.lineNumber, column: error.column, reason: error.reason)
      }
      do throws(SequenceLineError) {
        return try SequenceRecord(
          value, interpretation: reading.targets, missingTargets: reading.missingTargets)
      } catch {
        throw located(error)
      }
    }
    return nil
  }

  /// What is wrong with the sequence that was read last, and where.
  func located(_ error: SequenceLineError) -> SequenceDataError {
    .badSequence(path: file.path, line: reader.lineNumber, reason: error.reason)
  }
}
