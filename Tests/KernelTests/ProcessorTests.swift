import CKernels
import Foundation
import Testing

/// Variants, denormals and the affinity mask.
struct ProcessorTests {
  @Test(arguments: Variant.supported)
  func variantsPassTheirCheck(_ variant: Variant) {
    #expect(unfold_check_variant(variant.variant))
    #expect(variant.kernels.variant == variant.variant)
    #expect(variant.kernels.multiply_add_peak(10) > 0)
  }

  @Test func variantsAreFoundByName() {
    for variant in Variant.supported {
      var found = UNFOLD_VARIANT_BASELINE
      #expect(unfold_variant_named(variant.testDescription, &found))
      #expect(found == variant.variant)
    }
    var unchanged = UNFOLD_VARIANT_AVX512
    #expect(!unfold_variant_named("sse9", &unchanged))
    #expect(unchanged == UNFOLD_VARIANT_AVX512)
  }

  @Test func theEnvironmentChoosesTheVariant() async {
    await #expect(processExitsWith: .success) {
      for variant in Variant.supported {
        setenv("UNFOLD_ISA", variant.testDescription, 1)
        precondition(unfold_best_variant() == variant.variant, "\(variant.testDescription)")
      }
      setenv("UNFOLD_ISA", "sse9", 1)
      precondition(unfold_best_variant() == Variant.supported.last?.variant, "unknown name")
      unsetenv("UNFOLD_ISA")
      precondition(unfold_best_variant() == Variant.supported.last?.variant, "no name")
    }
  }

  /// In a process of its own: the mode is a thread's, and tests share threads.
  @Test func denormalsAreFlushedOnRequest() async {
    await #expect(processExitsWith: .success) {
      // A kernel multiplies, so that the compiler cannot take one product for another.
      func product(_ a: Float, _ b: Float) -> UInt32 {
        var value = [a]
        unfold_active_kernels().pointee.clip_values(&value, 1, b, 1)
        return value[0].bitPattern
      }
      let smallest = Float.leastNormalMagnitude
      let denormal = Float.leastNonzeroMagnitude
      #expect(product(smallest, 0.5) != 0)
      #expect(product(denormal, 0x1p100) != 0)
      #expect(!unfold_flushes_denormals())
      unfold_flush_denormals()
      #expect(unfold_flushes_denormals())
      #expect(product(smallest, 0.5) == 0)
      #expect(product(denormal, 0x1p100) == 0)
      #expect(product(smallest, 1) == smallest.bitPattern)
    }
  }

  /// Foundation counts the cores of the affinity mask too.
  @Test func theMaskIsThatOfTheProcess() {
    #expect(Self.coresInMask().count == ProcessInfo.processInfo.activeProcessorCount)
  }

  @Test func aShortMaskIsCut() {
    var bytes = [UInt8](repeating: 0xAA, count: 2)
    #expect(unfold_affinity_mask(&bytes, 1) == 1)
    #expect(bytes[1] == 0xAA)
  }

  private static func coresInMask() -> [Int] {
    var bytes = [UInt8](repeating: 0xFF, count: 128)
    let count = unfold_affinity_mask(&bytes, bytes.count)
    return (0..<8 * count).filter { bytes[$0 / 8] >> ($0 % 8) & 1 == 1 }
  }
}
