import Checkpoints
import Foundation
import Optimization
import Storage
import Workers

/// What `Tests/Reference/make_fixtures.py` stored of torch.optim and its schedulers.
struct Fixture {
  let file: SafetensorsFile

  init() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    file = try SafetensorsFile(
      path: folder.appending(path: "../Reference/optimizers.safetensors").standardized.path)
  }

  func floats(_ name: String) throws -> [Float] { try file.floats(name) }

  func doubles(_ name: String) throws -> [Double] {
    try file.elements(name, as: .float64, of: Double.self)
  }
}

/// The arenas that an optimizer works on, as arrays.
struct Arenas {
  var parameters: [Float]
  var gradients: [Float]
  var moments: [Float]
  private let regions: [GradientRegion]

  /// Arenas with moments at zero.
  init(parameters: [Float], gradients: [Float], momentCount: Int) {
    self.parameters = parameters
    self.gradients = gradients
    moments = Array(repeating: 0, count: momentCount * parameters.count)
    regions = [GradientRegion(0..<parameters.count)]
  }

  /// One update of all elements, slice by slice.
  mutating func update(
    by chain: OptimizerChain, slices: [Range<Int>]? = nil, step: Int, rate: Double,
    divisor: Double, pool: WorkerPool
  ) {
    let count = parameters.count
    let norm = norm(of: gradients, regions, pool: pool) / divisor
    parameters.withUnsafeMutableBufferPointer { parameters in
      gradients.withUnsafeMutableBufferPointer { gradients in
        moments.withUnsafeMutableBufferPointer { moments in
          guard let weights = parameters.baseAddress, let sums = gradients.baseAddress else {
            return
          }
          for slice in slices ?? [0..<count] {
            chain.apply(
              Update(step: step, learningRate: rate, divisor: divisor, norm: norm), to: weights,
              gradients: sums, moments: moments.baseAddress, in: GradientRegion(slice), pool: pool)
          }
        }
      }
    }
  }
}

/// The norm that as many ranks as `shares` form together.
func norm(
  of gradients: [Float], _ regions: [GradientRegion], shares: Int = 1, pool: WorkerPool
) -> Double {
  withUnsafeTemporaryAllocation(
    of: Double.self, capacity: GlobalNorm.blockCount(of: regions)
  ) { blockSums in
    guard let base = blockSums.baseAddress else { return .nan }
    blockSums.initialize(repeating: .nan)
    let norm = GlobalNorm(of: regions, blockSums: base)
    for share in (0..<shares).reversed() {
      norm.sumBlocks(of: gradients, share: Share(share, of: shares), pool: pool)
    }
    return norm.value
  }
}

/// Reproducible numbers in -1 ..< 1, by a linear congruential generator (Knuth's MMIX).
func pseudorandomNumbers(_ count: Int, seed: UInt64) -> [Float] {
  var state = seed
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 32)) / 2_147_483_648
  }
}
