import Dispatch
import Foundation
import Synchronization

/// A thread that moves an exchange on while its owner computes. It sleeps between its turns, so that it
/// needs no core of its own.
///
/// The exchange, and with it MPI, is the thread's from `begin` on and its owner's again after `end`; in
/// between the owner reaches it by `withExchange`.
final class BackgroundProgress: Sendable {
  private let turn: @Sendable () -> Bool
  /// Held by whoever has the exchange.
  private let exchange = NSLock()
  private let isWanted = Atomic(false)
  private let isOver = Atomic(false)
  private let work = DispatchSemaphore(value: 0)

  /// How long it sleeps: what a fast link moves in it fits the buffers of its sockets.
  private static let microseconds: UInt32 = 300

  /// - Parameter turn: moves the exchange on, and tells whether that is all for now.
  init(_ turn: @escaping @Sendable () -> Bool) {
    self.turn = turn
    let thread = Thread { [self] in run() }
    thread.name = "unfold.exchange"
    thread.start()
  }

  /// Gives it the exchange, which has something to do.
  func begin() {
    isWanted.store(true, ordering: .releasing)
    work.signal()
  }

  /// Calls `body` between two turns.
  func withExchange(_ body: () -> Void) { exchange.withLock(body) }

  /// Takes the exchange back.
  func end() {
    isWanted.store(false, ordering: .releasing)
    exchange.withLock {}
  }

  /// Ends the thread.
  func stop() {
    isOver.store(true, ordering: .releasing)
    work.signal()
  }

  private func run() {
    while true {
      work.wait()
      guard !isOver.load(ordering: .acquiring) else { return }
      var isDone = false
      while !isDone {
        isDone = exchange.withLock {
          guard isWanted.load(ordering: .acquiring), !isOver.load(ordering: .acquiring)
          else { return true }
          return turn()
        }
        if !isDone { usleep(Self.microseconds) }
      }
    }
  }
}
