import Foundation
import SequenceData
import TestSupport
import Testing
import Training

/// Whole runs of one process, held against what gradient descent must do.
struct TrainerTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  /// One update moves the weights by rate × gradient. The sum of Float differences is good to about
  /// 2⁻²⁴ / rate of the gradient.
  @Test(arguments: [0.1, 1])
  func anUpdateMovesByRateTimesGradient(rate: Double) throws {
    let run = try Run(descent(folder, rate: rate, more: "training: {steps: 1}"), in: folder)
    let expected = rate * run.records[0].gradientNorm
    #expect(abs(run.distance - expected) < 1e-4 * expected)
  }

  @Test func aClippedUpdateMovesByRateTimesLimit() throws {
    let more = "clip: {norm: 0.01}\ntraining: {steps: 1}"
    let run = try Run(descent(folder, rate: 1, more: more), in: folder)
    #expect(run.records[0].gradientNorm > 0.01, "the record has the norm before clipping")
    #expect(abs(run.distance - 0.01) < 1e-5)
  }

  /// The same window again costs less by rate × ‖gradient‖², to first order: the reported loss, its
  /// gradient and the update belong together. Curvature makes the rest, here a few per cent.
  @Test func theLossFallsAsTheGradientSays() throws {
    let rate = 0.02
    let run = try Run(descent(folder, rate: rate, more: "training: {epochs: 2}"), in: folder)
    let fall = run.records[0].loss - run.records[1].loss
    let expected = rate * pow(run.records[0].gradientNorm, 2)
    #expect(abs(fall - expected) < 0.05 * expected, "\(fall), to first order \(expected)")
  }

  @Test func theLossOfAFewSymbolsFallsFar() throws {
    let more = "checkpoint: {every: 1000, best: false}\ntraining: {epochs: 150}"
    let run = try Run(descent(folder, rate: 0.5, more: more), in: folder)
    #expect(run.summary.trainLoss ?? .infinity < run.records[0].loss / 3)
  }

  @Test func stepsTokensAndEpochsAreCounted() throws {
    let yaml = try descent(folder, rate: 0.1, more: "training: {epochs: 3}")
    // 71 training symbols are 70 time steps, 35 in each stream.
    let run = try Run(yaml.replacingOccurrences(of: "k1: 35", with: "k1: 10"), in: folder)
    #expect(run.records.map(\.step) == Array(1...12))
    #expect(run.records.map(\.epoch) == (1...3).flatMap { Array(repeating: $0, count: 4) })
    #expect(run.records.prefix(4).map(\.tokens) == [20, 20, 20, 10])
    #expect(run.summary.steps == 12 && run.summary.epochs == 3 && run.summary.tokens == 3 * 70)
  }

  @Test func validationLeavesTheTrainingStateAlone() throws {
    let yaml = try descent(folder, rate: 0.3).replacingOccurrences(of: "k1: 35", with: "k1: 5")
    let quiet = try Run(yaml + "training: {steps: 9}", in: folder, "quiet")
    let watched = try Run(
      yaml + "training: {steps: 9, validate_every: 1}", in: folder, "watched")
    #expect(watched.records.allSatisfy { $0.validation != nil })
    #expect(quiet.final == watched.final)
    #expect(quiet.records.map(\.loss) == watched.records.map(\.loss))
  }

  @Test func aGradientOverTheWholeSequenceIsFull() throws {
    let yaml = try classes(k1: 8, k2: 8, steps: 4)
    let full = yaml.replacingOccurrences(of: "bptt: {k1: 8, k2: 8}", with: "bptt: full")
    let one = try Run(yaml, in: folder, "windows")
    let other = try Run(full, in: folder, "full")
    #expect(one.final == other.final)
  }

  /// Only the last of 8 time steps counts, so that three of four windows have nothing to count. They
  /// make no update, and hand the state on: the last one sees what a window of 8 sees.
  @Test(arguments: [2, 8])
  func windowsWithoutCountAdvanceTheState(k2: Int) throws {
    let long = try Run(try classes(k1: 8, k2: 8, steps: 1), in: folder, "long")
    let short = try Run(try classes(k1: 2, k2: k2, steps: 1), in: folder, "short")
    #expect(short.summary.steps == 1 && short.summary.tokens == 2)
    #expect(short.records[0].loss == long.records[0].loss)
    // The gradient is the same only where it flows back to the first time step.
    #expect((short.final == long.final) == (k2 == 8))
  }

  @Test func windowsWithoutCountMakeNoStep() throws {
    let yaml = try classes(k1: 2, k2: 2, steps: 100).replacingOccurrences(
      of: "steps: 100", with: "epochs: 2")
    let run = try Run(yaml, in: folder)
    // Four sequences in two streams: each second epoch-half ends in one window that counts.
    #expect(run.records.map(\.tokens) == [2, 2, 2, 2])
    #expect(run.summary.tokens == 8)
  }

  /// Four sequences of 8 symbols, each of a class.
  private func classes(k1: Int, k2: Int, steps: Int) throws -> String {
    let lines = (0..<4).map { sequence in
      "{\"inputs\": [\(sequence), 1, 2, 3, 0, 1, 2, 3], \"targets\": \(sequence % 2)}\n"
    }
    let data = try folder.write(lines.joined(), to: "classes.jsonl")
    return """
      data: {kind: sequences, train: \(data), validation_fraction: 0, cache: \(folder("cache"))}
      model: {cell: gru, hidden: 5, embedding: 3}
      batch: {streams: 2}
      bptt: {k1: \(k1), k2: \(k2)}
      optimizer: {kind: sgd, learning_rate: 0.5}
      training: {steps: \(steps)}
      """
  }
}
