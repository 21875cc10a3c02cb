import Communication
import Testing

/// One rank must get its own values back from every exchange.
@Suite struct SoloCommunicatorTests {
  let communicator: any Communicator = SoloCommunicator()

  @Test func isTheOnlyRank() {
    #expect(communicator.rank == 0)
    #expect(communicator.size == 1)
    #expect(communicator.isSolo)
    #expect(communicator.isRoot)
    #expect(communicator.node == NodeTopology(localRank: 0, localSize: 1, index: 0, count: 1))
    #expect(communicator.node.isLeader)
    #expect(!communicator.hostName.isEmpty)
    #expect(communicator.threadLevel == nil && communicator.messageCarrier == nil)
  }

  @Test func reductionsKeepTheValues() throws {
    var floats: [Float] = [1, -2.5, 3]
    var doubles: [Double] = [0.1, 7]
    try communicator.allreduceSum(&floats, count: 3)
    try communicator.allreduceSum(&doubles, count: 2)
    #expect(floats == [1, -2.5, 3])
    #expect(doubles == [0.1, 7])
    #expect(try communicator.allreduceMinimum(-9) == -9)
    #expect(try communicator.allreduceMaximum(.max) == .max)
  }

  @Test func broadcastsAndGathersGiveBackWhatTheyGet() throws {
    #expect(try communicator.broadcast([UInt8](1...5), from: 0) == [1, 2, 3, 4, 5])
    #expect(try communicator.broadcast("naïve\n", from: 0) == "naïve\n")
    #expect(try communicator.broadcast(Int64.min, from: 0) == .min)
    #expect(try communicator.gather([UInt8](), at: 0) == [[]])
    #expect(try communicator.gather([7, 8], at: 0) == [[7, 8]])
    #expect(try communicator.gather("here", at: 0) == ["here"])
    #expect(try communicator.gatherForAll("there") == ["there"])
    #expect(try communicator.gatherOnNode([3]) == [[3]])
  }

  @Test func theSelfTestPasses() throws {
    let lines = try runCommunicationSelfTest(communicator, largeCount: 1000)
    #expect(lines.count == 16)
    #expect(lines.first?.hasPrefix("1 ranks on 1 nodes") == true)
  }

  @Test func runsAloneWithoutALauncher() throws {
    let settings = try CommunicationSettings(environment: ["PATH": "/usr/bin"])
    #expect(!settings.isLaunched)
  }
}
