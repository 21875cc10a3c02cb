import Files
import Testing

struct SHA256Tests {
  /// FIPS 180-4's examples (of one block and of two), and the empty text.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func standardsExamples(text: String, expected: String) {
    #expect(SHA256.digest(of: text.utf8).hexadecimal == expected)
  }

  @Test func piecesGiveTheSame() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    var hash = SHA256()
    var start = 0
    for size in [0, 1, 63, 64, 65, 807] {
      bytes[start..<start + size].withUnsafeBytes { hash.update($0) }
      start += size
      // To look at it does not end it.
      #expect(hash.digest.count == 32)
    }
    #expect(hash.digest == SHA256.digest(of: bytes))
  }
}
