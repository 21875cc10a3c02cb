/// A line of a file of sequences.
package enum SequenceLine {
  case blank
  case sequence(SequenceRecord)
}

/// Reads a JSON Lines file sequence by sequence.
package struct SequenceLineReader {
  private let reader: LineReader
  private let reading: SequenceReading

  init(path: String, reading: SequenceReading) throws(SequenceDataError) {
    reader = try LineReader(path: path)
    self.reading = reading
  }

  /// The file that is read.
  var file: SourceFile { reader.file }

  /// Reads a file to predict from it: no line needs targets, nor inputs in its list.
  package init(
    path: String, toPredict targets: TargetInterpretation
  ) throws(SequenceDataError) {
    try self.init(
      path: path, reading: SequenceReading(targets: targets, missingTargets: .uncounted))
  }

  /// The next sequence, blank lines passed over; nil at the end of the file.
  ///
  /// - Throws: `badJSON` or `badSequence` with the line.
  func next() throws(SequenceDataError) -> SequenceRecord? {
    while let line = try nextLine() {
      if case .sequence(let record) = line { return record }
    }
    return nil
  }

  /// The next line; nil at the end of the file.
  ///
  /// - Throws: `badJSON` or `badSequence` with the line.
  package func nextLine() throws(SequenceDataError) -> SequenceLine? {
    guard let line = try reader.next() else { return nil }
    guard !line.allSatisfy({ $0 == 32 || $0 == 9 }) else { return .blank }
    let value: JSONValue
    do throws(JSONSyntaxError) {
      value = try JSONParser.parse(line)
    } catch {
      throw .badJSON(
        path: file.path, line: reader.lineNumber, column: error.column, reason: error.reason)
    }
    do throws(SequenceLineError) {
      return .sequence(
        try SequenceRecord(
          value, interpretation: reading.targets, missingTargets: reading.missingTargets))
    } catch {
      throw located(error)
    }
  }

  /// What is wrong with the sequence that was read last, and where.
  package func failure(_ reason: String) -> SequenceDataError {
    located(SequenceLineError(reason: reason))
  }

  /// What is wrong with the sequence that was read last, and where.
  func located(_ error: SequenceLineError) -> SequenceDataError {
    .badSequence(path: file.path, line: reader.lineNumber, reason: error.reason)
  }
}
