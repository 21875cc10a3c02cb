import Foundation
import SequenceData
import TestSupport
import Testing

@Suite struct SeriesTests {
  private func open(
    _ text: String, fraction: Double = 0, validation: String? = nil,
    normalize: ColumnStatistics.Normalize = .standard
  ) throws -> SeriesParts {
    let folder = try TestFolder()
    var request = SeriesRequest(training: SeriesPaths([try folder.write(text, to: "data.csv")]))
    request.validation = try validation.map { SeriesPaths([try folder.write($0, to: "held.csv")]) }
    request.validationFraction = fraction
    request.normalize = normalize
    return try SeriesCorpus.prepare(request, cache: folder.cache).open()
  }

  private func error(_ text: String) -> SequenceDataError? {
    failure { _ = try open(text) }
  }

  @Test func rowsPredictTheNextRow() throws {
    let series = try open("time,\"wind, north\"\r\n1,-2.5\r\n2,1e1\r\n\r\n6,0\r\n").training
    #expect(series.columns.inputs.map(\.name) == ["time", "wind, north"])
    #expect(series.columns.isSelfPredicting && series.isContinuous)
    #expect((0..<2).map { series.target(sequence: 0, timeStep: $0, column: 0) } == [2, 6])
    #expect((0..<2).map { series.target(sequence: 0, timeStep: $0, column: 1) } == [10, 0])
    let steps = steps(of: series, sequence: 0)
    #expect(steps.count == 2 && steps[0].targets == steps[1].inputs)
    #expect(steps.allSatisfy { $0.weight == 1 && $0.scored })
    // Column 0: mean 3, variance (4 + 1 + 9) / 3.
    #expect(abs(steps[0].inputs[0] + 2 / (14.0 / 3).squareRoot().float) < 1e-6)
    #expect(abs(series.columns.targets[1].restore(steps[1].targets[1])) < 1e-6)
  }

  @Test func normalisationIsOfTheTrainingPartOnly() throws {
    let split = try open("0\n2\n0\n2\n0\n2\n100\n200\n", fraction: 0.25)
    #expect(split.training.columns.inputs == [SeriesColumn(name: "1", center: 1, scale: 1)])
    let held = try #require(split.validation)
    #expect(split.training.timeSteps(ofSequence: 0, epoch: 0) == 5)
    #expect(steps(of: held, sequence: 0).map(\.inputs) == [[99]])
    let other = try open("0\n2\n", validation: "5\n7\n9\n")
    #expect(other.validation.map { steps(of: $0, sequence: 0).map(\.inputs) } == [[4], [6]])
  }

  @Test(arguments: [
    (ColumnStatistics.Normalize.minmax, -3.0, 8.0), (.none, 0, 1), (.standard, 1, 4),
  ])
  func normalisations(normalize: ColumnStatistics.Normalize, center: Double, scale: Double) throws {
    let column = try open("-3\n5\n-3\n5\n", normalize: normalize).training.columns.inputs[0]
    #expect(column == SeriesColumn(name: "1", center: center, scale: scale, mean: 1))
    #expect(column.restore(column.normalize(-3)) == -3)
  }

  @Test func constantColumnsKeepTheirScale() throws {
    let series = try open("0.1,1\n0.1,2\n0.1,3\n").training
    #expect(series.columns.inputs[0].scale == 1)
    #expect(steps(of: series, sequence: 0).allSatisfy { abs($0.inputs[0]) < 1e-6 })
  }

  @Test func largeOffsetsKeepTheirPrecision() throws {
    let series = try open((0..<100).map { "\(1_700_000_000 + $0)" }.joined(separator: "\n"))
      .training
    let inputs = steps(of: series, sequence: 0).map { $0.inputs[0] }
    let gaps = zip(inputs.dropFirst(), inputs).map { $0 - $1 }
    #expect(gaps.allSatisfy { abs($0 - gaps[0]) < 1e-5 && $0 > 0.03 })
  }

  @Test(arguments: [
    ("1,2\n\n3,inf\n", 3, 2, "inf"), ("1\n0x10\n", 2, 1, "0x10"),
    ("1\n1e999\n", 2, 1, "1e999"), ("-inf,1\n2,3\n", 1, 1, "-inf"),
    ("a\n1\n2020-01-01\n", 3, 1, "2020-01-01"), ("1\n1 2\n", 2, 1, "1 2"),
  ])
  func badNumbersAreLocated(text: String, line: Int, column: Int, field: String) {
    guard case .badNumber(_, let foundLine, let foundColumn, let found) = error(text) else {
      Issue.record("no bad number in \(text)")
      return
    }
    #expect(foundLine == line && foundColumn == column && found == field)
  }

  @Test(arguments: [
    ("a,b\n1,2\n1,NaN\n", 1, "b"), ("1,2\n3,\n", 1, "2"), ("nan,1\n2,3\n", 0, "1"),
  ])
  func missingNumbersAreLocated(text: String, row: Int, column: String) {
    guard case .missingNumber(_, let foundRow, let found) = error(text) else {
      Issue.record("no missing number in \(text)")
      return
    }
    #expect(foundRow == row && found == column)
  }

  @Test func raggedRowsAndQuotesAreLocated() {
    guard case .raggedRow(_, 3, 2, 3) = error("a,b\n1,2\n1,2,3\n") else {
      Issue.record("a ragged row passed")
      return
    }
    guard case .unclosedQuote(_, 1, 2) = error("a,\"b\n1,2\n") else {
      Issue.record("an open quote passed")
      return
    }
  }

  @Test(arguments: ["a,b\n1,2\n1,NaN\n", "a,b\n1,2\n3,\n", "a,b\n1,2\n3,NA\n"])
  func missingInputsAreRefused(text: String) {
    let words = error(text)?.description
    let expected = "data: row 1, counted from 0, has no number in column \"b\""
    #expect(words?.contains(expected) == true, "\(words ?? "none")")
    #expect(words?.contains("data.missing") == true)
  }

  /// Opens `held` for a model that was trained on `trained`.
  private func reopen(_ trained: String, _ held: String) throws -> SeriesCorpus {
    let folder = try TestFolder()
    let model = try SeriesCorpus.prepare(
      SeriesRequest(training: SeriesPaths([try folder.write(trained, to: "data.csv")])),
      cache: folder.cache)
    var request = SeriesRequest(training: SeriesPaths([try folder.write(held, to: "held.csv")]))
    request.task.inputs = model.columns.inputs.map(\.name)
    request.task.targets = model.columns.targets.map(\.name)
    return try SeriesCorpus.prepare(request, like: model.columns, cache: folder.cache).open()
      .training
  }

  private static let trained = "temp,wind\n1,10\n2,30\n3,20\n"

  @Test(arguments: [
    "wind,temp\n10,1\n30,2\n20,3\n", "wind,more,temp\n10,7,1\n30,7,2\n20,7,3\n",
    "temp;wind\n1;10\n2;30\n3;20\n", "temp\twind\n1\t10\n2\t30\n3\t20\n",
    ",temp,wind\n0,1,10\n1,2,30\n2,3,20\n", "Unnamed: 0,wind,temp\n0,10,1\n1,30,2\n2,20,3\n",
    "1,10\n2,30\n3,20\n", "\"temp\";\"wind\"\n1;10\n2;30\n3;20\n",
  ])
  func columnsAreFoundByName(held: String) throws {
    let expected = try open(Self.trained).training
    let found = try reopen(Self.trained, held)
    #expect(steps(of: found, sequence: 0) == steps(of: expected, sequence: 0))
    #expect(found.columns == expected.columns)
  }

  @Test func validationFilesAreReadByName() throws {
    let split = try open(Self.trained, validation: "wind,temp\n30,2\n10,1\n")
    let held = try #require(split.validation)
    #expect(held.target(sequence: 0, timeStep: 0, column: 0) == 1)
    #expect(held.target(sequence: 0, timeStep: 0, column: 1) == 10)
  }

  @Test func columnsThatAreMissingOrTwice() throws {
    let missing = failure { _ = try reopen(Self.trained, "temp,wnd\n1,2\n3,4\n") }
    #expect(missing?.description.contains("held.csv: has no column \"wind\"") == true)
    #expect(missing?.description.contains("did you mean \"wnd\"?") == true)
    #expect(error("a,a\n1,2\n3,4\n")?.description.contains("two columns are called \"a\"") == true)
  }

  @Test func fieldsThatOtherCountriesWrite() {
    let comma = error("a;b\n1,5;2\n3;4\n")?.description
    #expect(comma?.contains("data.csv:2: column 1 is \"1,5\"") == true)
    #expect(comma?.contains("a decimal comma?") == true)
    let bar = error("1|2\n3|4\n")?.description
    #expect(bar?.contains("set columns apart by commas, semicolons, tabs or blanks") == true)
  }

  @Test func valuesBeyondAnyMean() {
    let text = "1,1e308\n2,1e308\n3,-1e308\n"
    #expect(error(text)?.description.contains("the values of column 2 are too large") == true)
  }

  @Test func filesWithoutRowsAreRefused() throws {
    #expect(error("a,b\n")?.description.contains("is empty") == true)
    #expect(error("\n\n")?.description.contains("is empty") == true)
    #expect(
      error("1\n")?.description.contains("no sequence has more rows than data.shift, 1") == true)
    let otherWidth = failure { _ = try open("1,2\n3,4\n", validation: "1\n2\n") }
    #expect(otherWidth?.description.contains("held.csv: has no column \"2\"") == true)
  }

  @Test func numbersAreReadCorrectlyRounded() throws {
    var numbers = [
      "0", "-0", "1", "0.1", "123456789.123456789", "1e22", "1e23", "9007199254740993",
      "1.7976931348623157e308", "5e-324", "2.2250738585072011e-308", "-.5", "5.", "+3e-5", "1E+2",
      "0.000000000000000000000000000001", "179769313486231570000000000000000000000",
    ]
    // Around 2⁵³, where a significand stops being exact.
    var random = SampleRandom(shuffling: 0, seed: 14)
    for _ in 0..<2000 {
      let whole = random.nextInteger(below: 40_000_000)
      let fraction = random.nextInteger(below: 900_000_000) + 100_000_000
      numbers.append("\(whole).\(fraction)e\(random.nextInteger(below: 30) - 15)")
    }
    let series = try open("0\n" + numbers.joined(separator: "\n"), normalize: .none).training
    for (row, number) in numbers.enumerated() {
      let expected = Double(number.hasSuffix(".") ? "5" : number)
      #expect(series.target(sequence: 0, timeStep: row, column: 0) == expected, "\(number)")
    }
  }

  @Test func mutatedFilesGiveAnErrorOrFiniteRows() throws {
    var random = SampleRandom(shuffling: 0, seed: 12)
    let whole = Array("a,\"b\"\n1.5,-2e3\n\"3\",4\r\n5,6\n".utf8)
    let alphabet = Array("0123456789.,eE+-\"\n\r nan\u{0}".utf8) + [0xFF, 0xEF]
    let folder = try TestFolder()
    for _ in 0..<300 {
      var bytes = whole
      for _ in 0...random.nextInteger(below: 4) {
        bytes[random.nextInteger(below: bytes.count)] =
          alphabet[random.nextInteger(below: alphabet.count)]
      }
      let path = try folder.write(bytes, to: "data.csv")
      // Whatever is thrown is a SequenceDataError: the functions throw no other type.
      guard
        let series = try? SeriesCorpus.prepare(
          SeriesRequest(training: SeriesPaths([path])), cache: folder.cache
        ).open().training
      else { continue }
      for step in steps(of: series, sequence: 0) {
        #expect((step.inputs + step.targets).allSatisfy { !$0.isNaN })
      }
    }
  }
}

extension Double {
  fileprivate var float: Float { Float(self) }
}
