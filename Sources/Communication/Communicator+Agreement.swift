extension Communicator {
  /// Runs the same work on every rank, and lets either all of them go on or all of them throw.
  ///
  /// A rank that failed alone would leave the others waiting for it in their next exchange. Here all
  /// of them throw the same `AgreedFailure`, so rank 0 can speak for all and every rank ends in
  /// order. The work itself must not communicate, except that `agree` may be nested.
  public func agree<Result>(_ body: () throws -> Result) throws -> Result {
    let outcome = Swift.Result { try body() }
    if isSolo, case .success(let value) = outcome { return value }
    let message: String? =
      switch outcome {
      case .success: nil
      case .failure(let error): oneLine(String(describing: error))
      }
    if let failure = try agreeOnFailure(message) { throw failure }
    return try outcome.get()
  }

  /// The failure that all ranks report, where any has one. Collective.
  private func agreeOnFailure(_ message: String?) throws(CommunicationError) -> AgreedFailure? {
    let lowest = Int(try allreduceMinimum(Int64(message == nil ? size : rank)))
    guard lowest < size else { return nil }
    var failed = message == nil ? 0.0 : 1.0
    try allreduceSum(&failed, count: 1)
    let words = try broadcast(message ?? "", from: lowest)
    return AgreedFailure(rank: lowest, failedCount: Int(failed), size: size, message: words)
  }
}
