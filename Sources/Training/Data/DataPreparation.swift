import Communication
import SequenceData
import Settings

/// Turns a configuration's files into token ids or numbers ahead of a run.
package enum DataPreparation {
  /// Prepares the data and says what is in them, a line a part.
  ///
  /// - Throws: `AgreedFailure`.
  package static func run(
    _ configuration: Configuration, communicator: any Communicator
  ) throws -> [String] {
    let data = try CorpusLoader(configuration: configuration, communicator: communicator).load()
    var lines = [line("training", data.training)]
    if let validation = data.validation { lines.append(line("validation", validation)) }
    if let vocabulary = data.description.vocabulary {
      lines.append("vocabulary: \(vocabulary.count) symbols (\(vocabulary.unit.rawValue))")
    }
    return lines
  }

  private static func line(_ part: String, _ corpus: any Corpus) -> String {
    let timeSteps = Formatting.grouped(Double(corpus.totalTimeSteps(epoch: 0)))
    let sequences =
      corpus.isContinuous ? "" : " in " + Formatting.counted(corpus.originCount, "sequence")
    return "\(part): \(timeSteps) time steps\(sequences) from \(corpus.source)"
  }
}
