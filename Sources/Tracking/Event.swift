/// One message of a file of events.
package struct Event: Sendable, Equatable {
  /// What it says.
  package enum Content: Sendable, Equatable {
    /// Which format follows; a file's first event.
    case formatVersion
    /// The run goes on with this step: readers forget what an earlier file says of it and of later ones.
    case restart
    /// Some values.
    case values([SummaryValue])
  }

  /// Seconds since 1970.
  package let time: Double
  /// The number of updates made before it.
  package let step: Int
  /// What it says.
  package let content: Content

  /// An event.
  ///
  /// - Parameters:
  ///   - time: seconds since 1970.
  ///   - step: the number of updates made before it.
  ///   - content: what it says.
  package init(time: Double, step: Int = 0, _ content: Content) {
    self.time = time
    self.step = step
    self.content = content
  }

  /// The record in which it is stored: its message's length and the message, each followed by its
  /// checksum.
  var record: [UInt8] {
    let message = self.message.bytes
    var length: [UInt8] = []
    length.append(littleEndian: UInt64(message.count))
    var record = length
    record.append(littleEndian: CRC32C.masked(length))
    record += message
    record.append(littleEndian: CRC32C.masked(message))
    return record
  }

  /// Its fields, with the numbers of TensorBoard's event.proto.
  private var message: ProtobufMessage {
    var message = ProtobufMessage()
    message.add(1, double: time)
    if step != 0 { message.add(2, integer: step) }
    switch content {
    case .formatVersion:
      message.add(3, text: "brain.Event:2")
    case .restart:
      message.add(7) { log in log.add(1, integer: 1) }  // START
    case .values(let values):
      message.add(5) { summary in
        for value in values { summary.add(1) { value.encode(to: &$0) } }
      }
    }
    return message
  }
}
