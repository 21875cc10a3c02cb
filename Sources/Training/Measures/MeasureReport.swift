/// How well each target is predicted, of each sequence and over all of them.
public struct MeasureReport: Sendable, Equatable, Codable {
  /// The measures of one sequence.
  public struct Sequence: Sendable, Equatable, Codable {
    /// Its file or group, or its number from 1.
    public let name: String
    /// The measures of each target.
    public let targets: [Measures]
  }

  /// The targets' columns.
  public let targetNames: [String]
  /// The measures of each target over the time steps of all sequences together.
  public let targets: [Measures]
  /// The measures of each sequence.
  public let sequences: [Sequence]
  /// The mean over time steps and targets of the squared error, in the units that the model sees.
  let meanSquaredError: Double
  /// The root of the same in the data's units.
  let rootMeanSquareError: Double

  /// Adds up the pieces of each sequence in their order, and then the sequences in theirs.
  ///
  /// - Parameters:
  ///   - table: the sums of all units.
  ///   - units: what it has a row for.
  ///   - targets: the targets' names and units.
  ///   - reading: how outputs were read.
  package init(
    _ table: MeasureTable, _ units: MeasuredUnits, targets: [MeasuredTarget],
    reading: PointPrediction
  ) {
    let none = [MeasureSums](repeating: MeasureSums(), count: targets.count)
    var sequences = [[MeasureSums]](repeating: none, count: units.names.count)
    for (unit, origin) in units.origins.enumerated() {
      for target in targets.indices {
        sequences[origin][target] =
          sequences[origin][target] + table.sums(unit: unit, target: target)
      }
    }
    let pooled = targets.indices.map { target in
      sequences.reduce(MeasureSums()) { $0 + $1[target] }
    }
    targetNames = targets.map(\.name)
    self.targets = targets.indices.map { target in
      Measures(
        pooled[target], of: targets[target], reading,
        squaresWithinSequences: sequences.reduce(0) { $0 + $1[target].targetSquares })
    }
    self.sequences = zip(units.names, sequences).map { name, sums in
      Sequence(name: name, targets: zip(sums, targets).map { Measures($0, of: $1, reading) })
    }
    let count = pooled.reduce(0) { $0 + $1.count }
    meanSquaredError = pooled.reduce(0) { $0 + $1.squaredErrors } / count
    let squares = zip(pooled, targets).map { $0.squaredErrors * $1.scale * $1.scale }
    rootMeanSquareError = (squares.reduce(0, +) / count).squareRoot()
  }
}

extension MeasureReport {
  /// How many sequences have a counted value.
  package var measuredCount: Int {
    sequences.count { sequence in sequence.targets.contains { ($0.timeSteps ?? 0) > 0 } }
  }

  /// The median over sequences of each target's measures.
  package var medians: [Measures] { overSequences(Measures.median(of:)) }

  /// The mean over sequences of each target's measures.
  package var means: [Measures] { overSequences(Measures.mean(of:)) }

  private func overSequences(_ combine: ([Measures]) -> Measures) -> [Measures] {
    targets.indices.map { target in combine(sequences.map { $0.targets[target] }) }
  }
}

extension Measures {
  /// The measures that follow from sums.
  ///
  /// - Parameters:
  ///   - sums: of one target.
  ///   - target: its units.
  ///   - reading: how outputs were read.
  ///   - squaresWithinSequences: Σ over sequences of SST about the sequence's own mean, in the model's
  ///     units; nil if these are the sums of one sequence.
  package init(
    _ sums: MeasureSums, of target: MeasuredTarget, _ reading: PointPrediction,
    squaresWithinSequences: Double? = nil
  ) {
    self.init()
    timeSteps = Int(sums.count)
    guard sums.count > 0 else { return }
    let scale = abs(target.scale)
    let unexplained = sums.squaredErrors / sums.targetSquares
    let mean = target.center + target.scale * sums.meanTarget
    let predictedMean = target.center + target.scale * sums.meanPrediction
    rmse = defined(scale * (sums.squaredErrors / sums.count).squareRoot())
    mae = defined(scale * sums.absoluteErrors / sums.count)
    r2 = defined(1 - unexplained)
    nse = defined(1 - sums.squaredErrors / (squaresWithinSequences ?? sums.targetSquares))
    fit = defined(100 * (1 - unexplained.squareRoot()))
    esr = defined(
      scale * scale * sums.squaredErrors
        / (scale * scale * sums.targetSquares + sums.count * mean * mean))
    bias = defined(target.scale * (sums.meanPrediction - sums.meanTarget))
    correlation = defined(
      sums.products / (sums.targetSquares.squareRoot() * sums.predictionSquares.squareRoot()))
    kge = correlation.flatMap { correlation in
      let deviations = (sums.predictionSquares / sums.targetSquares).squareRoot()
      let means = predictedMean / mean
      let distances = [correlation - 1, deviations - 1, means - 1]
      return defined(1 - distances.reduce(0) { $0 + $1 * $1 }.squareRoot())
    }
    guard !reading.intervals.isEmpty else { return }
    coverage = zip(reading.intervals, sums.covered).reduce(into: [:]) { coverage, interval in
      coverage[interval.0.share] = interval.1 / sums.count
    }
  }
}

/// A quotient by zero is not defined.
private func defined(_ value: Double) -> Double? { value.isFinite ? value : nil }
