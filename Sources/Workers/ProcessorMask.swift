import CKernels
import Glibc

/// The cores that the operating system lets this process use.
package struct ProcessorMask: Sendable, Equatable {
  /// One bit a core, least significant first.
  package let bytes: [UInt8]

  /// A mask from its bytes.
  package init(bytes: [UInt8]) { self.bytes = bytes }

  /// The calling thread's affinity mask.
  package static func current() -> ProcessorMask {
    let capacity = 128
    let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      count = buffer.baseAddress.map { unfold_affinity_mask($0, capacity) } ?? 0
    }
    return ProcessorMask(bytes: bytes)
  }

  /// The cores of the machine, whoever may use them.
  package static var machineCoreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Whether a core is in the mask.
  package func contains(core: Int) -> Bool {
    core / 8 < bytes.count && bytes[core / 8] >> (core % 8) & 1 == 1
  }

  /// The cores in the mask, in order.
  package var cores: [Int] { (0..<8 * bytes.count).filter { contains(core: $0) } }

  /// The number of cores in the mask.
  package var coreCount: Int { bytes.reduce(0) { $0 + $1.nonzeroBitCount } }
}
