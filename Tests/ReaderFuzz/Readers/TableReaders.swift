import Foundation
import SequenceData

extension FuzzedReader {
  /// Series in every format, by columns and by labels, and tables of attributes.
  static func tables(_ scratch: Scratch) throws -> [FuzzedReader] {
    let cache = CacheFolder(path: "\(scratch.path)/cache")
    func rows(
      _ name: String, _ seeds: [[UInt8]], words: [String] = [], label: String? = nil
    ) -> FuzzedReader {
      FuzzedReader(name: name, share: 30, seeds: seeds, words: words) { bytes in
        let prepared = try SeriesStorage.prepare(
          try scratch.write(bytes, to: "table"), label: label, cache: cache)
        defer { unlink(prepared.cache) }
        try check(try SeriesStorage(path: prepared.cache))
        return true
      }
    }
    return [
      FuzzedReader(
        name: "series", share: 60, seeds: csv.map { Array($0.utf8) }, words: words
      ) { bytes in
        let prepared = try SeriesCorpus.prepare(
          SeriesRequest(
            training: SeriesPaths([try scratch.write(bytes, to: "series.csv")])), cache: cache)
        defer { for file in prepared.trainingFiles { unlink(file.cache) } }
        try readThrough(try prepared.open().training)
        return true
      },
      rows("series-labels", labelled.map { Array($0.utf8) }, words: words, label: "unit"),
      rows("npy", TableSeeds.npy, words: arrayWords),
      rows("npz", TableSeeds.npz, words: arrayWords + ["PK\u{3}\u{4}", "PK\u{1}\u{2}", ".npy"]),
      rows("wav", TableSeeds.wav, words: ["RIFF", "WAVE", "fmt ", "data", "LIST"]),
      FuzzedReader(
        name: "attributes", share: 30, seeds: attributes.map { Array($0.utf8) }, words: words
      ) { bytes in
        let table = try AttributeTable(
          path: try scratch.write(bytes, to: "attributes.csv"), group: "unit")
        let values = try table.values(of: ["a", "folder/b.csv"])
        guard values.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
          throw ReaderMistake(problem: "an attribute is no number")
        }
        return true
      },
    ]
  }

  /// Numbers may be missing but not infinite, and runs follow one another to the end.
  private static func check(_ storage: SeriesStorage) throws {
    guard !storage.values.contains(where: \.isInfinite) else {
      throw ReaderMistake(problem: "an infinite number was taken")
    }
    guard storage.runs.reduce(0, { $0 + $1.rows.count }) == storage.rows else {
      throw ReaderMistake(problem: "the runs are not all rows")
    }
    for (run, next) in zip(storage.runs, storage.runs.dropFirst()) where run.label == next.label {
      throw ReaderMistake(problem: "two runs of one label follow one another")
    }
  }

  private static let words = ["\"\"", "Unnamed: 0", "NA", "null", ",,", "unit"]

  private static let arrayWords = [
    "'descr'", "'fortran_order'", "'shape'", "True", "'<f8'", "'|O'", "()", "(3,)", "(3, 2)",
    "\u{93}NUMPY",
  ]

  private static let csv = [
    "x,y\n1,2\n3,4\n5,6\n", "\"a \"\"b\"\"\";c\r\n1;2.5e3\r\n-1;+.5\r\n",
    ",left,right\n0,1,2\n1,3,4\n2,5,6", "1\t2\n\n3\t4\n", "u y\n 1  2\n3 4\n",
  ]

  private static let labelled = [
    "unit,x,y\na,1,2\na,,4\nb,5,NA\n", "x;unit\r\n1;\"2020-01-01, \"\"noon\"\"\"\r\nnan;later\r\n",
    "x unit\n1 7\n2 7\n3 8\n",
  ]

  private static let attributes = [
    "unit,area,slope\na,1,2\nb,3,4\n", "name;height\nb;1.5\na;2\nc;-1\n",
  ]
}
