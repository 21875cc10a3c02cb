import Communication
import Testing

@Suite struct AgreementTests {
  struct Broken: Error, CustomStringConvertible {
    let description: String
  }

  let communicator = SoloCommunicator()

  @Test func givesBackTheResult() throws {
    #expect(try communicator.agree { 6 * 7 } == 42)
  }

  @Test func turnsAnErrorIntoOneLine() throws {
    let failure = try #require(throws: AgreedFailure.self) {
      try communicator.agree { throw Broken(description: "first\nsecond\n") }
    }
    #expect(failure.rank == 0)
    #expect(failure.failedCount == 1)
    #expect(failure.description == "first second")
  }

  @Test func nestedAgreementsKeepTheMessage() throws {
    let failure = try #require(throws: AgreedFailure.self) {
      try communicator.agree {
        try communicator.agree { throw Broken(description: "file.csv: line 3") }
      }
    }
    #expect(failure.description == "file.csv: line 3")
  }
}
