import Foundation
import SequenceData
import TestSupport
import Testing

/// WAV files.
struct SoundTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  @Test(arguments: [16, 24, 32])
  func wholeNumbersAreScaled(bits: Int) throws {
    let table = try TableContent(MadeTables.path("pcm-\(bits).wav"))
    // The highest eight bits of a sample are the number.
    let expected = MadeTables.matrix(2, "i").map { row in row.map { $0 / 128 } }
    #expect(table.rows == expected)
    #expect(table.names == ["channel_1", "channel_2"] && table.sampleRate == 44100)
  }

  /// The chunk `fmt ` of one channel.
  private func format(_ tag: UInt16, bits: UInt16, channels: UInt16 = 1, extra: [UInt8] = [])
    -> [UInt8]
  {
    var bytes = Bytes()
    let frame = channels * (bits / 8)
    bytes.add(tag)
    bytes.add(channels)
    bytes.add(48_000 as UInt32)
    bytes.add(48_000 * UInt32(frame))
    bytes.add(frame)
    bytes.add(bits)
    bytes.add(extra)
    return bytes.all
  }

  private func sound(_ chunks: [(String, [UInt8])], dataSize: UInt32? = nil) -> [UInt8] {
    var body = Bytes()
    body.add("WAVE")
    for (name, content) in chunks {
      body.add(name)
      body.add(name == "data" ? dataSize ?? UInt32(content.count) : UInt32(content.count))
      body.add(content)
      if content.count % 2 == 1 { body.add([0]) }
    }
    var bytes = Bytes()
    bytes.add("RIFF")
    bytes.add(UInt32(body.all.count))
    bytes.add(body.all)
    return bytes.all
  }

  @Test func extremesAndOtherChunks() throws {
    let extremes: [UInt8] = [0, 0x80, 0xFF, 0x7F, 0xFF, 0xFF, 1, 0]
    let bytes = sound([
      ("LIST", [1, 2, 3]), ("fmt ", format(1, bits: 16)), ("data", extremes), ("id3 ", [4]),
    ])
    let table = try TableContent(try folder.write(bytes, to: "a.wav"))
    let expected: [[Double]] = [[-32768], [32767], [-1], [1]].map { [$0[0] / 32768] }
    #expect(table.rows == expected)
    #expect(table.names == ["channel_1"] && table.sampleRate == 48_000)
    // 22 more bytes: 24 valid bits, the mask of the loudspeakers, the tag in front of an identifier.
    let extension24: [UInt8] = [22, 0, 24, 0, 4, 0, 0, 0, 1, 0] + [UInt8](repeating: 0, count: 14)
    let deep = sound([
      ("fmt ", format(0xFFFE, bits: 24, extra: extension24)), ("data", [0, 0, 0x80, 1, 0, 0]),
    ])
    let rows = try TableContent(try folder.write(deep, to: "b.wav")).rows
    #expect(rows == [[-1], [1.0 / 8_388_608]])
  }

  @Test func floatsAreAsTheyAre() throws {
    var content = Bytes()
    for number: Float in [0.1, -1.5, .nan] { content.add(number.bitPattern) }
    let bytes = sound([("fmt ", format(3, bits: 32)), ("data", content.all)])
    let table = try TableContent(try folder.write(bytes, to: "a.wav"))
    #expect(table.text == [[Double(Float(0.1))], [-1.5], [Double.nan]].map { "\($0)" })
  }

  @Test func brokenSounds() throws {
    func told(_ chunks: [(String, [UInt8])], dataSize: UInt32? = nil) throws -> String {
      let path = try folder.write(sound(chunks, dataSize: dataSize), to: "a.wav")
      return failure { _ = try TableContent(path) }?.description ?? ""
    }
    let mono = format(1, bits: 16)
    #expect(try told([]).contains("has no samples"))
    #expect(try told([("fmt ", mono)]).contains("has no samples"))
    #expect(try told([("data", [0, 0])]).contains("samples before their format"))
    #expect(try told([("fmt ", [1, 0]), ("data", [0, 0])]).contains("no whole description"))
    #expect(try told([("fmt ", mono), ("data", [0, 0, 0])]).contains("3 bytes of samples"))
    let cutOff = try told([("fmt ", mono), ("data", [0, 0])], dataSize: 4_000_000_000)
    #expect(cutOff.contains("says 4000000000 bytes of samples, 2 for each time step, and has 2"))
    let eight = try told([("fmt ", format(1, bits: 8)), ("data", [0, 0])])
    #expect(eight.contains("format 1 with 8 bits; expected PCM of 16, 24 or 32 bits"))
    let none = try told([("fmt ", format(1, bits: 16, channels: 0)), ("data", [0, 0])])
    #expect(none.contains("says 0 channels"))
  }
}
