import SequenceData
import Storage
import Testing

@Suite struct EpochPlanTests {
  @Test(arguments: [(1, 1), (10, 3), (97, 10), (5, 8), (1000, 50)])
  func continuousStreamsCoverEveryPairOnce(timeSteps: Int, streams: Int) throws {
    let corpus = CountingCorpus(lengths: [timeSteps], isContinuous: true)
    let plan = try EpochPlan(corpus: corpus, streams: streams)
    #expect(plan.streamLengths.reduce(0, +) == timeSteps)
    #expect((plan.streamLengths.max() ?? 0) - (plan.streamLengths.min() ?? 0) <= 1)
    let columns = plan.allSteps()
    let counted = columns.flatMap { $0.filter { $0.weight == 1 } }
    #expect(counted.map { $0.inputs[0] } == (0..<timeSteps).map { Float($0) })
    #expect(counted.allSatisfy { $0.targets[0] == $0.inputs[0] + 1 })
    for (column, length) in zip(columns, plan.streamLengths) {
      #expect(column.enumerated().allSatisfy { $1.reset == ($0 == 0 && length > 0) })
      let padding = Window.Step(inputs: [0], targets: [0], weight: 0, reset: false, scored: false)
      #expect(column[length...].allSatisfy { $0 == padding })
    }
  }

  @Test func sequencesAreDealtToTheShortestStreamTiesToTheLowest() throws {
    // 4 → 0, 2 → 1, 3 → 2, then 1 is shortest (2): 2 → 1 (4); stream 2 (3): 5 → 2 (8); 0 and 1 tie
    // at 4: 1 → 0 (5); then 1 (4): 6 → 1.
    let corpus = CountingCorpus(lengths: [4, 2, 3, 2, 5, 1, 6])
    let plan = try EpochPlan(corpus: corpus, streams: 3)
    #expect(plan.segments.map { $0.map(\.sequence) } == [[0, 5], [1, 3, 6], [2, 4]])
    #expect(plan.segments.map { $0.map(\.position) } == [[0, 4], [0, 2, 4], [0, 3]])
    #expect(plan.streamLengths == [5, 10, 8])
    #expect(plan.timeSteps == 10)
    #expect(plan.windowCount(k1: 4) == 3)
  }

  @Test func dealingAgreesWithPlainSearch() throws {
    var random = SampleRandom(shuffling: 7, seed: 1)
    let lengths = (0..<300).map { _ in 1 + random.nextInteger(below: 9) }
    let plan = try EpochPlan(corpus: CountingCorpus(lengths: lengths), streams: 13)
    var expected = [Int](repeating: 0, count: 13)
    var dealt = [[Int]](repeating: [], count: 13)
    for (sequence, length) in lengths.enumerated() {
      let shortest = expected.indices.min { (expected[$0], $0) < (expected[$1], $1) } ?? 0
      expected[shortest] += length
      dealt[shortest].append(sequence)
    }
    #expect(plan.streamLengths == expected)
    #expect(plan.segments.map { $0.map(\.sequence) } == dealt)
  }

  @Test func resetsMarkEachSequenceStart() throws {
    let corpus = CountingCorpus(lengths: [3, 2, 4, 1, 5, 2])
    let plan = try EpochPlan(corpus: corpus, streams: 2)
    for column in plan.allSteps() {
      for step in column where step.weight == 1 {
        #expect(step.reset == (Int(step.inputs[0]) % 1000 == 0))
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4, 7])
  func shardsTogetherAreTheWhole(ranks: Int) throws {
    let corpus = CountingCorpus(lengths: (0..<40).map { 1 + $0 * 7 % 11 })
    for mode in [EpochPlan.Mode.truncated, .full] {
      let whole = try EpochPlan(
        corpus: corpus, streams: 5, epoch: 3, seed: 9, shuffled: true, mode: mode)
      var union: [[Window.Step]] = []
      for rank in 0..<ranks {
        let plan = try EpochPlan(
          corpus: corpus, streams: 5, epoch: 3, seed: 9, shuffled: true,
          shard: Share(rank, of: ranks).range(of: 5), mode: mode)
        #expect(plan.streamLengths == whole.streamLengths)
        #expect(plan.windowEdges == whole.windowEdges)
        union += plan.allSteps()
      }
      #expect(union == whole.allSteps())
    }
  }

  @Test func shufflingDependsOnSeedAndEpochAndDropsNothing() throws {
    let corpus = CountingCorpus(lengths: [Int](repeating: 1, count: 200))
    func order(_ seed: UInt64, _ epoch: Int) throws -> [Int] {
      try EpochPlan(corpus: corpus, streams: 1, epoch: epoch, seed: seed, shuffled: true)
        .segments[0].map(\.sequence)
    }
    let first = try order(1, 0)
    #expect(try order(1, 0) == first)
    #expect(try order(1, 1) != first)
    #expect(try order(2, 0) != first)
    #expect(first != Array(0..<200))
    #expect(first.sorted() == Array(0..<200))
    let unshuffled = try EpochPlan(corpus: corpus, streams: 1, epoch: 4, seed: 3)
    #expect(unshuffled.segments[0].map(\.sequence) == Array(0..<200))
  }

  @Test func shufflesAreUniform() throws {
    // 6 orders of 3; 6000 shuffles; the χ² of 5 degrees of freedom exceeds 20.5 once in a thousand.
    let corpus = CountingCorpus(lengths: [1, 1, 1])
    var counts: [[Int]: Int] = [:]
    for epoch in 0..<6000 {
      let plan = try EpochPlan(
        corpus: corpus, streams: 1, epoch: epoch, seed: 5, shuffled: true)
      counts[plan.segments[0].map(\.sequence), default: 0] += 1
    }
    let deviation = counts.values.reduce(0.0) { $0 + Double(($1 - 1000) * ($1 - 1000)) / 1000 }
    #expect(counts.count == 6)
    #expect(deviation < 20.5)
  }

  @Test func fullWindowsHoldWholeSequencesFromTheLeftEdge() throws {
    let corpus = CountingCorpus(lengths: [4, 2, 3, 5, 1])
    let plan = try EpochPlan(corpus: corpus, streams: 2, mode: .full)
    #expect(plan.windowEdges == [0, 4, 9, 10])
    #expect(plan.windowCount(k1: 0) == 3)
    #expect(plan.longestWindow == 5)
    let window = Window(for: corpus, streams: 2, capacity: 1)
    for index in 0..<3 {
      let (from, to) = (plan.windowEdges[index], plan.windowEdges[index + 1])
      plan.fill(window, from: from, to: to, countedFrom: from)
      #expect(window.timeSteps == to - from)
      for stream in 0..<2 {
        let sequence = 2 * index + stream
        let length = sequence < 5 ? corpus.lengths[sequence] : 0
        for (row, step) in window.column(stream).enumerated() {
          #expect(step.weight == (row < length ? 1 : 0))
          #expect(step.inputs[0] == (row < length ? Float(1000 * sequence + row) : 0))
          #expect(step.reset == (row == 0 && length > 0))
        }
      }
    }
  }

  @Test func fullRefusesContinuousText() throws {
    let corpus = CountingCorpus(lengths: [10], isContinuous: true)
    let error = failure { _ = try EpochPlan(corpus: corpus, streams: 2, mode: .full) }
    #expect(error == .fullNeedsSequences(source: "counting"))
  }

  @Test func anyWindowReadsTheSame() throws {
    let corpus = CountingCorpus(lengths: (0..<30).map { 1 + $0 * 5 % 8 })
    let plan = try EpochPlan(corpus: corpus, streams: 4, seed: 2, shuffled: true)
    let whole = plan.allSteps()
    let window = Window(for: corpus, streams: 4, capacity: 12)
    // k1 = 3, k2 = 8: the windows overlap, and the last ends beyond the streams.
    for update in 0..<plan.windowCount(k1: 3) {
      let (from, to) = (max(0, (update + 1) * 3 - 8), (update + 1) * 3)
      plan.fill(window, from: from, to: to, countedFrom: update * 3)
      #expect(window.firstTimeStep == from)
      for stream in 0..<4 {
        for (row, step) in window.column(stream).enumerated() {
          let position = from + row
          guard position < plan.timeSteps else {
            #expect(step.weight == 0 && step.inputs == [0])
            continue
          }
          var expected = whole[stream][position]
          if position < update * 3 {
            expected.weight = 0
            expected.scored = false
          }
          #expect(step == expected)
        }
      }
    }
  }

  @Test func emptyShardFillsEmptyWindow() throws {
    let corpus = CountingCorpus(lengths: [3, 4])
    let plan = try EpochPlan(corpus: corpus, streams: 2, shard: 2..<2)
    let window = Window(for: corpus, streams: 0)
    plan.fill(window, from: 0, to: 4, countedFrom: 0)
    #expect(window.timeSteps == 4 && window.countedTimeSteps == 0)
    #expect(plan.timeSteps == 4)
  }

  @Test func shortTextIsRefusedWithItsNumbers() throws {
    let corpus = CountingCorpus(lengths: [99], isContinuous: true)
    let error = failure { try corpus.requireWindow(streams: 10, k1: 10) }
    #expect(
      error == .shorterThanOneWindow(source: "counting", timeSteps: 99, streams: 10, k1: 10))
    try CountingCorpus(lengths: [100], isContinuous: true).requireWindow(streams: 10, k1: 10)
    try CountingCorpus(lengths: [1]).requireWindow(streams: 10, k1: 10)
  }
}
