import Files
import SequenceData

extension FuzzedReader {
  /// Files of the cache, opened by ranks that do not read them through first.
  static func caches(_ scratch: Scratch) throws -> [FuzzedReader] {
    let cache = CacheFolder(path: try scratch.emptyFolder("prepared"))
    func file(_ text: String) throws -> String {
      try scratch.write(Array(text.utf8), to: "source")
    }
    let words = try TextCorpus.prepare(
      training: try file("abc abd\nabe"), unit: .word, cache: cache)
    let series = try SeriesCorpus.prepare(
      SeriesRequest(training: SeriesPaths([try file("x,y\n1,2\n3,4\n5,6\n")])), cache: cache)
    let classes = try SequencesCorpus.prepare(
      training: try file(
        """
        {"inputs": [0, 1, 2], "targets": [0, null, 1], "per_step": true}
        {"inputs": [2, 1], "targets": 1}
        """), targets: .classes, cache: cache)
    let following = try SequencesCorpus.prepare(
      training: try file("{\"inputs\": [[1, 2], [3, 4], [5, 6]]}"), targets: .values, cache: cache)
    return [
      try reader("cache-tokens", words.training, scratch) { try words.open().training },
      try reader("cache-series", series.trainingFiles[0], scratch) { try series.open().training },
      try reader("cache-sequences", classes.training, scratch) { try classes.open().training },
      try reader("cache-next-inputs", following.training, scratch) {
        try following.open().training
      },
    ]
  }

  private static func reader(
    _ name: String, _ file: PreparedFile, _ scratch: Scratch,
    open: @escaping () throws -> any Corpus
  ) throws -> FuzzedReader {
    FuzzedReader(
      name: name, share: 25, seeds: [try TextFile.bytes(of: file.cache)],
      words: ["\"kinds\"", "\"count\"", "\"width\"", "\"rows\"", "\"sequences\"", "\"vectors\""]
    ) { bytes in
      // A quarter as it is, the others with hashes that fit, else these would refuse nearly all.
      let isAsItIs = bytes.reduce(0, &+) % 4 == 0
      try scratch.write(isAsItIs ? bytes : sealed(bytes), at: file.cache)
      try readThrough(try open())
      return true
    }
  }

  private static let headerSize = 128

  /// The file with a header that describes it: magic, version and zero stay those of whole files;
  /// the payload has the size that the header gives, if there is so much.
  private static func sealed(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= headerSize else { return bytes }
    let given = (16..<24).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64(bytes[$1]) }
    let payloadSize = min(Int(clamping: given), bytes.count - headerSize)
    let payload = bytes[headerSize..<headerSize + payloadSize]
    let metadata = bytes[(headerSize + payloadSize)...]
    var header = Array("unfold\u{1}\n".utf8) + [1, 0, 0, 0, 0, 0, 0, 0]
    for count in [payload.count, metadata.count] {
      header += (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    }
    header += SHA256.digest(of: payload) + SHA256.digest(of: metadata)
    header += Array(repeating: 0, count: headerSize - header.count)
    header += payload
    header += metadata
    return header
  }
}
