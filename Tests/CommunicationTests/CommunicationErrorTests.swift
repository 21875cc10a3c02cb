import Communication
import Testing

@Suite struct CommunicationErrorTests {
  static let errors: [CommunicationError] = [
    .messagePassing(operation: "barrier", rank: 2, code: 5, message: "MPI_ERR_COMM: invalid"),
    .wrongMessageSize(rank: 2, sender: 1, expected: 12, got: 8),
    .launcherMismatch(launched: 2, seen: 1, library: "Open MPI v4.1.4"),
    .launchedWithoutMPI(tasks: 2),
    .invalidSetting(name: "UNFOLD_SHARED_MEMORY", value: "2", expected: "on or off"),
    .checkFailed(check: "ring", expected: "2", got: "0"),
  ]

  @Test(arguments: errors)
  func isOneLineThatNamesTheValues(error: CommunicationError) {
    #expect(!error.description.contains("\n"))
    #expect(error.description.contains("2"))
  }

  @Test func anAgreedFailureNamesTheRankUnlessAllFailed() {
    let one = AgreedFailure(rank: 1, failedCount: 2, size: 4, message: "a.csv: no such file")
    #expect(one.description == "rank 1 of 4: a.csv: no such file")
    let all = AgreedFailure(rank: 0, failedCount: 4, size: 4, message: "a.csv: no such file")
    #expect(all.description == "a.csv: no such file")
  }
}
