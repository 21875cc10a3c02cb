import Foundation
import SequenceData
import Testing

@Suite struct GeneratorTests {
  /// Whether a string is one of the embedded grammar: the set of places the automaton may be in,
  /// from the grammar's drawing, letter by letter.
  private func isEmbeddedReber(_ string: String) -> Bool {
    let drawing: [Character: [Character: Character]] = [
      "a": ["B": "b"], "b": ["T": "c", "P": "d"], "c": ["S": "c", "X": "e"],
      "d": ["T": "d", "V": "f"], "e": ["X": "d", "S": "g"], "f": ["P": "e", "V": "g"],
      "g": ["E": "h"],
    ]
    let letters = Array(string)
    guard letters.count >= 9, letters[0] == "B", letters[letters.count - 1] == "E",
      letters[1] == "T" || letters[1] == "P", letters[1] == letters[letters.count - 2]
    else { return false }
    var place: Character? = "a"
    for letter in letters[2..<letters.count - 2] {
      place = place.flatMap { drawing[$0]?[letter] }
    }
    return place == "h"
  }

  @Test func reberStringsAreOfTheGrammar() {
    let corpus = ReberCorpus(samples: 500, seed: 1)
    var seen: Set<String> = []
    for sequence in 0..<500 {
      let steps = steps(of: corpus, sequence: sequence)
      let symbols = steps.map { Int($0.inputs[0]) } + [Int(steps[steps.count - 1].targets[0])]
      let string = symbols.map { ReberCorpus.symbols[$0] }.joined()
      #expect(isEmbeddedReber(string), "\(string)")
      #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.targets == $1.inputs })
      #expect(steps.allSatisfy { $0.weight == 1 })
      #expect(steps.indices.filter { steps[$0].scored } == [steps.count - 2])
      #expect(steps[steps.count - 2].targets == steps[1].inputs)
      seen.insert(string)
    }
    #expect(seen.count > 50)
    #expect(!isEmbeddedReber("BTBTXSEPE") && isEmbeddedReber("BTBTXSETE"))
  }

  @Test func reberTakesBothBranchesEvenly() {
    let corpus = ReberCorpus(samples: 4000, seed: 2)
    let ts = (0..<4000).filter { steps(of: corpus, sequence: $0)[1].inputs == [1] }.count
    #expect(abs(ts - 2000) < 130)  // four deviations of a fair coin
  }

  @Test func epochsAndPurposesGiveFreshSamples() {
    let corpus = ReberCorpus(samples: 50, seed: 1)
    let validation = ReberCorpus(samples: 50, seed: 1, purpose: .validation)
    func all(_ corpus: ReberCorpus, _ epoch: Int) -> [[Window.Step]] {
      (0..<50).map { steps(of: corpus, sequence: $0, epoch: epoch) }
    }
    #expect(all(corpus, 0) == all(corpus, 0))
    #expect(all(corpus, 0) != all(corpus, 1))
    #expect(all(corpus, 0) != all(validation, 0))
    // Sample e · samples + i: the second epoch of 50 is the upper half of one epoch of 100.
    let larger = ReberCorpus(samples: 100, seed: 1)
    #expect(all(corpus, 1) == (50..<100).map { steps(of: larger, sequence: $0) })
  }

  @Test func generatorsReadAnyRange() {
    let corpora: [any Corpus] = [
      ReberCorpus(samples: 5, seed: 3), AddingCorpus(length: 20, samples: 5, seed: 3),
      CopyingCorpus(delay: 7, samples: 5, seed: 3),
      RandomSymbolsCorpus(symbols: 10, timeSteps: 25, seed: 3),
      RandomValuesCorpus(inputs: 3, outputs: 2, timeSteps: 25, seed: 3),
    ]
    for corpus in corpora {
      let whole = steps(of: corpus, sequence: 0)
      let window = Window(for: corpus, streams: 3)
      window.resize(timeSteps: 3)
      for start in 0..<whole.count - 1 {
        let end = min(start + 2, whole.count)
        corpus.read(
          sequence: 0, epoch: 0, timeSteps: start..<end, into: window, stream: 1, row: 1)
        #expect((1...end - start).map { window.step($0, 1) } == Array(whole[start..<end]))
      }
    }
  }

  @Test func addingSumsTheTwoMarkedNumbers() {
    let corpus = AddingCorpus(length: 31, samples: 300, seed: 4)
    var squaredErrorOfOne = 0.0
    var numbers: [Float] = []
    for sequence in 0..<300 {
      let steps = steps(of: corpus, sequence: sequence)
      let marked = steps.indices.filter { steps[$0].inputs[1] == 1 }
      #expect(marked.count == 2 && marked[0] < 15 && marked[1] >= 15)
      #expect(steps.allSatisfy { $0.inputs[1] == 0 || $0.inputs[1] == 1 })
      #expect(steps.allSatisfy { (0..<1).contains($0.inputs[0]) })
      let sum = marked.reduce(Float(0)) { $0 + steps[$1].inputs[0] }
      #expect(steps[30].targets == [sum])
      #expect(steps.indices.allSatisfy { steps[$0].weight == ($0 == 30 ? 1 : 0) })
      #expect(steps.allSatisfy { $0.scored == ($0.weight == 1) })
      squaredErrorOfOne += Double((sum - 1) * (sum - 1)) / 300
      numbers += steps.map { $0.inputs[0] }
    }
    // 1/6, whose standard error over 300 samples is about 0.011; likewise the mean of 9300 numbers.
    #expect(abs(squaredErrorOfOne - 1.0 / 6) < 0.044)
    #expect(abs(numbers.reduce(0, +) / Float(numbers.count) - 0.5) < 0.012)
  }

  @Test func randomValuesAreUniformAndIndependent() {
    let corpora = [SamplePurpose.training, .validation].map {
      RandomValuesCorpus(inputs: 2, outputs: 1, timeSteps: 4000, seed: 6, purpose: $0)
    }
    let parts = corpora.map { steps(of: $0, sequence: 0) }
    #expect(parts[0] != parts[1])
    #expect(parts[0] == steps(of: corpora[0], sequence: 0, epoch: 1))
    #expect(parts[0].count == 4000 && corpora[0].isContinuous)
    #expect(parts[0].allSatisfy { $0.weight == 1 && $0.scored })
    let columns = (0..<3).map { column in
      parts[0].map { step in (step.inputs + step.targets)[column] }
    }
    func meanProduct(_ left: [Float], _ right: [Float]) -> Float {
      zip(left, right).reduce(0) { $0 + $1.0 * $1.1 } / Float(left.count)
    }
    for (index, column) in columns.enumerated() {
      #expect(column.allSatisfy { (-1..<1).contains($0) })
      // Mean 0, mean square 1/3 and mean products 0, each within four standard errors.
      #expect(abs(column.reduce(0, +) / 4000) < 0.037)
      #expect(abs(meanProduct(column, column) - 1.0 / 3) < 0.019)
      for other in columns[..<index] { #expect(abs(meanProduct(column, other)) < 0.022) }
    }
  }

  @Test(arguments: [1, 2, 30])
  func copyingAsksForTheSymbolsAfterTheDelimiter(delay: Int) {
    let corpus = CopyingCorpus(delay: delay, samples: 40, seed: 5)
    var seen: Set<Float> = []
    for sequence in 0..<40 {
      let steps = steps(of: corpus, sequence: sequence)
      let inputs = steps.map { $0.inputs[0] }
      let targets = steps.map { $0.targets[0] }
      #expect(steps.count == delay + 20)
      #expect(inputs[..<10].allSatisfy { (1...8).contains($0) })
      #expect(inputs[10..<delay + 9].allSatisfy { $0 == 0 } && inputs[delay + 9] == 9)
      #expect(inputs[(delay + 10)...].allSatisfy { $0 == 0 })
      #expect(targets[..<(delay + 10)].allSatisfy { $0 == 0 })
      #expect(targets[(delay + 10)...] == inputs[..<10])
      #expect(steps.allSatisfy { $0.weight == 1 })
      #expect(steps.indices.filter { steps[$0].scored } == Array(delay + 10..<delay + 20))
      seen.formUnion(inputs[..<10])
    }
    #expect(seen == Set((1...8).map { Float($0) }))
    #expect(abs(corpus.baselineLoss - 10 * 2.0794415416798357 / Double(delay + 20)) < 1e-12)
  }

  @Test func scoresSayWhenATaskIsSolved() {
    #expect(ReberCorpus(samples: 1, seed: 0).score.isSolved(by: 0.99) == true)
    #expect(ReberCorpus(samples: 1, seed: 0).score.isSolved(by: 0.98) == false)
    #expect(AddingCorpus(length: 2, samples: 1, seed: 0).score.isSolved(by: 0.009) == true)
    #expect(AddingCorpus(length: 2, samples: 1, seed: 0).score.isSolved(by: .nan) == false)
    #expect(Score(name: "accuracy", measure: .accuracy).isSolved(by: 1) == nil)
  }
}
