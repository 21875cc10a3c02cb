import Communication
import Recurrent
import Storage
import Testing
import Training

/// With one rank there is nothing to add. (Several ranks are tried by UnfoldCommandTests.)
struct RunControlTests {
  private let control = RunControl(communicator: SoloCommunicator())
  private let table = LossTable(LeafTree(streams: 4, leaves: 4))

  @Test func theTotalIsTheTreeOverTheLeaves() throws {
    let sums = [1e16, 1, -1e16, 1]
    for leaf in 0..<4 {
      var loss = LossSum()
      loss.sum = sums[leaf]
      loss.count = Double(leaf)
      loss.hits = 2
      loss.scored = 3
      loss.scoredHits = 4
      table[leaf] = loss
      #expect(table[leaf] == loss)
    }
    let total = try control.total(table)
    #expect(total.sum == (sums[0] + sums[1]) + (sums[2] + sums[3]))
    #expect(total.count == 6 && total.hits == 8 && total.scored == 12 && total.scoredHits == 16)
    table.clear()
    #expect(try control.total(table) == LossSum())
  }

  struct Mishap: Error {}

  /// What fails between two totals is thrown by the next one, and what comes after it is left out.
  @Test func aFailureIsThrownByTheNextTotal() throws {
    _ = try control.total(table)
    control.attempt { throw Mishap() }
    control.attempt { Issue.record("after a failure") }
    #expect(throws: AgreedFailure.self) { try control.total(table) }
    #expect(throws: AgreedFailure.self) { try control.throwFailures() }
  }

  @Test func aWishToStopTravelsWithTheTotal() throws {
    var isWanted = false
    control.wantsStop = { isWanted }
    _ = try control.total(table)
    #expect(!control.isStopWanted)
    isWanted = true
    _ = try control.total(table)
    #expect(control.isStopWanted)
  }

  @Test func aWishForACheckpointTravelsWithTheTotal() throws {
    control.wantsCheckpoint = true
    #expect(!control.isCheckpointWanted)
    _ = try control.total(table)
    #expect(control.isCheckpointWanted && !control.isStopWanted)
    control.wantsCheckpoint = false
    _ = try control.total(table)
    #expect(!control.isCheckpointWanted)
  }
}
