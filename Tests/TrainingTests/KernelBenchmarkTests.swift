import CKernels
import Foundation
import Testing
import Training

struct KernelBenchmarkTests {
  /// Every kernel of the table is measured, and the report can be read back from its JSON.
  @Test func everyKernelHasAFigureAndABound() throws {
    let benchmark = KernelBenchmark(milliseconds: 0.01)
    let names = Set(benchmark.kernels.map(\.kernel))
    #expect(names.isSuperset(of: try kernelsOfTheTable()))
    for kernel in benchmark.kernels {
      #expect(kernel.microseconds > 0 && kernel.achieved > 0 && kernel.limit > 0)
      #expect(abs(kernel.fractionOfBound - kernel.achieved / kernel.limit) < 1e-9)
    }
    // What multiplies most is bound by that, and what only moves memory by memory.
    #expect(
      benchmark.kernels.filter { $0.kernel == "product" }.allSatisfy { $0.bound == .multiplyAdd })
    #expect(benchmark.kernels.first { $0.kernel == "apply_sgd" }?.bound == .bandwidth)
    let json = try JSONEncoder().encode(benchmark)
    let copy = try JSONDecoder().decode(KernelBenchmark.self, from: json)
    #expect(copy.kernels.count == benchmark.kernels.count)
    let lines = 2 + benchmark.memory.count + benchmark.kernels.count + 2
    #expect(benchmark.table.split(separator: "\n").count == lines)
  }

  /// The names of the function pointers in the header, less the yardsticks.
  private func kernelsOfTheTable() throws -> [String] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let header = try String(
      contentsOf: root.appendingPathComponent("Sources/CKernels/include/CKernels.h"),
      encoding: .utf8)
    let names = header.matches(of: #/\(\*_Nonnull (\w+)\)/#).map { String($0.1) }
    #expect(names.count > 25)
    return names.filter { !$0.hasSuffix("_memory") && $0 != "multiply_add_peak" }
  }
}
