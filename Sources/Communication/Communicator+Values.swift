extension Communicator {
  /// Copies the root's bytes to every rank; only the root need know how many there are.
  ///
  /// What the others pass is ignored.
  public func broadcast(_ bytes: [UInt8], from root: Int) throws(CommunicationError) -> [UInt8] {
    let count = try broadcast(Int64(bytes.count), from: root)
    var result = rank == root ? bytes : [UInt8](repeating: 0, count: Int(count))
    try result.withBytes { (place) throws(CommunicationError) in
      try broadcast(place, from: root)
    }
    return result
  }

  /// Copies the root's text to every rank. What the others pass is ignored.
  public func broadcast(_ text: String, from root: Int) throws(CommunicationError) -> String {
    String(decoding: try broadcast(Array(text.utf8), from: root), as: UTF8.self)
  }

  /// Copies the root's number to every rank. What the others pass is ignored.
  public func broadcast(_ value: Int64, from root: Int) throws(CommunicationError) -> Int64 {
    var bytes = withUnsafeBytes(of: value) { [UInt8]($0) }
    try bytes.withBytes { (place) throws(CommunicationError) in
      try broadcast(place, from: root)
    }
    return bytes.withUnsafeBytes { $0.loadUnaligned(as: Int64.self) }
  }

  /// Collects every rank's bytes at the root, in the order of ranks; nil on the others.
  public func gather(
    _ bytes: [UInt8], at root: Int
  ) throws(CommunicationError) -> [[UInt8]]? {
    var bytes = bytes
    var parts: [[UInt8]]?
    try bytes.withBytes { (place) throws(CommunicationError) in
      parts = try gather(UnsafeRawBufferPointer(place), at: root)
    }
    return parts
  }

  /// Collects every rank's text at the root, in the order of ranks; nil on the others.
  public func gather(_ text: String, at root: Int) throws(CommunicationError) -> [String]? {
    try gather(Array(text.utf8), at: root)?.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Gives every rank the texts of all, in the order of ranks.
  public func gatherForAll(_ text: String) throws(CommunicationError) -> [String] {
    // Texts may contain anything, so their lengths travel apart from them.
    let texts = try gather(text, at: 0) ?? []
    let count = Int(try broadcast(Int64(texts.count), from: 0))
    var result: [String] = []
    for index in 0..<count {
      result.append(try broadcast(rank == 0 ? texts[index] : "", from: 0))
    }
    return result
  }

  /// Sends floats to another rank, which must `receive` as many.
  public func send(
    _ values: UnsafeBufferPointer<Float>, to rank: Int
  ) throws(CommunicationError) {
    try send(UnsafeRawBufferPointer(values), to: rank)
  }

  /// Receives the floats that another rank sends.
  public func receive(
    into values: UnsafeMutableBufferPointer<Float>, from rank: Int
  ) throws(CommunicationError) {
    try receive(into: UnsafeMutableRawBufferPointer(values), from: rank)
  }
}
