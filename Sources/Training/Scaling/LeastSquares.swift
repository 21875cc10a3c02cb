/// A linear least-squares problem of a few unknowns, none of which is below 0.
///
/// What is best is best on some set of unknowns while the others are 0; with so few of them all sets are
/// tried (Lawson and Hanson, Solving Least Squares Problems, chapter 23, search them more cleverly).
struct LeastSquares {
  private let unknowns: Int
  private var rows: [(factors: [Double], target: Double)] = []

  init(unknowns: Int) {
    precondition(1...6 ~= unknowns, "\(unknowns) unknowns")
    self.unknowns = unknowns
  }

  /// Adds an equation: the factors times the unknowns are the target, both times `weight`.
  mutating func add(_ factors: [Double], _ target: Double, weight: Double = 1) {
    precondition(factors.count == unknowns, "\(factors.count) factors of \(unknowns) unknowns")
    rows.append((factors.map { $0 * weight }, target * weight))
  }

  /// The unknowns. One that the equations cannot tell from those before it is 0.
  func solve() -> [Double] {
    let nothing = [Double](repeating: 0, count: unknowns)
    var (best, least) = (nothing, squares(nothing))
    let tolerance = 1e-12 * least
    let sets = (1..<(1 << unknowns)).sorted {
      ($0.nonzeroBitCount, $0) < ($1.nonzeroBitCount, $1)
    }
    for set in sets {
      let chosen = (0..<unknowns).filter { set >> $0 & 1 == 1 }
      guard let values = solve(chosen), values.allSatisfy({ $0 >= 0 }) else { continue }
      var solution = nothing
      for (unknown, value) in zip(chosen, values) { solution[unknown] = value }
      let sum = squares(solution)
      if sum < least - tolerance { (best, least) = (solution, sum) }
    }
    return best
  }

  private func squares(_ solution: [Double]) -> Double {
    var sum = 0.0
    for row in rows {
      var difference = -row.target
      for (factor, value) in zip(row.factors, solution) { difference += factor * value }
      sum += difference * difference
    }
    return sum
  }

  /// By the normal equations of columns of length 1; nil where they depend on one another.
  private func solve(_ chosen: [Int]) -> [Double]? {
    let lengths = chosen.map { product($0, $0).squareRoot() }
    guard lengths.allSatisfy({ $0 > 0 }) else { return nil }
    let count = chosen.count
    // [count, count + 1]: the last column is the right side.
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: count + 1), count: count)
    for row in 0..<count {
      for column in 0..<count {
        matrix[row][column] =
          product(chosen[row], chosen[column]) / (lengths[row] * lengths[column])
      }
      matrix[row][count] = productWithTarget(chosen[row]) / lengths[row]
    }
    for pivot in 0..<count {
      guard matrix[pivot][pivot] > 1e-9 else { return nil }
      for row in 0..<count where row != pivot {
        let factor = matrix[row][pivot] / matrix[pivot][pivot]
        for column in pivot...count { matrix[row][column] -= factor * matrix[pivot][column] }
      }
    }
    return (0..<count).map { matrix[$0][count] / matrix[$0][$0] / lengths[$0] }
  }

  private func product(_ left: Int, _ right: Int) -> Double {
    rows.reduce(0.0) { sum, row in sum + row.factors[left] * row.factors[right] }
  }

  private func productWithTarget(_ unknown: Int) -> Double {
    rows.reduce(0.0) { sum, row in sum + row.factors[unknown] * row.target }
  }
}
