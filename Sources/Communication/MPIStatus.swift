import CMessagePassing

/// Throws when a call of the shim did not succeed, in the library's own words.
///
/// - Parameter operation: what was tried; made only when it failed, for a step allocates nothing.
func check(
  _ status: Int32, _ operation: @autoclosure () -> String, rank: Int
) throws(CommunicationError) {
  guard status != 0 else { return }
  unfold_mpi_note_failure()
  let message = text { unfold_mpi_error_string(status, $0, $1) }
  throw .messagePassing(operation: operation(), rank: rank, code: status, message: message)
}

/// Reads a line that a C function writes, 0-terminated, into a place of a given capacity.
func text(_ write: (UnsafeMutablePointer<CChar>, Int32) -> Void) -> String {
  let capacity = 1024
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { place in
    place.initialize(repeating: 0)
    guard let base = place.baseAddress else { return "" }
    write(base, Int32(capacity))
    return String(cString: base)
  }
}
