/// Why sums over ranks cannot be timed, or what was wrong with one.
enum ExchangeError: Error, CustomStringConvertible {
  /// One rank has nobody to exchange with.
  case tooFewRanks
  /// A sum is not what the ranks contributed.
  case wrongSum(method: String, bytes: Int, index: Int, expected: Float, got: Float)

  var description: String {
    switch self {
    case .tooFewRanks:
      "an exchange needs 2 ranks or more: start them with "
        + "launch/mpirun.sh --ranks 2 -- bench exchange"
    case .wrongSum(let method, let bytes, let index, let expected, let got):
      "\(method) of \(bytes) bytes: expected \(expected) in element \(index), got \(got)"
    }
  }
}
