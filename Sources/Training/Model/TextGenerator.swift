import CKernels
import Communication
import Recurrent
import SequenceData
import Storage
import Workers

/// Continues a text symbol by symbol, drawing from the model's probabilities.
final class TextGenerator {
  private let stream: SingleStream
  private let vocabulary: Vocabulary

  init(
    description: NetworkDescription, vocabulary: Vocabulary, weights: UnsafePointer<Float>,
    pool: WorkerPool
  ) throws {
    stream = try SingleStream(description: description, weights: weights, pool: pool)
    self.vocabulary = vocabulary
  }

  /// `length` symbols after `prompt`. An empty prompt starts after a line's end.
  ///
  /// - Parameters:
  ///   - temperature: 1 draws from the model's probabilities, less is safer, 0 always takes the
  ///     most probable symbol.
  /// - Throws: `SequenceDataError` if the prompt holds characters that the model does not know.
  func generate(
    prompt: String, length: Int, temperature: Double, seed: UInt64
  ) throws -> String {
    stream.restart()
    let start = try prompt.isEmpty ? lineEnd() : vocabulary.encode(prompt)
    guard let last = start.last else { return "" }
    for symbol in start.dropLast() { _ = stream.read(symbol: symbol) }
    var symbol = last
    var generated: [Int32] = []
    for position in 0..<length {
      Heartbeat.beat()
      let outputs = stream.read(symbol: symbol)
      symbol = Self.choose(outputs, temperature: temperature, seed: seed, position: position)
      generated.append(symbol)
    }
    return vocabulary.decode(generated)
  }

  private func lineEnd() throws -> [Int32] {
    guard vocabulary.unit == .character else { return try vocabulary.encode("\n") }
    return (try? vocabulary.encode("\n")) ?? [0]
  }

  private static func choose(
    _ outputs: UnsafeBufferPointer<Float>, temperature: Double, seed: UInt64, position: Int
  ) -> Int32 {
    guard temperature > 0 else {
      return Int32(outputs.indices.max { outputs[$0] < outputs[$1] } ?? 0)
    }
    var draw = uniform(seed: seed, position: position)
    let probabilities = softmax(outputs, temperature: temperature)
    for (symbol, probability) in probabilities.enumerated() {
      draw -= probability
      if draw < 0 { return Int32(symbol) }
    }
    return Int32(probabilities.count - 1)
  }

  private static func uniform(seed: UInt64, position: Int) -> Double {
    var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    withUnsafeMutableBytes(of: &words) { bytes in
      guard let out = bytes.bindMemory(to: UInt32.self).baseAddress else { return }
      unfold_philox(
        seed, UInt32(truncatingIfNeeded: position), UInt32(position >> 32), 0,
        UNFOLD_PURPOSE_SAMPLING.rawValue, out)
    }
    return (Double(words.0) + Double(words.1) * 0x1p-32) * 0x1p-32
  }
}

extension TrainedModel {
  /// Continues `prompt` by `length` symbols; only for models of text.
  ///
  /// - Returns: the continuation without the prompt.
  /// - Throws: `TrainingError.unsuitable`, `SequenceDataError`.
  public func generate(
    prompt: String, length: Int, temperature: Double = 1, seed: UInt64 = 1
  ) throws -> String {
    guard let vocabulary = data.vocabulary else {
      throw TrainingError.unsuitable(
        "\(path): data.kind \(configuration.data.kind.rawValue) is not text; generate needs text")
    }
    return try TextGenerator(
      description: description, vocabulary: vocabulary, weights: parameters, pool: pool
    ).generate(prompt: prompt, length: length, temperature: temperature, seed: seed)
  }
}
