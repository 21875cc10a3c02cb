import Storage

/// What a rank did when, for the first steps of a run: spans of time in memory that is there from the
/// start, so that noting one costs a few nanoseconds.
final class Timeline {
  /// A piece of time, on the clock of `DispatchTime`.
  struct Span: BitwiseCopyable {
    var activity: UInt8
    var region: Int16
    var step: Int32
    var begin: UInt64
    var end: UInt64
  }

  /// A part of the gradients on its way between nodes.
  struct Journey: BitwiseCopyable {
    var region: Int16
    var step: Int32
    var floats: Int
    var begin: UInt64
    var end: UInt64
  }

  /// The spans of one thread, which follow one another. Only that thread adds to it.
  final class Track {
    private let spans: Arena<Span>
    private(set) var count = 0
    /// The step that they belong to; 0 where nothing is noted.
    fileprivate(set) var step = 0

    init(capacity: Int) { spans = Arena(count: capacity) }

    /// Notes a span; one that finds no room is left out.
    func add(_ activity: Activity, region: Int, from begin: UInt64, to end: UInt64) {
      guard step > 0, count < spans.count else { return }
      spans.base[count] = Span(
        activity: activity.rawValue, region: Int16(region), step: Int32(step), begin: begin,
        end: end)
      count += 1
    }

    subscript(index: Int) -> Span { spans.base[index] }
  }

  /// How many steps are noted.
  let steps: Int
  /// What the rank's first thread does.
  let main: Track
  /// What workers do that have lanes of their own.
  let workers: [Track]
  /// Parts of the gradients between nodes.
  private let journeyArena: Arena<Journey>
  private(set) var journeyCount = 0
  private var stepsBegun = 0

  /// Windows go through a network in at most so many parts; a step has few other spans.
  private static let spansOfStep = 512
  private static let journeysOfStep = 256

  /// - Parameters:
  ///   - steps: how many are noted.
  ///   - workers: those of this rank.
  init(steps: Int, workers: Int) {
    self.steps = steps
    main = Track(capacity: steps * Self.spansOfStep)
    self.workers = (0..<workers).map { _ in Track(capacity: steps * Self.spansOfStep) }
    journeyArena = Arena(count: steps * Self.journeysOfStep)
  }

  /// Whether all steps that it has room for are over.
  var isComplete: Bool { stepsBegun > steps }

  /// Begins the next step.
  func begin(step: Int) {
    stepsBegun += 1
    let step = isComplete ? 0 : step
    main.step = step
    for worker in workers { worker.step = step }
  }

  /// Notes a part of the gradients that has arrived.
  func add(region: Int, floats: Int, from begin: UInt64, to end: UInt64) {
    guard main.step > 0, journeyCount < journeyArena.count else { return }
    journeyArena.base[journeyCount] = Journey(
      region: Int16(region), step: Int32(main.step), floats: floats, begin: begin, end: end)
    journeyCount += 1
  }

  /// A part of the gradients that has been noted.
  func journey(_ index: Int) -> Journey { journeyArena.base[index] }
}
