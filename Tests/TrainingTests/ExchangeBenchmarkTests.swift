import Foundation
import Storage
import TestSupport
import Testing
import Training
import Workers

/// What the benchmark of sums over ranks knows without any ranks.
struct ExchangeBenchmarkTests {
  @Test(arguments: [
    ("0", 0), ("4096", 4096), ("4K", 4096), ("10M", 10_485_760), ("1G", 1_073_741_824),
  ])
  func sizesAreRead(word: String, bytes: Int) {
    #expect(ByteCount.parse(word) == bytes)
  }

  @Test(arguments: ["", "K", "4k", "4KB", "4 K", "1.5M", "four", "0x10", "9223372036854775807G"])
  func otherWordsAreNoSizes(word: String) {
    #expect(ByteCount.parse(word) == nil)
  }

  /// Two ranks of one node read two partial sums and write one sum; nothing goes over a wire.
  @Test func aNodeMovesItsSlotsAndTheSum() {
    let demand = ExchangeDemand(bytes: 1000, slots: 2, ranks: 2, nodes: 1)
    #expect(demand.nodeBytes == 3000)
    #expect(demand.wireBytes == 0)
  }

  /// Each of N nodes keeps 1/N of what it has and sends the rest, twice.
  @Test(arguments: [(2, 1000.0), (4, 1500.0), (8, 1750.0)])
  func aNodeSendsAllButItsPart(nodes: Int, bytes: Double) {
    let demand = ExchangeDemand(bytes: 1000, slots: 1, ranks: 1, nodes: nodes)
    #expect(demand.wireBytes == bytes)
    #expect(demand.nodeBytes == 2000)
  }

  /// However leaves are summed, every sum is exact, with as many leaves as there can be.
  @Test(arguments: [1, 2, 8, LeafTree.most])
  func knownSumsAreExact(leafCount: Int) {
    let count = 100
    let pool = WorkerPool(workers: 2)
    let values = ExchangeValues(leafCount: leafCount, repetition: 5)
    let sums = Arena<Float>(count: count)
    let part = Arena<Float>(count: count)
    for leaf in (0..<leafCount).reversed() {
      values.fill(part.base, count: count, leaves: leaf..<leaf + 1, pool: pool)
      for index in 0..<count { sums.base[index] += part.base[index] }
    }
    let wrong = values.firstWrong(among: sums.base, count: count)?.index
    #expect(wrong == nil)
    // Another repetition is not this one, nor are half the leaves all of them.
    let other = ExchangeValues(leafCount: leafCount, repetition: 6)
    let wrongInOther = other.firstWrong(among: sums.base, count: count)?.index
    #expect(wrongInOther == 0)
    values.fill(part.base, count: count, leaves: 0..<leafCount / 2, pool: pool)
    let wrongInHalf = values.firstWrong(among: part.base, count: count)?.index
    #expect(wrongInHalf == 0)
  }

  @Test func aWrongSumIsNamed() throws {
    let count = 50
    let values = ExchangeValues(leafCount: 4, repetition: 1)
    let sums = Arena<Float>(count: count)
    values.fill(sums.base, count: count, leaves: 0..<4, pool: WorkerPool(workers: 1))
    let right = sums.base[37]
    for got in [right + 1, 0, .nan] {
      sums.base[37] = got
      let wrong = values.firstWrong(among: sums.base, count: count)
      #expect(wrong?.index == 37)
      #expect(wrong?.expected == right)
      #expect(wrong?.got.bitPattern == got.bitPattern)
      let wrongBefore = values.firstWrong(among: sums.base, count: 37)?.index
      #expect(wrongBefore == nil)
    }
  }

  @Test func theMiddleOfFigures() {
    let odd = Spread([5, 1, 3])
    #expect(odd.median == 3 && odd.lowest == 1 && odd.highest == 5)
    let even = Spread([4, 1, 3, 8])
    #expect(even.median == 3.5 && even.lowest == 1 && even.highest == 8)
  }

  /// A cache that cores share counts once, and only the last level does.
  @Test func lastCachesAreCountedOnce() throws {
    let folder = try TestFolder()
    for (core, shared) in [(0, "0-1"), (1, "0-1"), (2, "2")] {
      for (index, size, cores) in [(0, "32K", "\(core)"), (3, "8192K", shared)] {
        let place = "cpu\(core)/cache/index\(index)"
        try FileManager.default.createDirectory(
          atPath: folder(place), withIntermediateDirectories: true)
        try folder.write("\(size)\n", to: "\(place)/size")
        try folder.write("\(cores)\n", to: "\(place)/shared_cpu_list")
      }
    }
    #expect(MachineCaches(folder: folder.path).bytes == 2 * 8192 * 1024)
    #expect(MachineCaches(folder: folder("absent")).bytes == 0)
  }
}
