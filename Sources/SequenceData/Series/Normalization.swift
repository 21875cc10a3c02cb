/// The mean and the deviation of each column of a series' training part. A model sees
/// (value − mean) / deviation; it is stored with the model, so that other data is seen alike.
package struct Normalization: Sendable, Equatable, Codable {
  /// The mean of each column, in the data's units.
  package let mean: [Double]  // [I]
  /// The standard deviation of each column (divided by N), in the data's units; 1 where a column is
  /// constant.
  package let deviation: [Double]  // [I]

  /// A normalisation by these numbers.
  package init(mean: [Double], deviation: [Double]) {
    precondition(
      mean.count == deviation.count, "\(mean.count) means, \(deviation.count) deviations")
    self.mean = mean
    self.deviation = deviation
  }

  /// The mean and deviation of rows of `width` values, in two passes.
  package init(rows: UnsafeBufferPointer<Double>, width: Int) {
    let count = Double(rows.count / width)
    var mean = [Double](repeating: 0, count: width)
    var sumOfSquares = [Double](repeating: 0, count: width)
    for index in rows.indices { mean[index % width] += rows[index] }
    for column in mean.indices { mean[column] /= count }
    for index in rows.indices {
      let difference = rows[index] - mean[index % width]
      sumOfSquares[index % width] += difference * difference
    }
    // Rounding leaves a constant column with a deviation near 10⁻¹⁶ of its mean, which must not
    // become a scale.
    let deviation = zip(sumOfSquares, mean).map { sum, mean in
      let deviation = (sum / count).squareRoot()
      return deviation > 1e-12 * abs(mean) ? deviation : 1
    }
    self.init(mean: mean, deviation: deviation)
  }

  /// A value of a column as the model sees it.
  package func normalize(_ value: Double, column: Int) -> Float {
    Float((value - mean[column]) / deviation[column])
  }

  /// What the model says about a column, in the data's units.
  package func restore(_ value: Float, column: Int) -> Double {
    Double(value) * deviation[column] + mean[column]
  }
}
