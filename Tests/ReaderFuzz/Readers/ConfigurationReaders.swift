import Settings

extension FuzzedReader {
  /// Configuration files, those that runs keep, and `--set`.
  static func configurations(_ scratch: Scratch) throws -> [FuzzedReader] {
    let files = yamls.map { Array($0.utf8) }
    return [
      FuzzedReader(name: "configuration", share: 130, seeds: files, words: keys) { bytes in
        try requireReadable(
          Configuration(path: try scratch.write(bytes, to: "configuration.yaml")))
        return true
      },
      FuzzedReader(name: "saved-configuration", share: 50, seeds: files, words: keys) { bytes in
        _ = try Configuration(savedAt: try scratch.write(bytes, to: "config.yaml"))
        return true
      },
      FuzzedReader(
        name: "override", share: 120, seeds: overrides.map { Array($0.utf8) }, words: keys
      ) { bytes in
        // The command line hands over text without a zero, whatever it holds.
        let texts = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        try requireReadable(Configuration(yaml: yamls[0], path: "/a/run.yaml", overrides: texts))
        return true
      },
    ]
  }

  /// What a run writes beside its results must read back the same.
  private static func requireReadable(_ configuration: Configuration) throws {
    let again: Configuration
    do {
      again = try Configuration(saved: configuration.yaml, path: "/b/config.yaml")
    } catch {
      throw ReaderMistake(problem: "written, it is refused: \(error)")
    }
    guard again == configuration else {
      throw ReaderMistake(
        problem: "written, it reads back with other \(again.changedKeys(from: configuration))")
    }
  }

  private static let yamls = [
    """
    data:
      kind: reber
      samples: 100
    training:
      epochs: 2
    """,
    """
    # A comment.
    name: small
    seed: 18446744073709551615
    data: {kind: text, train: /a/b.txt, validation: "/a/c d.txt", unit: word}
    model: {cell: lstm, layers: 2, hidden: 17, embedding: 11, dropout: 0.5, initialization: uniform}
    batch: {streams: 8}
    bptt: {k1: 5, k2: 10}
    optimizer:
      kind: adamw
      learning_rate: 1e-3
    clip: {norm: 5.0}
    schedule: {kind: cosine, warmup_steps: 1_0}
    training: {steps: 100, validate_every: 10, sample: {prompt: "To be: \\"or\\"\\n"}}
    checkpoint: {every: 9, keep: 2, best: false}
    """,
    """
    data: &data
      kind: sequences
      train: 'lines.jsonl'
    loss: mean-squared-error
    bptt: full
    training: {epochs: 4}
    """,
    """
    data:
      kind: series
      train: {inputs: [/a/x.wav, "/a/b c.csv[3:9]"], targets: [/a/y.wav, /a/*.csv]}
      inputs: [u, "2"]
      targets:
        - y
        - z
      static: /a/attributes.csv
      shift: 2
      validation_sequences: x.wav
    model: {hidden: 7}
    loss: {kind: quantile, weights: [1, 0.5], levels: [0.1, 0.9]}
    bptt: {k1: 5, warm_up: 3}
    training: {epochs: 4, monitor: nse}
    """,
  ]

  private static let overrides = [
    "model.hidden=17", "model.dropout=0.5\0model.layers=2", "data={kind: text, train: /a/b}",
    "optimizer={kind: sgd, learning_rate: 1, momentum: 0.9}", "seed=18446744073709551615",
    "data={kind: series, train: [/a, /b], inputs: [u], targets: [y]}\0data.piece=9\0loss=huber",
    "clip.norm=null", "training.steps=1e4", " name = \"a b\" ",
  ]

  private static let keys = [
    "data", "model", "kind", "hidden", "dropout", "bptt", "training.", "epochs: ", "batch.streams=",
    "optimizer.learning_rate=", "full", "text", "series", "k1: ", "inputs: ", "[a, b]",
  ]
}
