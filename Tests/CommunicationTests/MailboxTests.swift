import CMessagePassing
import Testing

/// The addresses by which watchdogs of other nodes reach this host.
@Suite struct MailboxTests {
  /// Half an address would be another host's.
  @Test func onlyWholeAddressesAreTold() throws {
    let mailbox = try #require(unfold_mailbox_open())
    defer { unfold_mailbox_close(mailbox) }
    func words(capacity: Int) -> [Substring] {
      var text = [CChar](repeating: 0, count: capacity)
      unfold_mailbox_address(mailbox, &text, Int32(capacity))
      let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      return String(decoding: bytes, as: UTF8.self).split(separator: " ")
    }
    let all = words(capacity: 1024)
    try #require(!all.isEmpty)
    for capacity in 6..<all.reduce(1, { $0 + $1.count + 1 }) {
      let told = words(capacity: capacity)
      #expect(told == Array(all.prefix(told.count)), "\(capacity) bytes: \(told)")
    }
  }
}
