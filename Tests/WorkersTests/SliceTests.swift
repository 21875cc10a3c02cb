import Testing
import Workers

/// How work is cut into slices.
struct SliceTests {
  struct Slice: Equatable {
    let worker: Int
    let range: Range<Int>
  }

  /// The slices of 0..<count, in order.
  private func slices(_ workers: Int, of count: Int, multipleOf granule: Int) -> [Slice] {
    let slices = Guarded<[Slice]>([])
    WorkerPool(workers: workers).forEachSlice(of: count, multipleOf: granule) { worker, range in
      slices.withLock { $0.append(Slice(worker: worker, range: range)) }
    }
    return slices.withLock { $0 }.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  @Test(arguments: [1, 2, 3, 5, 8, 17], [1, 3, 6, 16])
  func coverEverythingOnce(workers: Int, granule: Int) {
    for count in [1, 2, 3, 5, 15, 16, 17, 31, 32, 33, 100, 1000] {
      let slices = slices(workers, of: count, multipleOf: granule)
      #expect(slices.first?.range.lowerBound == 0)
      #expect(slices.last?.range.upperBound == count)
      for (one, next) in zip(slices, slices.dropFirst()) {
        #expect(one.range.upperBound == next.range.lowerBound)
        #expect(one.range.upperBound % granule == 0)
      }
      #expect(slices.allSatisfy { !$0.range.isEmpty })
      #expect(slices.count <= workers)
      // Scratch memory is the worker's, so no two slices may share one.
      #expect(Set(slices.map(\.worker)).count == slices.count)
      #expect(slices.allSatisfy { (0..<workers).contains($0.worker) })
    }
  }

  @Test(arguments: [2, 3, 7])
  func areOfNearlyEqualSize(workers: Int) {
    for count in [7, 10, 100, 1001] {
      let sizes = slices(workers, of: count, multipleOf: 1).map(\.range.count)
      #expect(sizes.count == workers)
      #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }
  }

  @Test func nothingToDoRunsNothing() {
    #expect(slices(3, of: 0, multipleOf: 4).isEmpty)
  }
}
