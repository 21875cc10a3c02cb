import AllocationCounter
import SequenceData
import TestSupport
import Testing

/// Filling windows keeps no memory. Allocations are counted for a whole process, so each case has one
/// of its own.
@Suite(.enabled(if: allocation_counter_works(), "malloc cannot be counted here"))
struct AllocationTests {
  @Test(arguments: 0..<7)
  func fillingDoesNotGrowTheHeap(_ index: Int) async {
    await #expect(processExitsWith: .success) { [index] in
      let folder = try TestFolder()
      let corpus = try Self.corpus(index, in: folder)
      let plan = try EpochPlan(corpus: corpus, streams: 4)
      let window = Window(for: corpus, streams: 4, capacity: 10)
      var before = 0
      for round in 0..<20_000 {
        // What is made once is made in the first rounds.
        if round == 100 { before = live_allocation_count() }
        let from = round * 7 % max(1, plan.timeSteps - 10)
        plan.fill(window, from: from, to: from + 10, countedFrom: from + 5)
      }
      #expect(live_allocation_count() == before, "\(corpus.source)")
    }
  }

  private static func corpus(_ index: Int, in folder: TestFolder) throws -> any Corpus {
    switch index {
    case 0:
      let text = try folder.write(String(repeating: "some text ", count: 1000), to: "a")
      return try TextCorpus.prepare(training: text, unit: .character, cache: folder.cache).open()
        .training
    case 1:
      let table = try folder.write(String(repeating: "1,2\n3,5\n", count: 1000), to: "b")
      return try SeriesCorpus.prepare(
        SeriesRequest(training: SeriesPaths([table])), cache: folder.cache
      ).open().training
    case 2:
      let lines = try folder.write(
        String(repeating: #"{"inputs": [[0.5], [1], [2]], "targets": [1]}"# + "\n", count: 500),
        to: "c")
      return try SequencesCorpus.prepare(training: lines, targets: .values, cache: folder.cache)
        .open().training
    case 3: return ReberCorpus(samples: 200, seed: 1)
    case 4: return AddingCorpus(length: 9, samples: 200, seed: 1)
    case 5: return CopyingCorpus(delay: 5, samples: 200, seed: 1)
    default: return RandomValuesCorpus(inputs: 3, outputs: 2, timeSteps: 1000, seed: 1)
    }
  }
}
