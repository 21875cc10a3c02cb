import CMessagePassing

/// A watchdog that is there as long as this object.
package final class Watch {
  private let watchdog: Watchdog

  /// Starts a watchdog. Collective.
  ///
  /// - Parameters:
  ///   - communicator: the ranks.
  ///   - timeout: the seconds that ranks may wait for others that do not go on; 0 for ever.
  /// - Returns: nil for one rank, and where they may wait for ever.
  /// - Throws: `CommunicationError` if its memory cannot be shared.
  package static func keep(
    over communicator: any Communicator, timeout: Int
  ) throws(CommunicationError) -> Watch? {
    guard !communicator.isSolo, timeout > 0 else { return nil }
    do throws(CommunicationError) {
      return Watch(try Watchdog(communicator, timeout: timeout))
    } catch {
      unfold_heartbeat_move(nil)
      throw error
    }
  }

  private init(_ watchdog: Watchdog) { self.watchdog = watchdog }

  deinit { watchdog.stop() }
}
