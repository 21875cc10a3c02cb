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

  @Test func denormalsAreFlushedOnTheThreadThatAsksForIt() async {
    let products = await onOwnThread { () -> [Float] in
      // Volatile enough: the compiler cannot know the smallest number's string.
      let smallest = Float("1.2e-38") ?? 0
      let before = smallest * (Float("0.25") ?? 0)
      unfold_flush_denormals()
      return [before, smallest * (Float("0.25") ?? 0), smallest * (Float("1") ?? 0)]
    }
    #expect(products[0] > 0)
    #expect(products[1] == 0)
    #expect(products[2] > 0)
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

  /// Runs `body` on a thread of its own, because tests share threads whose mode must not change.
  private func onOwnThread<Result: Sendable>(
    _ body: @escaping @Sendable () -> Result
  ) async -> Result {
    await withCheckedContinuation { continuation in
      Thread { continuation.resume(returning: body()) }.start()
    }
  }
}
