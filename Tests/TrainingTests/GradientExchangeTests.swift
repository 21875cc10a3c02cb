import Communication
import Recurrent
import Storage
import Testing
import Training

/// With one rank there is nothing to add, under either reduction. (Several ranks are tried by
/// UnfoldCommandTests.)
struct GradientExchangeTests {
  @Test(arguments: [true, false])
  func oneRanksSumsAreTheTotal(isReproducible: Bool) throws {
    let exchange = GradientExchange(
      communicator: SoloCommunicator(), reduction: isReproducible ? .reproducible : .fast)
    #expect(try exchange.earlierLoss() == LossSum())
    var own = LossSum()
    own.sum = 0.1
    own.count = 2
    own.hits = 3
    own.scored = 4
    own.scoredHits = 5
    #expect(try exchange.total(own) == own)
    let gradients = FloatArena(count: 5)
    gradients.buffer.update(repeating: 7)
    #expect(try !exchange.begin(gradients.buffer))
    #expect(gradients.buffer.allSatisfy { $0 == 7 }, "there is nothing to continue")
    for index in 0..<5 { gradients.base[index] = Float(index) }
    try exchange.finish(gradients.buffer)
    #expect(Array(gradients.buffer) == [0, 1, 2, 3, 4])
  }
}
