import SequenceData
import TestSupport
import Testing

/// What the documentation adds: a generator and a format, each in one file.
struct NewDataTests {
  @Test func theGeneratorFillsWindows() throws {
    let corpus = ParityCorpus(length: 7, samples: 20, seed: 3, purpose: .training)
    let plan = try EpochPlan(corpus: corpus, streams: 3)
    let window = Window(for: corpus, streams: 3, capacity: plan.timeSteps)
    plan.fill(window, from: 0, to: plan.timeSteps, countedFrom: 0)
    var ones = 0
    for stream in 0..<3 {
      var parity: Int32 = 0
      for timeStep in 0..<window.timeSteps {
        let place = timeStep * 3 + stream
        guard window.weights[place] == 1 else { continue }
        if window.resets[place] == 1 { parity = 0 }
        parity ^= window.inputSymbols[place]
        ones += Int(parity)
        #expect(window.targetClasses[place] == parity)
      }
    }
    #expect(window.countedTimeSteps == 140)
    #expect((30...110).contains(ones))
  }

  @Test func theFormatIsFoundByItsContent() throws {
    let folder = try TestFolder()
    let formats: [any RowFormat.Type] = [SpacedRows.self] + RowFormats.all
    func corpus(_ text: String, _ name: String) throws -> SeriesCorpus {
      try SeriesCorpus.prepare(
        SeriesRequest(training: SeriesPaths([try folder.write(text, to: name)])),
        formats: formats, cache: folder.cache
      ).open().training
    }
    let spaced = try corpus("#rows\n1 10\n2 20.5\n4 41\n", "a")
    let table = try corpus("1,10\n2,20.5\n4,41\n", "b")
    #expect(steps(of: spaced, sequence: 0) == steps(of: table, sequence: 0))
    #expect(steps(of: spaced, sequence: 0).count == 2)
  }
}
