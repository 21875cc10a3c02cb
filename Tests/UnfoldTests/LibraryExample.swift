import Unfold

/// Trains a character model on a text, measures it and lets it write, on every rank alike.
func trainAndWrite(text: String, output: String) throws -> (loss: Double, sample: String) {
  try Ranks.run { communicator in  // MPI under mpirun, else one rank of one
    let configuration = Configuration(
      data: .text(.init(train: text)), model: .init(cell: "gru", hidden: 64),
      batch: .init(streams: 16), truncation: .windows(k1: 25, k2: 50),
      optimizer: .init(kind: .adam, learningRate: 0.005), clip: .norm(5),
      training: .init(epochs: 5))
    let resources = try RankResources(
      communicator: communicator, workers: configuration.parallel.workers)
    let trainer = try Trainer(configuration, resources: resources, output: output)
    let summary = try trainer.run()

    let model = try TrainedModel(path: output, resources: resources)
    let result = try model.evaluate(on: nil, streams: 4, communicator: communicator)
    let sample = try model.generate(prompt: "The ", length: 80, temperature: 0.8)
    if communicator.isRoot { print(summary.text, result.loss, sample, separator: "\n") }
    return (result.loss, sample)
  }
}
