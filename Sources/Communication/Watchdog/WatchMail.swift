import CMessagePassing

/// How watchdogs hear of ranks whose memory they do not share: now and then each sends its own heartbeat
/// to all of them, beside MPI, which is busy while a rank waits.
final class WatchMail {
  private struct Message {
    /// Of this job alone, so that nothing else that comes is taken for a sign of life.
    var token: (UInt64, UInt64) = (0, 0)
    var rank: UInt64 = 0
    var heartbeat = unfold_heartbeat()
  }

  private let handle: OpaquePointer
  private let rank: Int
  private let size: Int
  private let token: (UInt64, UInt64)

  /// A token for a job, which rank 0 draws.
  static func newToken() -> [UInt8] { (0..<16).map { _ in UInt8.random(in: 0...255) } }

  /// nil where there are no sockets.
  ///
  /// - Parameters:
  ///   - rank: this one.
  ///   - size: how many ranks the job has.
  ///   - token: the job's.
  init?(rank: Int, of size: Int, token: [UInt8]) {
    guard let handle = unfold_mailbox_open() else { return nil }
    self.handle = handle
    self.rank = rank
    self.size = size
    self.token = token.withUnsafeBytes {
      (
        $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
        $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      )
    }
  }

  deinit { unfold_mailbox_close(handle) }

  /// Its port, and this host's addresses, for `add`.
  var address: String { text { unfold_mailbox_address(handle, $0, $1) } }

  /// Sends to a rank from now on, by all addresses that it may have: who wants to hear hears one of them.
  ///
  /// - Parameters:
  ///   - address: its mail's.
  ///   - isNear: whether it runs on this machine.
  func add(_ address: String, isNear: Bool) {
    let words = address.split(separator: " ").map(String.init)
    guard let port = words.first.flatMap({ Int32($0) }) else { return }
    for word in words.dropFirst() + (isNear ? ["127.0.0.1"] : []) {
      _ = unfold_mailbox_add(handle, word, port)
    }
  }

  /// Sends this rank's heartbeat to all others that were added.
  func send(_ heartbeat: unfold_heartbeat) {
    let message = Message(token: token, rank: UInt64(rank), heartbeat: heartbeat)
    withUnsafeBytes(of: message) {
      unfold_mailbox_send(handle, $0.baseAddress, Int32($0.count))
    }
  }

  /// Takes what has come, but no flood of it.
  func takeAll(_ body: (_ rank: Int, _ heartbeat: unfold_heartbeat) -> Void) {
    for _ in 0..<8 * size {
      var message = Message()
      let count = withUnsafeMutableBytes(of: &message) {
        unfold_mailbox_take(handle, $0.baseAddress, Int32($0.count))
      }
      guard count >= 0 else { return }
      guard count == MemoryLayout<Message>.size, message.token == token,
        message.rank < UInt64(size)
      else { continue }
      body(Int(message.rank), message.heartbeat)
    }
  }
}
