/// Fewer points of a long line: as many as a picture can show.
package enum Thinning {
  /// Where a line has its lowest and highest value within each of at most `bins` equal stretches, in
  /// order; so no peak is lost. A stretch of NaN alone leaves one, which is a gap in the picture.
  ///
  /// - Parameters:
  ///   - values: the line.
  ///   - bins: the number of stretches; a line of up to twice as many values is left as it is.
  /// - Returns: the places of the values that stay.
  package static func extremes(_ values: [Double], bins: Int) -> [Int] {
    guard values.count > 2 * bins else { return Array(values.indices) }
    return stretches(of: values.count, bins: bins).flatMap { stretch -> [Int] in
      let known = stretch.filter { !values[$0].isNaN }
      guard let lowest = known.min(by: { values[$0] < values[$1] }),
        let highest = known.max(by: { values[$0] < values[$1] })
      else { return [stretch.lowerBound] }
      return lowest == highest ? [lowest] : [min(lowest, highest), max(lowest, highest)]
    }
  }

  /// Equal stretches of a line, in order.
  ///
  /// - Parameters:
  ///   - count: the number of the line's points.
  ///   - bins: the number of stretches; there are no more than points.
  package static func stretches(of count: Int, bins: Int) -> [Range<Int>] {
    let bins = min(bins, count)
    return (0..<bins).map { $0 * count / bins..<($0 + 1) * count / bins }
  }
}
