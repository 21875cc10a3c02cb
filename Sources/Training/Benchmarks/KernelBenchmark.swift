import CKernels
import Dispatch

/// The speed of every kernel on one core, beside what bounds it.
///
/// A kernel that multiplies more than it moves is bound by the multiply-adds that the core does from
/// registers, any other by the speed at which the core reads, writes or updates in place as much memory
/// as the kernel does, so that both lie in the same cache or in none. All are measured in this run; the
/// fastest of several rounds counts, for the bounds too.
package struct KernelBenchmark: Sendable, Codable {
  package let variant: String
  /// Multiply-adds from registers, two operations each.
  package let peakGflops: Double
  /// How fast one core moves memory, by how much of it there is.
  package let memory: [MemorySpeed]
  package let kernels: [KernelMeasurement]

  enum CodingKeys: String, CodingKey {
    case variant, memory, kernels
    case peakGflops = "peak_gflops"
  }

  /// Measures the active variant's kernels, each for at least `milliseconds` a round.
  package init(milliseconds: Double = 20) {
    unfold_flush_denormals()
    let kernels = unfold_active_kernels()
    let stopwatch = Stopwatch(milliseconds: milliseconds)
    let yardstick = BandwidthYardstick(kernels: kernels, stopwatch: stopwatch)
    let before = Self.peak(kernels, stopwatch)
    let timed = KernelCase.all(kernels).map { ($0, stopwatch.seconds($0.run)) }
    let peak = max(before, Self.peak(kernels, stopwatch))
    variant = String(cString: unfold_variant_name(kernels.pointee.variant))
    peakGflops = peak * 1e-9
    memory = [1 << 14, 1 << 18, 1 << 20, 1 << 22, 1 << 24, 1 << 27].map { bytes in
      MemorySpeed(
        bytes: bytes,
        readGigabytesPerSecond: 1e-9 * Double(bytes) / yardstick.seconds(Traffic(read: bytes)),
        writeGigabytesPerSecond: 1e-9 * Double(bytes) / yardstick.seconds(Traffic(written: bytes)))
    }
    self.kernels = timed.map { sample, seconds in
      KernelMeasurement(sample, seconds: seconds, peak: peak, yardstick: yardstick)
    }
  }

  /// Operations a second.
  private static func peak(
    _ kernels: UnsafePointer<UnfoldKernels>, _ stopwatch: Stopwatch
  ) -> Double {
    let iterations = 100_000
    let operations = kernels.pointee.multiply_add_peak(1) * Double(iterations)
    return operations / stopwatch.seconds { _ = kernels.pointee.multiply_add_peak(iterations) }
  }
}

/// How fast one core reads and writes so much memory.
package struct MemorySpeed: Sendable, Codable {
  package let bytes: Int
  package let readGigabytesPerSecond: Double
  package let writeGigabytesPerSecond: Double

  enum CodingKeys: String, CodingKey {
    case bytes
    case readGigabytesPerSecond = "read_gigabytes_per_second"
    case writeGigabytesPerSecond = "write_gigabytes_per_second"
  }
}

/// One kernel's speed on one problem.
package struct KernelMeasurement: Sendable, Codable {
  /// What can hold a kernel back.
  package enum Bound: String, Sendable, Codable {
    case multiplyAdd = "multiply-add"
    case bandwidth
  }

  package let kernel: String
  package let problem: String
  package let microseconds: Double
  package let bound: Bound
  /// Billions of operations or of bytes a second, by the bound.
  package let achieved: Double
  package let limit: Double
  package let fractionOfBound: Double

  enum CodingKeys: String, CodingKey {
    case kernel, problem, microseconds, bound, achieved, limit
    case fractionOfBound = "fraction_of_bound"
  }

  init(_ sample: KernelCase, seconds: Double, peak: Double, yardstick: BandwidthYardstick) {
    let moving = yardstick.seconds(sample.memory)
    let isMover = moving > sample.operations / peak
    let work = isMover ? Double(sample.memory.moved) : sample.operations
    kernel = sample.kernel
    problem = sample.problem
    microseconds = seconds * 1e6
    bound = isMover ? .bandwidth : .multiplyAdd
    achieved = work / seconds * 1e-9
    limit = (isMover ? work / moving : peak) * 1e-9
    fractionOfBound = achieved / limit
  }
}

/// Times a body again and again.
struct Stopwatch {
  let milliseconds: Double
  private static let rounds = 5

  /// The seconds of one call, in the fastest round.
  func seconds(_ body: () -> Void) -> Double {
    body()
    var calls = 1
    while time(calls, body) < milliseconds * 1e-3 { calls *= 2 }
    return (0..<Self.rounds).map { _ in time(calls, body) / Double(calls) }.min() ?? 0
  }

  private func time(_ calls: Int, _ body: () -> Void) -> Double {
    let started = DispatchTime.now().uptimeNanoseconds
    for _ in 0..<calls { body() }
    return Double(DispatchTime.now().uptimeNanoseconds - started) * 1e-9
  }
}
