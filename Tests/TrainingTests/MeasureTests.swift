import SequenceData
import Testing
import Training

/// Measures of values against their definitions.
struct MeasureTests {
  /// The reference sees targets of 10⁶ with 16 digits, so their differences are good to about 10⁻¹⁰.
  private func expect(
    _ measures: Measures, _ reference: ReferenceMeasures, except: Set<Measure> = [],
    _ place: String
  ) throws {
    for measure in Measure.allCases where !except.contains(measure) {
      let (value, expected) = (try #require(measures[measure]), reference[measure])
      let tolerance = 1e-7 * abs(expected) + (measure == .bias ? 1e-9 : 0)
      #expect(abs(value - expected) <= tolerance, "\(measure) of \(place), expected \(expected)")
    }
  }

  @Test func eachSequenceIsMeasuredAsDefined() throws {
    let sample = MeasuredSample(MeasuredSample.pieces)
    let report = sample.report(sample.table())
    #expect(report.sequences.map(\.name) == ["a", "b", "c", "d", "e"])
    for (index, sequence) in report.sequences.enumerated() {
      for (target, measures) in sequence.targets.enumerated() {
        let counted = sample.counted(target, of: [index])
        #expect(measures.timeSteps == counted.targets.count)
        #expect(measures.coverage == nil)
        let reference = ReferenceMeasures(counted.targets, counted.outputs.map { $0[0] })
        try expect(measures, reference, "\(sequence.name), \(report.targetNames[target])")
      }
    }
  }

  /// Fails if a unit is left out or counted twice.
  @Test func allSequencesTogetherAreMeasuredAsDefined() throws {
    let sample = MeasuredSample(MeasuredSample.pieces)
    let report = sample.report(sample.table())
    for (target, measures) in report.targets.enumerated() {
      let counted = sample.counted(target, of: [0, 1, 2, 3, 4])
      #expect(measures.timeSteps == counted.targets.count)
      let inSequences = report.sequences.map { $0.targets[target].timeSteps ?? 0 }
      #expect(inSequences.reduce(0, +) == measures.timeSteps)
      let whole = ReferenceMeasures(counted.targets, counted.outputs.map { $0[0] })
      try expect(measures, whole, except: [.nse], report.targetNames[target])
      let parts = (0..<5).map { index in
        let counted = sample.counted(target, of: [index])
        return ReferenceMeasures(counted.targets, counted.outputs.map { $0[0] })
      }
      let efficiency =
        1 - whole.squaredErrors / parts.reduce(0) { $0 + $1.targetSquares }
      #expect(abs(try #require(measures.nse) - efficiency) < 1e-7)
      #expect(measures.nse != measures.r2, "sequences have means of their own")
    }
  }

  @Test func streamsOfAContinuousCorpusAreOneSequence() throws {
    let sample = MeasuredSample(MeasuredSample.continuous)
    let report = sample.report(sample.table())
    #expect(report.sequences.count == 1 && report.measuredCount == 1)
    for (target, measures) in report.targets.enumerated() {
      let counted = sample.counted(target, of: [0])
      let reference = ReferenceMeasures(counted.targets, counted.outputs.map { $0[0] })
      try expect(measures, reference, report.targetNames[target])
      #expect(measures.nse == measures.r2)
      #expect(report.sequences[0].targets[target] == measures)
    }
  }

  /// A unit is in one stream, so one rank has its sums and the others zeros.
  @Test(arguments: [MeasuredSample.pieces, MeasuredSample.continuous])
  func noLayoutAndNoWindowShowsInTheBits(units: MeasuredUnits) {
    let sample = MeasuredSample(units, .quantiles([0.1, 0.5, 0.9]))
    let whole = sample.report(sample.table())
    for ranks in [[0..<5], [0..<2, 2..<5], [0..<1, 1..<4, 4..<5], [0..<0, 0..<4, 4..<5]] {
      for length in [60, 11, 1] {
        let tables = ranks.map { sample.table(of: $0, windows: length) }
        let sum = tables[0].values
        for table in tables.dropFirst() {
          for (index, value) in table.values.enumerated() { sum[index] += value }
        }
        #expect(sample.report(tables[0]) == whole, "\(ranks) in windows of \(length)")
      }
    }
  }

  // MARK: Quantiles and deviations

  @Test func quantilesAreCoveredByCounting() throws {
    let sample = MeasuredSample(MeasuredSample.pieces, .quantiles([0.05, 0.25, 0.5, 0.75, 0.95]))
    let report = sample.report(sample.table())
    for (target, measures) in report.targets.enumerated() {
      let (targets, outputs) = sample.counted(target, of: [0, 1, 2, 3, 4])
      try expect(
        measures, ReferenceMeasures(targets, outputs.map { $0[2] }), except: [.nse], "the median")
      func share(_ lower: Int, _ upper: Int) -> Double {
        let inside = zip(targets, outputs).count { $1[lower] <= $0 && $0 <= $1[upper] }
        return Double(inside) / Double(targets.count)
      }
      #expect(measures.coverage == ["0.9": share(0, 4), "0.5": share(1, 3)])
      #expect(share(1, 3) > 0 && share(1, 3) < share(0, 4) && share(0, 4) < 1)
    }
    #expect(report.csv.split(separator: "\n")[0].hasSuffix(",bias,coverage_0.5,coverage_0.9"))
  }

  @Test func theLevelNearestToOneHalfIsTheValue() {
    #expect(PointPrediction.quantiles([0.1, 0.6, 0.9]).point == 1)
    #expect(PointPrediction.quantiles([0.4, 0.6]).point == 0)
    #expect(PointPrediction.quantiles([0.2]).intervals.isEmpty)
    #expect(PointPrediction.quantiles([0.1, 0.5, 0.8]).intervals.isEmpty)
    #expect(PointPrediction.gaussian.width == 2 && PointPrediction.gaussian.point == 0)
  }

  // MARK: What is not defined

  private func measures(
    _ values: [Double], _ predictions: [Double], center: Double = 0
  ) -> Measures {
    // In two parts, so that adding them is tried as well.
    var halves = [MeasureSums(), MeasureSums()]
    for (index, (value, prediction)) in zip(values, predictions).enumerated() {
      halves[2 * index / values.count].add(value, prediction: prediction)
    }
    return Measures(
      halves[0] + halves[1], of: MeasuredTarget(name: "y", center: center), .value)
  }

  @Test(arguments: [0.1, 1e9 / 3, -7.3e-20])
  func aConstantHasNoVarianceToExplain(value: Double) {
    let predictions = (0..<100_001).map { value + Double($0 % 7) }
    let measures = measures(Array(repeating: value, count: predictions.count), predictions)
    for measure in [Measure.r2, .nse, .kge, .fit, .correlation] {
      #expect(measures[measure] == nil, "\(measure)")
    }
    #expect(measures.rmse != nil && measures.mae != nil && measures.bias != nil)
  }

  @Test func aConstantPredictionHasNoCorrelation() {
    let measures = measures([1, 2, 3, 4], [0.1, 0.1, 0.1, 0.1])
    #expect(measures.correlation == nil && measures.kge == nil)
    #expect(measures.r2 != nil && measures.esr != nil)
  }

  @Test func silenceHasNoErrorToSignalRatio() {
    #expect(measures([0, 0, 0], [1, 2, 3]).esr == nil)
    #expect(measures([0, 0, 0], [1, 2, 3], center: 1).esr == 14.0 / 3)
  }

  @Test func nothingCountedIsNothingMeasured() {
    let measures = Measures(MeasureSums(), of: MeasuredTarget(name: "y"), .value)
    #expect(measures.timeSteps == 0)
    #expect(Measure.allCases.allSatisfy { measures[$0] == nil })
  }

  @Test func whatIsNotFiniteIsNotDefined() {
    let measures = measures([1, 2, 3], [1, .infinity, 3])
    #expect(measures.timeSteps == 3)
    #expect(Measure.allCases.allSatisfy { measures[$0] == nil })
  }

  // MARK: Over sequences

  @Test func mediansAndMeansLeaveOutWhatIsNotDefined() {
    func measures(_ nse: Double?, _ rmse: Double) -> Measures {
      var measures = Measures()
      (measures.nse, measures.rmse) = (nse, rmse)
      measures.coverage = ["0.8": rmse / 10]
      return measures
    }
    let all = [measures(0.5, 4), measures(nil, 1), measures(-3, 3), measures(0.9, 2)]
    let (median, mean) = (Measures.median(of: all), Measures.mean(of: all))
    #expect(median.nse == 0.5 && median.rmse == 2.5 && median.mae == nil)
    #expect(mean.nse == (0.5 - 3 + 0.9) / 3 && mean.rmse == 2.5 && mean.timeSteps == nil)
    #expect(median.coverage == ["0.8": 0.25])
    #expect(Measures.median(of: []) == Measures())
  }

  @Test func theFileHasARowForEachSequenceAndTarget() throws {
    let units = MeasuredUnits(
      origins: MeasuredSample.pieces.origins, names: ["a,b", "say \"c\"", "d", "e", "f"],
      areStreams: false)
    let sample = MeasuredSample(units)
    let report = sample.report(sample.table())
    let lines = report.csv.split(separator: "\n")
    #expect(
      lines[0]
        == "sequence,target,time_steps,rmse,mae,r2,nse,kge,esr,fit,correlation,bias")
    #expect(lines.count == 1 + 5 * 2)
    #expect(lines[1].hasPrefix("\"a,b\",level,") && lines[3].hasPrefix("\"say \"\"c\"\"\",level,"))
    let cells = lines[6].split(separator: ",")
    #expect(cells[0] == "d" && cells[1] == "flow")
    #expect(Double(cells[3]) == report.sequences[2].targets[1].rmse, "all digits")
  }

  @Test func theTableHasALineForEachTarget() {
    let sample = MeasuredSample(MeasuredSample.continuous)
    let one = sample.report(sample.table()).table.split(separator: "\n")
    #expect(one.map { $0.split(separator: " ")[0] } == ["target", "level", "flow", "mean"])
    let pieces = MeasuredSample(MeasuredSample.pieces)
    let several = pieces.report(pieces.table()).table
    #expect(several.contains("\nflow, median of 5 sequences  "), "\(several)")
  }
}
