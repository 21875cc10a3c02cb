import Communication
import Dispatch
import Files
import Logging
import Storage

/// A timeline of all ranks in Chrome's trace format, which chrome://tracing and Perfetto show.
///
/// Ranks are processes, their threads are rows; parts of the gradients between nodes are spans that may
/// overlap. Clocks of hosts are matched where the ranks meet in `init`, to some tens of microseconds.
/// Source: "Trace Event Format", Google, 2016.
final class TraceFile {
  private let path: String
  private let timeline: Timeline
  private let communicator: any Communicator
  private let regionNames: [String]
  private let logger: Logger
  private var origin: UInt64 = 0
  private var isWritten = false

  /// Begins a timeline; fails at once where the file cannot be written. Collective.
  ///
  /// - Throws: `AgreedFailure` with a `FileError`.
  init(
    path: String, timeline: Timeline, regionNames: [String], communicator: any Communicator,
    logger: Logger
  ) throws {
    self.path = path
    self.timeline = timeline
    self.communicator = communicator
    self.regionNames = regionNames
    self.logger = logger
    try communicator.agree {
      guard communicator.isRoot else { return }
      try TextFile.write("{}\n", to: path)
    }
    try communicator.barrier()
    origin = DispatchTime.now().uptimeNanoseconds
  }

  /// The timeline of a session, if one is wanted. Collective.
  convenience init?(
    _ options: TraceOptions?, _ timeline: Timeline?, _ session: TrainingSession, _ logger: Logger
  ) throws {
    guard let options, let timeline else { return nil }
    try self.init(
      path: options.path, timeline: timeline,
      regionNames: session.step.network.completedRegionNames, communicator: session.communicator,
      logger: logger)
  }

  /// Writes the file once all its steps are over. Collective: all ranks have made the same steps.
  func writeWhenComplete() throws(CommunicationError) {
    if timeline.isComplete { try write() }
  }

  /// Writes the file, or warns that it could not. Collective; does nothing the second time.
  func write() throws(CommunicationError) {
    guard !isWritten else { return }
    isWritten = true
    let own = events.joined(separator: ",\n")
    guard let texts = try communicator.gather(own, at: 0) else { return }
    let events = texts.joined(separator: ",\n")
    do throws(FileError) {
      try TextFile.write(
        "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n\(events)\n]}\n", to: path)
    } catch {
      logger.warning("no timeline: \(error); training goes on")
    }
  }

  // MARK: Events

  private struct Event: Encodable {
    struct Details: Encodable {
      var name: String?
      var step: Int?
      var bytes: Int?
    }

    var name: String
    var ph: String
    var pid: Int
    var tid = 0
    var ts: Double?
    var dur: Double?
    var cat: String?
    var id: Int?
    var args: Details
  }

  /// This rank's events, each a line.
  private var events: [String] {
    var events = [
      Event(
        name: "process_name", ph: "M", pid: communicator.rank,
        args: .init(name: "rank \(communicator.rank) on \(communicator.hostName)"))
    ]
    events += self.events(of: timeline.main, number: 0, "step")
    for (number, track) in timeline.workers.enumerated() where track.count > 0 {
      events += self.events(of: track, number: number + 1, "worker \(number)")
    }
    for index in 0..<timeline.journeyCount { events += self.events(ofJourney: index) }
    return events.map { String(JSON.line($0).dropLast()) }
  }

  private func events(of track: Timeline.Track, number: Int, _ name: String) -> [Event] {
    [
      Event(
        name: "thread_name", ph: "M", pid: communicator.rank, tid: number,
        args: .init(name: name))
    ]
      + (0..<track.count).map { index in
        let span = track[index]
        let activity = Activity(rawValue: span.activity).map { "\($0)" } ?? ""
        return Event(
          name: span.region < 0 ? activity : "\(activity) \(regionName(span.region))", ph: "X",
          pid: communicator.rank, tid: number, ts: microseconds(span.begin),
          dur: Double(span.end - span.begin) * 1e-3, args: .init(step: Int(span.step)))
      }
  }

  private func events(ofJourney index: Int) -> [Event] {
    let journey = timeline.journey(index)
    let name = "sum over nodes: \(regionName(journey.region))"
    return [("b", journey.begin), ("e", journey.end)].map { phase, time in
      Event(
        name: name, ph: phase, pid: communicator.rank, ts: microseconds(time), cat: "exchange",
        id: index, args: .init(step: Int(journey.step), bytes: journey.floats * 4))
    }
  }

  private func regionName(_ region: Int16) -> String {
    regionNames.indices.contains(Int(region)) ? regionNames[Int(region)] : "region \(region)"
  }

  private func microseconds(_ time: UInt64) -> Double {
    Double(Int64(bitPattern: time &- origin)) * 1e-3
  }
}
