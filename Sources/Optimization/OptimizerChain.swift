import Storage
import WorkerPool

/// An optimizer: a chain of gradient transforms over flat arenas, applied by all workers of a pool.
///
/// Gradients come as sums over the counted time steps of all ranks; the chain divides them by the
/// global count. The arenas of parameters, gradients and moments share one layout.
public final class OptimizerChain {
  /// The links, in the order in which they are applied.
  public let transforms: [any GradientTransform]
  /// PyTorch's names of the moment arenas, in the order of their memory.
  public let momentNames: [String]
  /// The number of elements of each arena.
  public let parameterCount: Int
  /// The number of moment arenas.
  public var momentCount: Int { momentNames.count }

  /// Makes an optimizer for arenas of `parameterCount` elements.
  ///
  /// The last of `transforms` must be an update rule, and no other may be one.
  public init(_ transforms: [any GradientTransform], parameterCount: Int) {
    let updates = transforms.indices.filter { transforms[$0].updatesParameters }
    precondition(
      updates == [transforms.count - 1],
      "exactly one update rule must come last: it is at \(updates) of \(transforms.count) links")
    self.transforms = transforms
    self.parameterCount = parameterCount
    momentNames = transforms.flatMap(\.momentNames)
    precondition(
      Set(momentNames).count == momentNames.count,
      "moments need different names, got \(momentNames)")
  }

  /// Applies one update to the elements of `slice`.
  ///
  /// The result is the same to the bit for any cut into slices and any number of workers. The
  /// gradients of the slice may be overwritten. It does not allocate.
  ///
  /// - Parameters:
  ///   - parameters: the whole arena. // [count]
  ///   - gradients: the whole arena, sums over the counted time steps. // [count]
  ///   - moments: `momentCount` whole arenas, zero before the first step. // [momentCount, count]
  ///   - count: the elements of one arena.
  ///   - slice: the elements to update.
  ///   - step: the number of this update, from 1.
  ///   - learningRate: the rate of this update.
  ///   - divisor: the global count of counted time steps.
  ///   - norm: the norm of the whole mean gradient.
  package func apply(
    to parameters: UnsafeMutablePointer<Float>, gradients: UnsafeMutablePointer<Float>,
    moments: UnsafeMutablePointer<Float>?, count: Int, slice: Range<Int>, step: Int,
    learningRate: Double, divisor: Double, norm: Double, pool: WorkerPool
  ) {
    precondition(count == parameterCount, "made for \(parameterCount) elements, got \(count)")
    precondition(
      slice.lowerBound >= 0 && slice.upperBound <= count, "\(slice) is not within 0..<\(count)")
    precondition(step >= 1, "the step is counted from 1, got \(step)")
    precondition(divisor > 0, "the divisor must be more than 0, got \(divisor)")
    precondition(
      momentCount == 0 || moments != nil, "\(momentCount) moment arenas are needed, got none")
    pool.forEachSlice(of: slice.count, multipleOf: CacheLine.floats) { _, part in
      let start = slice.lowerBound + part.lowerBound
      apply(
        to: GradientBlock(
          parameters: parameters + start, gradients: gradients + start, count: part.count,
          step: step, learningRate: learningRate, norm: norm, scale: 1 / divisor,
          moments: moments.map { $0 + start }, momentStride: count))
    }
  }

  private func apply(to block: GradientBlock) {
    var block = block
    for transform in transforms {
      transform.apply(to: &block)
      block.moments = block.moments.map { $0 + transform.momentNames.count * parameterCount }
    }
  }
}

// MARK: - Tables of which few rows have gradients

extension OptimizerChain {
  /// Whether rows without gradients may be left alone: plain descent, but neither momentum nor decay.
  package var sparesUntouchedRows: Bool { transforms.allSatisfy(\.sparesZeroGradients) }

  /// Applies one update to those of a table's touched rows that are in `part`.
  ///
  /// - Parameters:
  ///   - table: the table. // [rowCount, width]
  ///   - gradients: the table's part of the gradient arena, packed. // [rowCount, width]
  package func apply(
    to table: UnsafeMutablePointer<Float>, packed gradients: UnsafeMutablePointer<Float>,
    rows: TouchedRows, part: Range<Int>, step: Int, learningRate: Double, divisor: Double,
    norm: Double, pool: WorkerPool
  ) {
    precondition(sparesUntouchedRows && momentCount == 0, "this optimizer touches all rows")
    pool.forEachSlice(of: part.count) { _, slice in
      for place in slice.lowerBound + part.lowerBound..<slice.upperBound + part.lowerBound {
        apply(
          to: GradientBlock(
            parameters: table + Int(rows.rows[place]) * rows.width,
            gradients: gradients + rows.packedStart + place * rows.width, count: rows.width,
            step: step, learningRate: learningRate, norm: norm, scale: 1 / divisor, moments: nil,
            momentStride: parameterCount))
      }
    }
  }
}
