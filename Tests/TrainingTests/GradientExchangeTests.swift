import Communication
import Recurrent
import Storage
import Testing
import Training

/// With one rank there is nothing to add, and both reductions are the same. (Several ranks, where they
/// differ, are tried by UnfoldCommandTests.)
struct GradientExchangeTests {
  @Test func oneRanksSumsAreTheTotal() throws {
    let exchange = GradientExchange(communicator: SoloCommunicator(), reduction: .fast)
    #expect(try exchange.earlierLoss() == LossSum())
    var own = LossSum()
    own.sum = 0.1
    own.count = 2
    own.hits = 3
    own.scored = 4
    own.scoredHits = 5
    #expect(try exchange.total(own) == own)
    let gradients = Arena<Float>(count: 5)
    gradients.buffer.update(repeating: 7)
    let region = GradientRegion(1..<4)
    #expect(try !exchange.continues(region, in: gradients.base))
    #expect(gradients.buffer.allSatisfy { $0 == 7 }, "there is nothing to continue")
    for index in 0..<5 { gradients.base[index] = Float(index) }
    try exchange.completed(region, in: gradients.base)
    try exchange.finish(gradients.buffer)
    #expect(Array(gradients.buffer) == [0, 1, 2, 3, 4])
  }

  struct Mishap: Error {}

  /// What fails between two totals is thrown by the next one, and what comes after it is left out.
  @Test func aFailureIsThrownByTheNextTotal() throws {
    let exchange = GradientExchange(communicator: SoloCommunicator(), reduction: .fast)
    _ = try exchange.total(LossSum())
    exchange.attempt { throw Mishap() }
    exchange.attempt { Issue.record("after a failure") }
    #expect(throws: AgreedFailure.self) { try exchange.total(LossSum()) }
    #expect(throws: AgreedFailure.self) { try exchange.throwFailures() }
  }

  @Test func aWishToStopTravelsWithTheTotal() throws {
    let exchange = GradientExchange(communicator: SoloCommunicator(), reduction: .fast)
    exchange.wantsStop = true
    #expect(!exchange.isStopWanted)
    _ = try exchange.total(LossSum())
    #expect(exchange.isStopWanted)
  }
}
