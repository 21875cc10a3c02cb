import Recurrent
import Storage

/// How many ranks want something of all of them.
struct ControlWord {
  /// Ranks that have failed.
  var failed = 0.0
  /// Ranks that want to stop.
  var stop = 0.0
}

/// What travels between ranks beside gradients, once a step.
struct StepSums {
  var loss: LossSum
  var control: ControlWord

  static let valueCount = 8

  init(loss: LossSum, control: ControlWord) {
    self.loss = loss
    self.control = control
  }

  init(values: UnsafeMutablePointer<Double>) {
    loss = LossSum()
    loss.sum = values[0]
    loss.count = values[1]
    loss.hits = values[2]
    loss.scored = values[3]
    loss.scoredHits = values[4]
    loss.squaredErrorInUnits = values[5]
    control = ControlWord(failed: values[6], stop: values[7])
  }

  func write(to values: UnsafeMutablePointer<Double>) {
    values[0] = loss.sum
    values[1] = loss.count
    values[2] = loss.hits
    values[3] = loss.scored
    values[4] = loss.scoredHits
    values[5] = loss.squaredErrorInUnits
    values[6] = control.failed
    values[7] = control.stop
  }
}
