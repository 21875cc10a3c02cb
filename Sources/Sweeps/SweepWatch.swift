import Dispatch
import Files
import Foundation
import Training

/// A thread that looks at signals now and then, whatever its rank does: it hands them on to the other groups
/// through the sweep's folder; on each group's first rank it takes theirs, and on rank 0 it shows what has
/// ended.
final class SweepWatch: Sendable {
  private let folder: SweepFolder
  private let signals: StopSignals
  private let board: SweepBoard?
  private let takesOthers: Bool
  private let end = DispatchSemaphore(value: 0)
  private let hasEnded = DispatchSemaphore(value: 0)

  /// Seconds between two looks.
  private static let interval = 0.25

  /// Starts it.
  ///
  /// - Parameters:
  ///   - folder: the sweep's.
  ///   - signals: which stop it.
  ///   - board: on rank 0.
  ///   - takesOthers: whether signals to other groups are looked for.
  init(_ folder: SweepFolder, signals: StopSignals, board: SweepBoard?, takesOthers: Bool) {
    self.folder = folder
    self.signals = signals
    self.board = board
    self.takesOthers = takesOthers
    let thread = Thread { [self] in run() }
    thread.name = "unfold.sweep"
    thread.start()
  }

  /// Ends it.
  func stop() {
    end.signal()
    hasEnded.wait()
  }

  private func run() {
    while end.wait(timeout: .now() + Self.interval) == .timedOut {
      if takesOthers, let told = folder.toldSignal {
        StopSignals.adopt(told)
      } else if let received = signals.received {
        // What cannot be told now is told at the next look.
        try? folder.tell(ofSignal: received)
      }
      board?.update()
    }
    hasEnded.signal()
  }
}
