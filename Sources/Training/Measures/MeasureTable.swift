import SequenceData
import Storage

/// The sums of every unit and target, a row each.
///
/// Each unit's rows are one rank's; the others leave them zero, so that sums over ranks give every rank all
/// rows, to the bit and in any order.
package final class MeasureTable {
  private let units: MeasuredUnits
  private let targets: Int
  private let reading: PointPrediction
  private let columns: Int
  private let arena: Arena<Double>  // [units, targets, columns]

  /// A table, all zero.
  ///
  /// - Parameters:
  ///   - units: what there is a row for.
  ///   - targets: the targets of a time step.
  ///   - reading: how outputs are read.
  package init(_ units: MeasuredUnits, targets: Int, reading: PointPrediction) {
    self.units = units
    self.targets = targets
    self.reading = reading
    columns = MeasureSums.columns + reading.intervals.count
    arena = Arena(count: units.origins.count * targets * columns)
  }

  /// Everything that travels.
  package var values: UnsafeMutableBufferPointer<Double> { arena.buffer }

  /// Begins anew.
  package func clear() { arena.clear() }

  /// Adds the counted time steps of a window, target by target where the target is there.
  ///
  /// - Parameters:
  ///   - outputs: the network's, [T, B, targets · outputs of a target].
  ///   - window: what they were computed from.
  package func add(_ outputs: UnsafePointer<Float>, of window: Window) {
    precondition(
      window.targetWidth == targets, "a window of \(window.targetWidth) targets, not \(targets)")
    for stream in 0..<window.streams {
      for timeStep in 0..<window.timeSteps {
        let row = timeStep * window.streams + stream
        guard window.weights[row] != 0 else { continue }
        let unit = units.areStreams ? window.firstStream + stream : Int(window.sequences[row])
        for target in 0..<targets {
          let value = window.targetValues[row * targets + target]
          guard !value.isNaN else { continue }
          add(
            value, outputs + (row * targets + target) * reading.width,
            to: self.row(unit: unit, target: target))
        }
      }
    }
  }

  private func add(
    _ value: Float, _ outputs: UnsafePointer<Float>, to row: UnsafeMutablePointer<Double>
  ) {
    // The intervals' counts stay where they are: a list of them here would be allocated.
    var sums = MeasureSums(row, intervals: 0)
    sums.add(Double(value), prediction: Double(outputs[reading.point]))
    sums.store(in: row)
    for (index, interval) in reading.intervals.enumerated()
    where outputs[interval.lower] <= value && value <= outputs[interval.upper] {
      row[MeasureSums.columns + index] += 1
    }
  }

  /// The sums of a unit's target.
  package func sums(unit: Int, target: Int) -> MeasureSums {
    MeasureSums(row(unit: unit, target: target), intervals: reading.intervals.count)
  }

  private func row(unit: Int, target: Int) -> UnsafeMutablePointer<Double> {
    arena.base + (unit * targets + target) * columns
  }
}
