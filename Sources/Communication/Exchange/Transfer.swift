import CMessagePassing
import Storage

/// Floats that go to another rank, or come from it.
package struct Transfer: BitwiseCopyable {
  let transfer: unfold_transfer

  /// What is sent to a rank.
  package init(sending values: UnsafeMutableBufferPointer<Float>, to rank: Int) {
    self.init(values, rank, isSent: true)
  }

  /// Where goes what a rank sends.
  package init(receiving values: UnsafeMutableBufferPointer<Float>, from rank: Int) {
    self.init(values, rank, isSent: false)
  }

  private init(_ values: UnsafeMutableBufferPointer<Float>, _ rank: Int, isSent: Bool) {
    guard let base = values.baseAddress else { preconditionFailure("a transfer of no memory") }
    transfer = unfold_transfer(
      values: base, count: Int64(values.count), rank: Int32(rank), is_sent: isSent)
  }
}
