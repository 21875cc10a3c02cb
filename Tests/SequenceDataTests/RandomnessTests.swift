import SequenceData
import Testing

@Suite struct RandomnessTests {
  @Test func walkAndRandomAccessAgree() {
    var walk = SampleRandom(seed: 3, purpose: .training, sample: 1 << 40)
    let access = walk
    for position in 0..<20 { #expect(walk.nextNumber() == access.number(at: position)) }
  }

  @Test func samplesPurposesAndSeedsDiffer() {
    let numbers = [
      SampleRandom(seed: 3, purpose: .training, sample: 1),
      SampleRandom(seed: 3, purpose: .validation, sample: 1),
      SampleRandom(seed: 3, purpose: .training, sample: 2),
      SampleRandom(seed: 4, purpose: .training, sample: 1),
      SampleRandom(seed: 3 + 1 << 32, purpose: .training, sample: 1),
      SampleRandom(seed: 3, purpose: .training, sample: 1 + 1 << 32),
      SampleRandom(shuffling: 1, seed: 3),
    ].map { $0.number(at: 0) }
    #expect(Set(numbers).count == numbers.count)
  }

  @Test func integersStayBelowTheirBound() {
    var random = SampleRandom(seed: 1, purpose: .training, sample: 0)
    let values = (0..<2000).map { _ in random.nextInteger(below: 7) }
    #expect(Set(values) == Set(0..<7))
    #expect(Set((0..<200).map { random.integer(at: $0, below: 3) }) == [0, 1, 2])
    #expect((0..<2000).allSatisfy { (0..<1).contains(random.fraction(at: $0)) })
  }
}
