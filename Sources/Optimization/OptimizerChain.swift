import Storage
import Workers

/// An optimizer: a chain of gradient transforms over flat arenas, applied by all workers of a pool.
///
/// Gradients come as sums over the counted time steps of all ranks; the chain divides them by the
/// global count. The arenas of parameters, gradients and moments share one layout.
package final class OptimizerChain: Sendable {
  /// The links, in the order in which they are applied.
  package let transforms: [any GradientTransform]
  /// PyTorch's names of the moment arenas, in the order of their memory.
  package let momentNames: [String]
  /// The number of elements of each arena.
  package let parameterCount: Int
  /// The number of moment arenas.
  package var momentCount: Int { momentNames.count }

  /// Makes an optimizer for arenas of `parameterCount` elements.
  ///
  /// The last of `transforms` must be an update rule, and no other may be one.
  package init(_ transforms: [any GradientTransform], parameterCount: Int) {
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

  /// Whether rows without gradients may be left alone: plain descent, but neither momentum nor decay.
  package var sparesUntouchedRows: Bool { transforms.allSatisfy(\.sparesZeroGradients) }

  /// Applies one update to a share of a region's elements, or of its touched rows.
  ///
  /// The result is the same to the bit for any cut into regions and shares, and any number of workers.
  /// The gradients of the region may be overwritten. It does not allocate.
  ///
  /// - Parameters:
  ///   - parameters: the whole arena. // [parameterCount]
  ///   - gradients: the whole arena, sums over the counted time steps. // [parameterCount]
  ///   - moments: whole arenas, zero before the first step. // [momentCount, parameterCount]
  package func apply(
    _ update: Update, to parameters: FloatPointer, gradients: FloatPointer,
    moments: FloatPointer?, in region: GradientRegion, share: Share = Share(0, of: 1),
    pool: WorkerPool
  ) {
    precondition(
      region.range.lowerBound >= 0 && region.range.upperBound <= parameterCount,
      "\(region.range) is not within 0..<\(parameterCount)")
    precondition(
      momentCount == 0 || moments != nil, "\(momentCount) moment arenas are needed, got none")
    let arenas = Arenas(
      parameters: Disjoint(parameters), gradients: Disjoint(gradients),
      moments: moments.map { Disjoint($0) })
    if let rows = region.rows {
      precondition(sparesUntouchedRows && momentCount == 0, "this optimizer touches all rows")
      applyToRows(update, arenas, region, rows, share, pool)
    } else {
      let own = share.range(of: region.range, multipleOf: CacheLine.floats)
      pool.forEachSlice(of: own.count, multipleOf: CacheLine.floats) { _, part in
        let start = own.lowerBound + part.lowerBound
        apply(update, arenas, parametersAt: start, gradientsAt: start, count: part.count)
      }
    }
  }

  private func applyToRows(
    _ update: Update, _ arenas: Arenas, _ table: GradientRegion, _ rows: TouchedRows,
    _ share: Share, _ pool: WorkerPool
  ) {
    let (numbers, width) = (Common(rows.rows), rows.width)
    let (first, packed) = (table.range.lowerBound, table.values.lowerBound)
    let own = share.range(of: rows.count)
    pool.forEachSlice(of: own.count) { _, slice in
      for place in slice.lowerBound + own.lowerBound..<slice.upperBound + own.lowerBound {
        apply(
          update, arenas, parametersAt: first + Int(numbers[place]) * width,
          gradientsAt: packed + place * width, count: width)
      }
    }
  }

  private func apply(
    _ update: Update, _ arenas: Arenas, parametersAt: Int, gradientsAt: Int, count: Int
  ) {
    var block = GradientBlock(
      parameters: arenas.parameters + parametersAt, gradients: arenas.gradients + gradientsAt,
      count: count, step: update.step, learningRate: update.learningRate, norm: update.norm,
      scale: 1 / update.divisor, moments: arenas.moments.map { $0 + parametersAt },
      momentStride: parameterCount)
    for transform in transforms {
      transform.apply(to: &block)
      block.moments = block.moments.map { $0 + transform.momentNames.count * parameterCount }
    }
  }
}

/// The arenas of which the workers update disjoint parts.
private struct Arenas: Sendable {
  let parameters: Disjoint<Float>
  let gradients: Disjoint<Float>
  let moments: Disjoint<Float>?
}
