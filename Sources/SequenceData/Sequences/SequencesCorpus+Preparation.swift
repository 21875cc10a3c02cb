/// A JSON Lines file that was parsed: what one process prepares and every rank opens.
package struct PreparedSequences: Sendable, Equatable, Codable {
  /// The training file, or the only one.
  package let training: PreparedFile
  /// The validation file, if there is one.
  package let validation: PreparedFile?
  /// The share of the training file's sequences that is held out when there is no validation file.
  package let validationFraction: Double

  /// Maps the prepared files; touches no more of them than headers and indices.
  ///
  /// Without a validation file the last ⌊N · fraction⌋ of the N sequences are the validation part.
  ///
  /// - Throws: `damagedCache`, `noCountedTarget` or `badValidationFraction`.
  package func open() throws(SequenceDataError) -> CorpusSplit<SequencesCorpus> {
    let file = try SequenceFile(path: training.cache)
    if let validation {
      let held = try SequenceFile(path: validation.cache)
      return CorpusSplit(
        training: try part(file, 0..<file.count, of: training, "training"),
        validation: try part(held, 0..<held.count, of: validation, "validation"))
    }
    let heldOut = try heldOutCount(
      of: file.count, fraction: validationFraction, smallest: 1, source: training.source)
    let boundary = file.count - heldOut
    return CorpusSplit(
      training: try part(file, 0..<boundary, of: training, "training"),
      validation: heldOut == 0
        ? nil : try part(file, boundary..<file.count, of: training, "validation"))
  }

  private func part(
    _ file: SequenceFile, _ sequences: Range<Int>, of source: PreparedFile, _ name: String
  ) throws(SequenceDataError) -> SequencesCorpus {
    guard file.hasCountedTarget(in: sequences) else {
      throw .noCountedTarget(source: source.source, part: name)
    }
    return SequencesCorpus(file: file, sequences: sequences, source: source.source)
  }
}

/// How the lines of a file are to be read; what the cached file depends on beside the content.
struct SequenceReading {
  let targets: TargetInterpretation
  var missingTargets = MissingTargets.nextInput
  var kinds: SequenceKinds?

  var settings: [String] {
    [targets.rawValue, kinds.map { "\($0)" } ?? "its own"]
  }
}

extension SequencesCorpus {
  /// Parses a training file, and the validation file if there is one, unless the cache has them.
  /// The validation file has to fit the kinds of the training file.
  ///
  /// - Parameters:
  ///   - targets: how targets are to be read, which follows from the loss.
  ///   - kinds: the kinds that `training` has to fit; those of a trained model, to evaluate it.
  /// - Throws: `SequenceDataError` for files that are missing, empty or unreadable, for lines that
  ///   are not JSON or not a sequence like the others (each with its number), and if the cache
  ///   cannot be written.
  package static func prepare(
    training: String, validation: String? = nil, validationFraction: Double = 0,
    targets: TargetInterpretation, kinds: SequenceKinds? = nil, cache: CacheFolder = .standard
  ) throws(SequenceDataError) -> PreparedSequences {
    var reading = SequenceReading(targets: targets, kinds: kinds)
    let trainingFile = try prepare(training, reading: reading, cache: cache)
    var validationFile: PreparedFile?
    if let validation {
      reading.kinds = try SequenceFile(path: trainingFile.cache).kinds
      validationFile = try prepare(validation, reading: reading, cache: cache)
    }
    return PreparedSequences(
      training: trainingFile, validation: validationFile, validationFraction: validationFraction)
  }

  private static func prepare(
    _ path: String, reading: SequenceReading, cache: CacheFolder
  ) throws(SequenceDataError) -> PreparedFile {
    let digest = try SourceFile.digest(path: path)
    return try cache.obtain(
      source: path, digest: digest, settings: ["sequences", "2"] + reading.settings
    ) { writer throws(SequenceDataError) in
      // Two passes: the width of a label row is known only after the last line.
      let (found, targetRows) = try survey(path, reading: reading)
      if case .labels(let width) = found.target {
        try cache.requireRoom(forBytes: targetRows * width * MemoryLayout<Float>.size)
      }
      let lines = try SequenceLineReader(path: path, reading: reading)
      var records = SequenceFileWriter(writer, kinds: found)
      while let record = try lines.next() { try records.append(record) }
      try lines.file.requireDigest(digest)
      return try records.finish()
    }
  }

  private static func survey(
    _ path: String, reading: SequenceReading
  ) throws(SequenceDataError) -> (kinds: SequenceKinds, targetRows: Int) {
    let lines = try SequenceLineReader(path: path, reading: reading)
    var survey = SequenceSurvey(interpretation: reading.targets, given: reading.kinds)
    while let record = try lines.next() {
      do throws(SequenceLineError) {
        try survey.add(record)
      } catch {
        throw lines.located(error)
      }
    }
    guard survey.hasSequences, let found = survey.kinds else { throw .emptyFile(path: path) }
    return (found, survey.targetRows)
  }
}
