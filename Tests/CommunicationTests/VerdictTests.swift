import Communication
import Testing

/// Who is to blame for a long wait. Everywhere more than 10 s are too long.
@Suite struct VerdictTests {
  private static func waiting(
    _ seconds: Double, _ phase: Heartbeat.Phase = .exchange
  ) -> Sighting {
    var sighting = working(seconds, phase)
    sighting.isWaiting = true
    return sighting
  }

  private static func working(
    _ seconds: Double, _ phase: Heartbeat.Phase = .forward, stillness: Double = 0
  ) -> Sighting {
    var sighting = Sighting()
    sighting.isHeard = true
    sighting.step = 7
    sighting.phase = phase
    sighting.silence = seconds
    sighting.stillness = stillness
    return sighting
  }

  private static func stopped(_ sighting: Sighting) -> Sighting {
    var sighting = sighting
    sighting.stillness = sighting.silence
    return sighting
  }

  private func verdict(_ sightings: Sighting...) -> Verdict? {
    Verdict(of: sightings, timeout: 10)
  }

  @Test func nobodyWaitsTooLong() {
    #expect(verdict(Self.waiting(9), Self.working(9)) == nil)
    #expect(verdict(Self.working(500), Self.working(500)) == nil)
  }

  @Test func whoDoesNotGoOnIsMissing() {
    let verdict = verdict(Self.waiting(12), Self.working(11), Self.waiting(1), Self.working(1))
    #expect(verdict?.cause == .missing([1]))
    #expect(verdict?.wait == 12)
  }

  @Test func slowIsNotStuck() {
    #expect(verdict(Self.waiting(500), Self.working(9)) == nil)
    #expect(verdict(Self.waiting(500), Self.waiting(1)) == nil)
    #expect(verdict(Self.waiting(50), Self.working(50, .checkpoint)) == nil)
    #expect(verdict(Self.waiting(101), Self.working(100, .checkpoint))?.cause == .missing([1]))
  }

  /// A rank may be stopped while it waits, even for something that is there by now.
  @Test func whoseProcessDoesNotRunIsMissing() {
    #expect(
      verdict(Self.stopped(Self.waiting(13)), Self.waiting(12))?.cause == .missing([0]))
    #expect(
      verdict(Self.waiting(12), Self.working(12, .checkpoint, stillness: 11))?.cause
        == .missing([1]))
    // Nobody is left who could tell.
    #expect(verdict(Self.stopped(Self.waiting(13)), Self.working(1)) == nil)
  }

  @Test func allMayWaitForOneAnother() {
    #expect(verdict(Self.waiting(11), Self.waiting(10))?.cause == .deadlock)
    #expect(verdict(Self.waiting(11), Self.waiting(9)) == nil)
  }

  /// Where datagrams do not get through, the others have twice the time.
  @Test func ofWhomNothingIsKnown() {
    #expect(verdict(Self.waiting(19), Self.waiting(19), Sighting()) == nil)
    #expect(verdict(Self.waiting(21), Self.waiting(20), Sighting())?.cause == .unheard([2]))
    #expect(verdict(Self.waiting(21), Self.working(1), Sighting()) == nil)
    #expect(verdict(Self.waiting(11), Self.working(11), Sighting())?.cause == .missing([1]))
  }

  /// Who waits with a checkpoint waits for a disk, of which nothing is heard where datagrams are blocked.
  @Test func ofWhomNothingIsKnownWhileItMayWrite() {
    func verdict(after seconds: Double) -> Verdict? {
      self.verdict(
        Sighting(), Self.waiting(seconds, .checkpoint), Self.waiting(seconds, .checkpoint))
    }
    #expect(verdict(after: 199) == nil)
    #expect(verdict(after: 201)?.cause == .unheard([0]))
  }

  /// One rank tells of each missing one: the lowest on its machine, which can ask the system.
  @Test func whoTells() throws {
    let sightings = [
      Self.working(20), Self.waiting(20), Self.waiting(20), Self.working(20), Self.working(20),
    ]
    let verdict = try #require(Verdict(of: sightings, timeout: 10))
    #expect(verdict.cause == .missing([0, 3, 4]))
    let machines = ["a", "a", "b", "b", "c"]
    let narrators = [0, 3, 4].map {
      verdict.narrator(of: $0, machines: machines, sightings: sightings)
    }
    #expect(narrators == [1, 2, 1])
  }

  @Test(
    arguments: [
      ("T", "stopped"), ("St", "debugger"), ("ZZ", "ended"), ("SSD", "disk"), ("SR", "loop"),
      ("SS", "sleeps"),
    ])
  func whatTheSystemSays(states: String, expected: String) throws {
    let words = try #require(
      ProcessState.words(states: Array(states), swapped: 10, resident: 20))
    #expect(words.contains(expected))
    let swapped = ProcessState.words(states: ["S", "D", "R"], swapped: 20, resident: 10)
    #expect(swapped?.contains("swapped") == true)
  }

  @Test func oneRankNeedsNoWatchdog() throws {
    let isThere = try Watch.keep(over: SoloCommunicator(), timeout: 1) != nil
    #expect(!isThere)
  }
}
