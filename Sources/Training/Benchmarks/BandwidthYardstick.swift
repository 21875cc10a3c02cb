import CKernels
import Storage

/// What a kernel does with memory, in bytes.
struct Traffic {
  /// Of what is only read.
  var read = 0
  /// Of what is only written.
  var written = 0
  /// Of what is read and written in place.
  var updated = 0

  /// The memory that is touched, which decides the cache that holds it.
  var footprint: Int { read + written + updated }
  /// What moves in either direction.
  var moved: Int { read + written + 2 * updated }
}

/// How fast one core moves memory, by how much of it there is.
final class BandwidthYardstick {
  private let kernels: UnsafePointer<UnfoldKernels>
  private let stopwatch: Stopwatch
  private let arena = Arena<Float>(count: 1 << 25)
  private var knownSpeeds: [Int: Speeds] = [:]

  /// Seconds for a byte.
  private struct Speeds {
    let read: Double
    let write: Double
    let update: Double
  }

  init(kernels: UnsafePointer<UnfoldKernels>, stopwatch: Stopwatch) {
    self.kernels = kernels
    self.stopwatch = stopwatch
  }

  /// The seconds that so much traffic takes at least.
  func seconds(_ traffic: Traffic) -> Double {
    let speeds = speeds(footprint: traffic.footprint)
    return Double(traffic.read) * speeds.read + Double(traffic.written) * speeds.write
      + Double(traffic.updated) * speeds.update
  }

  private func speeds(footprint: Int) -> Speeds {
    // At powers of two, so that few footprints are measured.
    let count = min(max(footprint.nextPowerOfTwo / MemoryLayout<Float>.stride, 1024), arena.count)
    if let known = knownSpeeds[count] { return known }
    let (base, table) = (arena.base, kernels.pointee)
    let bytes = Double(count * MemoryLayout<Float>.stride)
    func fastest(_ move: (_ spread: Bool) -> Void) -> Double {
      [false, true].map { spread in stopwatch.seconds { move(spread) } / bytes }.min() ?? 0
    }
    let speeds = Speeds(
      read: fastest { _ = table.read_memory(base, count, $0) },
      write: fastest { table.write_memory(base, count, $0) },
      update: fastest { table.update_memory(base, count, $0) })
    knownSpeeds[count] = speeds
    return speeds
  }
}

extension Int {
  fileprivate var nextPowerOfTwo: Int {
    self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
  }
}
