/// A text that was turned into symbol numbers: what one process prepares and every rank opens.
package struct PreparedText: Sendable, Equatable, Codable {
  /// The training file, or the only one.
  package let training: PreparedFile
  /// The validation file, if there is one.
  package let validation: PreparedFile?
  /// The share of the training file's symbols that is held out when there is no validation file.
  package let validationFraction: Double

  /// Maps the prepared files; touches no more of them than their headers.
  ///
  /// Without a validation file the last ⌊N · fraction⌋ of the N symbols are the validation part.
  ///
  /// - Throws: `damagedCache`, `noTimeSteps`, or `badValidationFraction`.
  package func open() throws(SequenceDataError) -> CorpusSplit<TextCorpus> {
    let file = try TokenFile(path: training.cache)
    if let validation {
      let held = try TokenFile(path: validation.cache)
      return CorpusSplit(
        training: try TextCorpus(file: file, symbols: 0..<file.count, source: training.source),
        validation: try TextCorpus(file: held, symbols: 0..<held.count, source: validation.source))
    }
    let heldOut = try heldOutCount(
      of: file.count, fraction: validationFraction, smallest: 2, source: training.source)
    let boundary = file.count - heldOut
    let whole = training.source
    return CorpusSplit(
      training: try TextCorpus(file: file, symbols: 0..<boundary, source: whole),
      validation: heldOut == 0
        ? nil : try TextCorpus(file: file, symbols: boundary..<file.count, source: whole))
  }
}

extension TextCorpus {
  /// Turns a training text, and the validation text if there is one, into symbol numbers, unless
  /// the cache has them. The vocabulary is that of the whole training file.
  ///
  /// - Parameters:
  ///   - unknown: stands for characters that the training text lacks; without it they are refused.
  ///   - vocabulary: numbers the symbols instead; that of a trained model, to evaluate it on
  ///     `training`.
  /// - Throws: `SequenceDataError` for files that are missing, empty, unreadable or not UTF-8, for
  ///   characters that are not in the vocabulary, and if the cache cannot be written.
  package static func prepare(
    training: String, validation: String? = nil, validationFraction: Double = 0, unit: TextUnit,
    unknown: String? = nil, vocabulary: Vocabulary? = nil, cache: CacheFolder = .standard
  ) throws(SequenceDataError) -> PreparedText {
    let trainingFile = try prepare(
      training, unit: unit, unknown: unknown, vocabulary: vocabulary, cache: cache)
    var validationFile: PreparedFile?
    if let validation {
      let shared = try TokenFile(path: trainingFile.cache).vocabulary
      validationFile = try prepare(
        validation, unit: unit, unknown: nil, vocabulary: shared, cache: cache)
    }
    return PreparedText(
      training: trainingFile, validation: validationFile, validationFraction: validationFraction)
  }

  private static func prepare(
    _ path: String, unit: TextUnit, unknown: String?, vocabulary: Vocabulary?, cache: CacheFolder
  ) throws(SequenceDataError) -> PreparedFile {
    precondition(
      vocabulary == nil || vocabulary?.unit == unit,
      "a vocabulary of unit \(vocabulary?.unit.rawValue ?? ""), a text of unit \(unit.rawValue)")
    let digest = try SourceFile.digest(path: path)
    let stand = vocabulary?.unknownSymbol ?? unknown ?? ""
    let symbols = (vocabulary.map { ["given"] + $0.symbols } ?? ["its own"]) + [stand]
    return try cache.obtain(
      source: path, digest: digest, settings: ["text", "2", unit.rawValue] + symbols
    ) { writer throws(SequenceDataError) in
      let own =
        if let vocabulary { vocabulary } else {
          try countSymbols(path, unit: unit, unknown: unknown, digest: digest)
        }
      return try encode(path, vocabulary: own, digest: digest, writer: writer)
    }
  }

  private static func countSymbols(
    _ path: String, unit: TextUnit, unknown: String?, digest: String
  ) throws(SequenceDataError) -> Vocabulary {
    if unit == .byte { return .bytes }
    let file = try SourceFile(path: path)
    var segmenter = TextSegmenter(unit: unit, source: path)
    var counter = VocabularyCounter()
    while let chunk = try file.nextChunk() { try segmenter.push(chunk, into: &counter) }
    try segmenter.finish(into: &counter)
    try file.requireDigest(digest)
    guard let vocabulary = counter.vocabulary(unit: unit, unknown: unknown) else {
      throw .emptyFile(path: path)
    }
    return vocabulary
  }

  private static func encode(
    _ path: String, vocabulary: Vocabulary, digest: String, writer: CacheWriter
  ) throws(SequenceDataError) -> TokenMetadata {
    let file = try SourceFile(path: path)
    var segmenter = TextSegmenter(unit: vocabulary.unit, source: path)
    var encoder = SymbolEncoder(vocabulary: vocabulary)
    let width = TokenMetadata.tokenWidth(symbols: vocabulary.count)
    while let chunk = try file.nextChunk() {
      try segmenter.push(chunk, into: &encoder)
      try write(&encoder.numbers, width: width, to: writer)
    }
    try segmenter.finish(into: &encoder)
    try write(&encoder.numbers, width: width, to: writer)
    try file.requireDigest(digest)
    return TokenMetadata(
      vocabulary: vocabulary, tokenWidth: width, count: writer.count / width)
  }

  private static func write(
    _ numbers: inout [Int32], width: Int, to writer: CacheWriter
  ) throws(SequenceDataError) {
    switch width {
    case 1: try writer.append(numbers.map { UInt8($0) })
    case 2: try writer.append(numbers.map { UInt16($0).littleEndian })
    default: try writer.append(numbers.map { UInt32($0).littleEndian })
    }
    numbers.removeAll(keepingCapacity: true)
  }
}
