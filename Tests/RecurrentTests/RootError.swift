import Recurrent

/// The mean over the outputs of √(1 + (output − value)²) − 1: the example of a new loss.
struct RootError: RowLoss {
  func evaluate(_ rows: LossRows) {
    for row in 0..<rows.count {
      let part = 1 / Float(rows.width)
      rows.losses[row] = 0
      rows.shares[row] = 1
      for element in row * rows.width..<(row + 1) * rows.width {
        let error = rows.outputs[element] - rows.values[element]
        let root = (1 + error * error).squareRoot()
        rows.losses[row] += Double((root - 1) * part)
        rows.outputs[element] = rows.weights[row] * part * error / root
      }
    }
  }
}
