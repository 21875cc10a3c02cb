/// What measures are made of: sums over the counted values y of one target and their predictions p, in
/// the units that the model sees.
///
/// Squares are summed about the running mean (Welford, "Note on a method for calculating corrected sums of
/// squares and products", 1962), and parts are put together as Chan, Golub and LeVeque, "Updating formulae
/// and a pairwise algorithm for computing sample variances" (1979), have it. So neither a large offset nor
/// many values cost digits, and a constant has a deviation of exactly 0.
package struct MeasureSums: Sendable, Equatable {
  /// n.
  package private(set) var count = 0.0
  /// ȳ.
  package private(set) var meanTarget = 0.0
  /// p̄.
  package private(set) var meanPrediction = 0.0
  /// Σ(y − ȳ)².
  package private(set) var targetSquares = 0.0
  /// Σ(p − p̄)².
  package private(set) var predictionSquares = 0.0
  /// Σ(y − ȳ)(p − p̄).
  package private(set) var products = 0.0
  /// Σ|p − y|.
  package private(set) var absoluteErrors = 0.0
  /// Σ(p − y)².
  package private(set) var squaredErrors = 0.0
  /// How many targets lie in each of the intervals that are predicted.
  package private(set) var covered: [Double] = []

  /// Nothing yet.
  package init() {}

  /// Adds one target and its prediction.
  package mutating func add(_ target: Double, prediction: Double) {
    count += 1
    let targetOffset = target - meanTarget
    let predictionOffset = prediction - meanPrediction
    meanTarget += targetOffset / count
    meanPrediction += predictionOffset / count
    targetSquares += targetOffset * (target - meanTarget)
    predictionSquares += predictionOffset * (prediction - meanPrediction)
    products += targetOffset * (prediction - meanPrediction)
    let error = prediction - target
    absoluteErrors += abs(error)
    squaredErrors += error * error
  }

  /// Both together.
  package static func + (left: MeasureSums, right: MeasureSums) -> MeasureSums {
    guard left.count > 0 else { return right }
    guard right.count > 0 else { return left }
    var sum = left
    sum.count += right.count
    let targetOffset = right.meanTarget - left.meanTarget
    let predictionOffset = right.meanPrediction - left.meanPrediction
    let share = right.count / sum.count
    sum.meanTarget += targetOffset * share
    sum.meanPrediction += predictionOffset * share
    let between = left.count * share
    sum.targetSquares += right.targetSquares + targetOffset * targetOffset * between
    sum.predictionSquares +=
      right.predictionSquares + predictionOffset * predictionOffset * between
    sum.products += right.products + targetOffset * predictionOffset * between
    sum.absoluteErrors += right.absoluteErrors
    sum.squaredErrors += right.squaredErrors
    sum.covered = zip(left.covered, right.covered).map { $0 + $1 }
    return sum
  }
}

// MARK: In a row of numbers

extension MeasureSums {
  /// The numbers of a row before those of the intervals.
  package static let columns = 8

  /// What a row holds.
  ///
  /// - Parameters:
  ///   - row: [columns + intervals].
  ///   - intervals: the intervals whose counts are read.
  init(_ row: UnsafePointer<Double>, intervals: Int) {
    count = row[0]
    meanTarget = row[1]
    meanPrediction = row[2]
    targetSquares = row[3]
    predictionSquares = row[4]
    products = row[5]
    absoluteErrors = row[6]
    squaredErrors = row[7]
    covered = (0..<intervals).map { row[Self.columns + $0] }
  }

  /// Writes everything but the intervals' counts.
  ///
  /// - Parameter row: [columns + intervals].
  func store(in row: UnsafeMutablePointer<Double>) {
    row[0] = count
    row[1] = meanTarget
    row[2] = meanPrediction
    row[3] = targetSquares
    row[4] = predictionSquares
    row[5] = products
    row[6] = absoluteErrors
    row[7] = squaredErrors
  }
}
