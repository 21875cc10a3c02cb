import SequenceData
import Testing

@Suite struct ShardTests {
  @Test(arguments: [(10, 3), (50, 3), (7, 7), (3, 5), (0, 2), (64, 1)])
  func blocksAreContiguousAndEven(streams: Int, ranks: Int) {
    let blocks = (0..<ranks).map { Shard.range(streams: streams, rank: $0, ranks: ranks) }
    #expect(blocks.flatMap { Array($0) } == Array(0..<streams))
    let sizes = blocks.map(\.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
  }
}
