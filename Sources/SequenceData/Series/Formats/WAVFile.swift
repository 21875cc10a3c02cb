import Foundation

/// Sound as WAV (RIFF): PCM of 16, 24 or 32 bits, scaled to [−1, 1), or float32 as it is. The columns
/// are `channel_1`, `channel_2`, …
package struct WAVFile: MatrixFormat {
  package var table: MatrixTable
  package let columnNames: [String]?
  package let sampleRate: Double?

  /// More chunks than any program writes before the samples.
  private static let mostChunks = 10_000

  package static func recognises(_ head: [UInt8]) -> Bool {
    head.starts(with: Array("RIFF".utf8)) && head.dropFirst(8).starts(with: Array("WAVE".utf8))
  }

  /// Opens a file and reads what it says about its samples.
  ///
  /// - Throws: `badTable`.
  package init(path: String) throws(SequenceDataError) {
    let file = try SourceFile(path: path)
    let (samples, offset, size) = try Self.find(in: file)
    table = try MatrixTable([try samples.matrix(offset, size, in: file)], in: file)
    columnNames = (1...samples.channels).map { "channel_\($0)" }
    sampleRate = samples.sampleRate
  }

  /// What is said about the samples, and where they lie.
  private static func find(
    in file: SourceFile
  ) throws(SequenceDataError) -> (WAVSamples, offset: Int, size: Int) {
    var samples: WAVSamples?
    var position = 12
    for _ in 0..<mostChunks {
      let head = try file.bytes(at: position, count: 8)
      guard head.count == 8 else { break }
      let size = Int(head.littleEndian(at: 4, as: UInt32.self))
      position += 8
      switch String(decoding: head[..<4], as: UTF8.self) {
      case "fmt ":
        let chunk = try file.bytes(at: position, count: min(size, 40))
        samples = try WAVSamples(chunk, path: file.path)
      case "data":
        guard let samples else { throw refusal(file.path, "has samples before their format") }
        return (samples, position, size)
      default: break
      }
      // Chunks begin at even places.
      position += size + size % 2
    }
    throw refusal(file.path, "has no samples")
  }

  fileprivate static func refusal(_ path: String, _ reason: String) -> SequenceDataError {
    .badTable(path: path, reason: "\(reason); copy or save the WAV file again")
  }
}

/// What the chunk `fmt ` says about the samples.
private struct WAVSamples {
  let channels: Int
  let sampleRate: Double
  let encoding: NumberEncoding

  init(_ chunk: [UInt8], path: String) throws(SequenceDataError) {
    guard chunk.count >= 16 else {
      throw WAVFile.refusal(path, "has no whole description of its samples")
    }
    var tag = chunk.littleEndian(at: 0, as: UInt16.self)
    // WAVE_FORMAT_EXTENSIBLE has the tag at the beginning of a longer one.
    if tag == 0xFFFE, chunk.count >= 26 { tag = chunk.littleEndian(at: 24, as: UInt16.self) }
    channels = Int(chunk.littleEndian(at: 2, as: UInt16.self))
    let rate = chunk.littleEndian(at: 4, as: UInt32.self)
    let frameSize = Int(chunk.littleEndian(at: 12, as: UInt16.self))
    let bits = Int(chunk.littleEndian(at: 14, as: UInt16.self))
    switch (tag, bits) {
    case (1, 16), (1, 24), (1, 32):
      encoding = NumberEncoding(
        kind: .signed, size: bits / 8,
        scale: Double(sign: .plus, exponent: 1 - bits, significand: 1))
    case (3, 32):
      encoding = NumberEncoding(kind: .float, size: 4)
    default:
      throw .badTable(
        path: path,
        reason: "is WAV of the format \(tag) with \(bits) bits; expected PCM of 16, 24 or 32 bits, "
          + "or float of 32, so convert it")
    }
    guard channels > 0, rate > 0, frameSize == channels * encoding.size else {
      throw WAVFile.refusal(
        path, "says \(channels) channels of \(bits) bits at \(rate) Hz in \(frameSize) bytes")
    }
    sampleRate = Double(rate)
  }

  func matrix(
    _ offset: Int, _ size: Int, in file: SourceFile
  ) throws(SequenceDataError) -> NumberMatrix {
    let there = max(0, file.size - offset)
    let frameSize = channels * encoding.size
    guard size <= there, size % frameSize == 0 else {
      throw WAVFile.refusal(
        file.path,
        "says \(size) bytes of samples, \(frameSize) for each time step, and has \(there)")
    }
    return NumberMatrix(
      name: "the sound", encoding: encoding, rows: size / frameSize, columns: channels,
      part: FilePart(offset: offset, count: size))
  }
}
