import Foundation
import SequenceData
import TestSupport
import Testing

@Suite struct TextTests {
  private func symbols(of corpus: TextCorpus) -> [Int32] {
    let steps = steps(of: corpus, sequence: 0)
    return steps.map { Int32($0.inputs[0]) } + [Int32(steps[steps.count - 1].targets[0])]
  }

  @Test func bytesAreTheirOwnNumbers() throws {
    let folder = try TestFolder()
    let path = try folder.write([0, 255, 10, 200, 65], to: "a")
    let corpus = try TextCorpus.prepare(training: path, unit: .byte, cache: folder.cache)
      .open().training
    #expect(symbols(of: corpus) == [0, 255, 10, 200, 65])
    #expect(corpus.inputKind == .symbols(count: 256) && corpus.targetKind == .classes(count: 256))
    #expect(corpus.timeSteps(ofSequence: 0, epoch: 0) == 4)
    #expect(Vocabulary.bytes.decode([72, 195, 182]) == "Hö")
  }

  @Test func charactersAreScalarsInAscendingOrder() throws {
    let folder = try TestFolder()
    let text = "née\u{301} 😀\nb"
    let path = try folder.write(text, to: "a")
    let corpus = try TextCorpus.prepare(training: path, unit: .character, cache: folder.cache)
      .open().training
    #expect(corpus.vocabulary.symbols == ["\n", " ", "b", "e", "n", "é", "\u{301}", "😀"])
    #expect(symbols(of: corpus) == [4, 5, 3, 6, 1, 7, 0, 2])
    #expect(corpus.vocabulary.decode(symbols(of: corpus)) == text)
    #expect(try corpus.vocabulary.encode("been") == [2, 3, 3, 4])
  }

  @Test func wordsAreSplitAtWhiteSpaceAndLineFeeds() throws {
    let folder = try TestFolder()
    let path = try folder.write(" the cat\r\n\nthe\u{2003}dog the\n", to: "a")
    let vocabulary = try TextCorpus.prepare(training: path, unit: .word, cache: folder.cache)
      .open().training.vocabulary
    #expect(vocabulary.symbols == ["<eos>", "the", "cat", "dog", "<unk>"])
    let corpus = try TextCorpus.prepare(training: path, unit: .word, cache: folder.cache)
      .open().training
    #expect(symbols(of: corpus) == [1, 2, 0, 0, 1, 3, 1, 0])
    #expect(try vocabulary.encode("the bird\ndog") == [1, 4, 0, 3])
    #expect(vocabulary.decode([1, 2, 0, 3]) == "the cat\ndog")
  }

  @Test func validationUsesTheTrainingVocabulary() throws {
    let folder = try TestFolder()
    let training = try folder.write("b a b a b\n", to: "training")
    let validation = try folder.write("a c b\n", to: "validation")
    let split = try TextCorpus.prepare(
      training: training, validation: validation, unit: .word, cache: folder.cache
    ).open()
    let held = try #require(split.validation)
    #expect(held.vocabulary == split.training.vocabulary)
    #expect(held.vocabulary.decode(symbols(of: held)) == "a <unk> b\n")
    let again = try TextCorpus.prepare(
      training: validation, unit: .word, vocabulary: held.vocabulary, cache: folder.cache
    ).open().training
    #expect(symbols(of: again) == symbols(of: held))
  }

  @Test func lastFractionOfTheSymbolsIsHeldOut() throws {
    let folder = try TestFolder()
    let path = try folder.write("abcdefghijklmnopqrstuvwxyz", to: "a")
    func split(_ fraction: Double) throws -> CorpusSplit<TextCorpus> {
      try TextCorpus.prepare(
        training: path, validationFraction: fraction, unit: .character, cache: folder.cache
      ).open()
    }
    let tenth = try split(0.1)
    let held = try #require(tenth.validation)
    #expect(tenth.training.symbolCount == 24 && held.symbolCount == 2)
    #expect(symbols(of: tenth.training) == Array(0..<24) && symbols(of: held) == [24, 25])
    #expect(tenth.training.vocabulary.count == 26)
    #expect(try split(0).validation == nil)
    for fraction in [-0.1, 0.01, 0.97, 1, 2, .nan] {
      let error = failure { _ = try split(fraction) }
      #expect(error?.description.contains("validation_fraction") == true)
    }
  }

  @Test func chunkBordersDoNotMatter() throws {
    // Longer than a chunk of 1 MiB, with scalars and words across its border.
    let folder = try TestFolder()
    let line = "x😀é αβγ wörter\n"
    let path = try folder.write(String(repeating: line, count: 60_000), to: "a")
    for unit in [TextUnit.character, .word] {
      let corpus = try TextCorpus.prepare(training: path, unit: unit, cache: folder.cache)
        .open().training
      let one = try corpus.vocabulary.encode(line)
      #expect(symbols(of: corpus) == (0..<60_000).flatMap { _ in one })
    }
  }

  @Test func widerVocabulariesTakeMoreBytes() throws {
    let folder = try TestFolder()
    for (count, width) in [(250, 1), (300, 2), (70_000, 4)] {
      let text = (0..<count).map { "w\($0)" }.joined(separator: " ")
      let path = try folder.write(text, to: "\(count)")
      let prepared = try TextCorpus.prepare(training: path, unit: .word, cache: folder.cache)
      let corpus = try prepared.open().training
      #expect(corpus.vocabulary.count == count + 2)
      #expect(corpus.vocabulary.decode(symbols(of: corpus)) == text)
      let json = try JSONEncoder().encode(corpus.vocabulary).count
      let size = try Data(contentsOf: URL(fileURLWithPath: prepared.training.cache)).count
      #expect(abs(size - json - 128 - count * width) < 150)
    }
  }

  @Test func vocabularySurvivesJSON() throws {
    let characters = try #require(
      Vocabulary(
        unit: .character,
        symbols: ["\0", "\t", "\"", "\\", "é", "\u{301}", "\u{FEFF}", "\u{C5}", "\u{212B}"]))
    for vocabulary in [.bytes, characters] {
      let json = try JSONEncoder().encode(vocabulary)
      let read = try JSONDecoder().decode(Vocabulary.self, from: json)
      #expect(read.unit == vocabulary.unit)
      #expect(
        read.symbols.map { Array($0.unicodeScalars) }
          == vocabulary.symbols.map { Array($0.unicodeScalars) })
    }
    #expect(Vocabulary(unit: .character, symbols: ["a", "a"]) == nil)
    #expect(Vocabulary(unit: .character, symbols: ["ab"]) == nil)
    #expect(Vocabulary(unit: .word, symbols: ["a"]) == nil)
    #expect(Vocabulary(unit: .byte, symbols: ["a"]) == nil)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(
        Vocabulary.self, from: Data(#"{"unit": "word", "symbols": ["a"]}"#.utf8))
    }
  }

  /// A character of the text, one that it lacks, or a word stands for all others.
  @Test(arguments: [("b", 1), ("?", 3), ("<unk>", 3)])
  func unknownCharactersHaveASymbol(unknown: String, number: Int32) throws {
    let folder = try TestFolder()
    let path = try folder.write("abcab", to: "a")
    let held = try folder.write("aΩ?c\u{0}", to: "b")
    let split = try TextCorpus.prepare(
      training: path, validation: held, unit: .character, unknown: unknown, cache: folder.cache
    ).open()
    let vocabulary = split.training.vocabulary
    #expect(vocabulary.symbols == ["a", "b", "c"] + (number == 3 ? [unknown] : []))
    #expect(symbols(of: split.training) == [0, 1, 2, 0, 1])
    #expect(symbols(of: try #require(split.validation)) == [0, number, number, 2, number])
    #expect(vocabulary.decode([number]) == unknown)
    let data = try JSONEncoder().encode(vocabulary)
    #expect(try JSONDecoder().decode(Vocabulary.self, from: data) == vocabulary)
    let without = try #require(Vocabulary(unit: .character, symbols: ["a", "b", "c"]))
    #expect(without != vocabulary)
    #expect(failure { _ = try without.encode("Ω") } != nil)
  }

  @Test func unknownCharactersAreNamed() throws {
    let folder = try TestFolder()
    let training = try folder.write("abc abc", to: "training")
    let validation = try folder.write("abé", to: "validation")
    let error = failure {
      _ = try TextCorpus.prepare(
        training: training, validation: validation, unit: .character, cache: folder.cache)
    }
    #expect(error == .unknownCharacter(scalar: 0xE9, source: validation, byteOffset: 2))
    #expect(error?.description.contains("\"é\" (U+00E9) at byte 2") == true)
  }

  @Test(
    arguments: [
      ([0x61, 0xFF], 1), ([0x61, 0x62, 0xC3], 2), ([0xC0, 0x80], 0), ([0xED, 0xA0, 0x80], 0),
      ([0x61, 0xF4, 0x90, 0x80, 0x80], 1), ([0xE0, 0x80, 0x80], 0), ([0x80], 0),
      ([0xC3, 0xA9, 0xC3, 0x28], 2), ([0xF0, 0x8F, 0x80, 0x80], 0),
    ] as [([UInt8], Int)])
  func invalidUTF8IsLocated(bytes: [UInt8], offset: Int) throws {
    let folder = try TestFolder()
    let path = try folder.write(bytes, to: "a")
    for unit in [TextUnit.character, .word] {
      let error = failure {
        _ = try TextCorpus.prepare(training: path, unit: unit, cache: folder.cache)
      }
      #expect(error == .invalidUTF8(source: path, byteOffset: offset))
    }
    #expect(folder.cacheFiles() == [])
  }

  @Test func decoderAgreesWithTheStandardLibrary() throws {
    let folder = try TestFolder()
    var random = SampleRandom(shuffling: 0, seed: 77)
    let pieces: [[UInt8]] = [
      [0x61], [0xC3, 0xA9], [0xE2, 0x82, 0xAC], [0xF0, 0x9F, 0x98, 0x80], [0x80], [0xF4, 0x90],
      [0xED, 0xA0, 0x80], [0xE0, 0x9F], [0xC1], [0xF5],
    ]
    for _ in 0..<300 {
      let count = 1 + random.nextInteger(below: 4)
      let bytes = (0..<count).flatMap { _ in pieces[random.nextInteger(below: pieces.count)] }
      let path = try folder.write(bytes, to: "a")
      let prepared = try? TextCorpus.prepare(training: path, unit: .character, cache: folder.cache)
      #expect((prepared != nil) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
    }
  }

  @Test func missingEmptyAndTooShortFiles() throws {
    let folder = try TestFolder()
    func error(_ path: String) -> SequenceDataError? {
      failure {
        _ = try TextCorpus.prepare(training: path, unit: .byte, cache: folder.cache).open()
      }
    }
    #expect(error(folder.path + "/none") == .missingFile(path: folder.path + "/none"))
    let empty = try folder.write("", to: "empty")
    #expect(error(empty) == .emptyFile(path: empty))
    let single = try folder.write("a", to: "single")
    #expect(error(single) == .noTimeSteps(source: single))
    guard case .unreadableFile = error(folder.path) else {
      Issue.record("a folder was read as a text")
      return
    }
  }

  @Test func messagesAreOneLine() throws {
    let errors: [SequenceDataError] = [
      .missingFile(path: "a"), .unreadableFile(path: "a", reason: "b"), .emptyFile(path: "a"),
      .changedFile(path: "a"), .invalidUTF8(source: "a", byteOffset: 1),
      .unknownCharacter(scalar: 10, source: "a", byteOffset: 1),
      .unknownCharacter(scalar: 0x2028, source: "a", byteOffset: 1),
      .shorterThanOneWindow(source: "a", timeSteps: 1, streams: 2, k1: 3),
      .noTimeSteps(source: "a"),
      .badNumber(path: "a", line: 1, column: 1, field: "x\ny\u{2029}\u{85}"),
      .raggedRow(path: "a", line: 1, expected: 2, got: 3),
      .unclosedQuote(path: "a", line: 1, column: 1), .otherWidth(path: "a", expected: 1, got: 2),
      .missingColumn(path: "a", name: "b\nc", nearest: "d\n"),
      .missingColumnNumber(path: "a", reference: "b\n", count: 3),
      .duplicateColumn(path: "a", name: "b\n"), .infiniteNumber(path: "a", row: 1, column: 2),
      .missingNumber(path: "a", row: 1, column: "b\n"), .noFiles(pattern: "a*"),
      .noAttributes(path: "a", sequence: "b\n", nearest: "c\n"),
      .noSharedAttributes(path: "a", sequence: "b\n", attribute: "c\n"),
      .badJSON(path: "a", line: 1, column: 1, reason: "r"),
      .badSequence(path: "a", line: 1, reason: "some reason"), .fullNeedsSequences(source: "a"),
      .badValidationFraction(source: "a", fraction: 0.5, count: 1),
      .unwritableCache(path: "a", reason: "b"), .damagedCache(path: "a", reason: "b"),
    ]
    for error in errors {
      #expect(error.description.count > 15 && !error.description.contains(where: \.isNewline))
    }
  }
}
