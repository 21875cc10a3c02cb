import Recurrent

/// The mean over the outputs of |output − value|: the example of a new loss.
struct AbsoluteError: LossFunction {
  func evaluate(_ rows: LossRows) {
    for row in 0..<rows.count {
      let share = 1 / Float(rows.width)
      rows.losses[row] = 0
      for element in row * rows.width..<(row + 1) * rows.width {
        let error = rows.outputs[element] - rows.values[element]
        rows.losses[row] += Double(abs(error) * share)
        rows.outputs[element] = rows.weights[row] * share * (error > 0 ? 1 : error < 0 ? -1 : 0)
      }
    }
  }
}
