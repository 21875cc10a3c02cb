import Recurrent
import SequenceData
import Storage
import Workers

/// Runs a network, or several whose outputs are averaged, over whole sequences of a series, one after the
/// other, each from the zero state.
final class SeriesSimulation {
  /// The time steps that go through the network at once.
  private static let blockLength = 256
  /// A network that runs.
  struct Member {
    let description: NetworkDescription
    let weights: UnsafePointer<Float>
  }

  private let networks: [Network]
  private let members: [Member]
  private let outputs: SeriesOutputs
  private let states: [RecurrentState]
  /// Of the outputs of several networks.
  private let mean: OutputMean?
  private let inputs: Arena<Float>  // [T, I]
  private let counted = Arena<Float>(count: blockLength)  // [T]
  private let resets = Arena<UInt8>(count: blockLength)  // [T]
  private let inputWidth: Int

  /// - Parameters:
  ///   - members: networks with the same inputs and outputs.
  ///   - outputs: what these mean.
  ///   - pool: what computes.
  init(_ members: [Member], outputs: SeriesOutputs, pool: WorkerPool) throws {
    precondition(!members.isEmpty, "a simulation by no network")
    networks = try members.map { member in
      let network = try Network(
        member.description,
        capacity: WindowDimensions(timeSteps: Self.blockLength, streams: 1), pool: pool)
      network.pack(member.weights)
      return network
    }
    self.members = members
    self.outputs = outputs
    states = networks.map { $0.makeState() }
    let description = members[0].description
    mean = members.count == 1 ? nil : OutputMean(description, rows: Self.blockLength)
    inputWidth = description.input.width
    inputs = Arena(count: Self.blockLength * inputWidth)
  }

  /// Follows a sequence, and gives what the model says of each of its time steps, in the data's units.
  /// Time steps before those of its part warm the state up.
  func run(
    _ corpus: SeriesCorpus, sequence: Int,
    each: (_ timeStep: Int, _ outputs: [Double]) throws -> Void
  ) throws {
    let own = corpus.sequences[sequence].timeSteps
    restart()
    try read(
      corpus, sequence: sequence, max(0, own.lowerBound - corpus.task.warmUp)..<own.upperBound
    ) { timeStep, values in
      if timeStep >= own.lowerBound { try each(timeStep, values()) }
    }
  }

  /// Reads so many rows of a sequence from its start; what the model says after the last of them.
  func last(_ corpus: SeriesCorpus, sequence: Int, rows: Int) throws -> [Double] {
    var last: [Double] = []
    restart()
    try read(corpus, sequence: sequence, 0..<rows) { timeStep, values in
      if timeStep == rows - 1 { last = values() }
    }
    return last
  }

  /// What the model says after one more row, given as it sees it; none of it is missing.
  func next(inputs row: [Float]) -> [Double] {
    for column in 0..<inputWidth { inputs.base[column] = column < row.count ? row[column] : 0 }
    return values(forward(timeSteps: 1), row: 0)
  }

  private func restart() {
    for state in states { state.reset() }
  }

  private func read(
    _ corpus: SeriesCorpus, sequence: Int, _ timeSteps: Range<Int>,
    each: (_ timeStep: Int, _ values: () -> [Double]) throws -> Void
  ) throws {
    for start in stride(from: timeSteps.lowerBound, to: timeSteps.upperBound, by: Self.blockLength)
    {
      let block = start..<min(start + Self.blockLength, timeSteps.upperBound)
      corpus.readInputs(ofSequence: sequence, block, into: inputs.base, stride: inputWidth)
      let results = forward(timeSteps: block.count)
      for timeStep in block {
        try each(timeStep) { values(results, row: timeStep - start) }
      }
    }
  }

  /// What a row of the outputs says, in the data's units.
  private func values(_ results: UnsafePointer<Float>, row: Int) -> [Double] {
    let width = members[0].description.outputs
    let own = outputs.values(UnsafeBufferPointer(start: results + row * width, count: width))
    return own + (mean.map { outputs.spreads($0.spreads(ofRow: row)) } ?? [])
  }

  /// Runs what `inputs` holds; the outputs of all its time steps, valid until the next call.
  private func forward(timeSteps: Int) -> UnsafePointer<Float> {  // [T, O]
    let batch = NetworkBatch(
      dimensions: WindowDimensions(timeSteps: timeSteps, streams: 1), vectors: inputs.base,
      weights: counted.base, resets: resets.base)
    mean?.clear()
    var results = run(0, batch)
    mean?.add(results, rows: timeSteps)
    for member in networks.indices.dropFirst() {
      results = run(member, batch)
      mean?.add(results, rows: timeSteps)
    }
    return mean?.outputs() ?? results
  }

  /// Runs a member on; its outputs.
  private func run(_ member: Int, _ batch: NetworkBatch) -> UnsafePointer<Float> {
    let (network, state) = (networks[member], states[member])
    let pass = network.forward(batch, weights: members[member].weights, from: state)
    pass.captureState(before: batch.dimensions.timeSteps, into: state)
    return pass.outputs()
  }
}

/// A sequence beside what a model says of it.
package struct SimulatedSequence: Sendable {
  /// Its file's or its group's name.
  package let name: String
  /// The targets' names.
  package let targetNames: [String]
  /// The time step that comes first.
  package let firstTimeStep: Int
  /// What was measured, in the data's units; NaN where it is missing.
  package let truth: [[Double]]  // [targets][T]
  /// What the model says.
  package let prediction: [[Double]]  // [targets][T]
  /// The lowest quantile, if the model gives quantiles.
  package let lower: [[Double]]?  // [targets][T]
  /// The highest.
  package let upper: [[Double]]?  // [targets][T]
}

extension TrainedModel {
  /// Follows the sequences of a file, or of the validation part of the model's own data if nil.
  ///
  /// - Throws: errors of the file or the model in one line each.
  package func simulation(on path: String?) throws -> [SimulatedSequence] {
    guard let series = try ownLoader.load(path, like: data) as? SeriesCorpus else {
      throw TrainingError.unsuitable(
        "\(self.path): is no model of a series, so there is nothing to simulate")
    }
    let (simulation, outputs) = try makeSimulation()
    return try series.sequences.indices.map { number in
      var rows: [[Double]] = []
      try simulation.run(series, sequence: number) { rows.append($1) }
      let own = series.sequences[number].timeSteps
      return SimulatedSequence(
        name: series.sequences[number].name, targetNames: series.columns.targets.map(\.title),
        firstTimeStep: own.lowerBound,
        truth: series.columns.targets.indices.map { column in
          own.map { series.target(sequence: number, timeStep: $0, column: column) }
        },
        prediction: outputs.points.map { place in rows.map { $0[place] } },
        lower: outputs.bounds?.map { bound in rows.map { $0[bound.lower] } },
        upper: outputs.bounds?.map { bound in rows.map { $0[bound.upper] } })
    }
  }

  /// What follows sequences, and what its outputs mean.
  func makeSimulation() throws -> (SeriesSimulation, SeriesOutputs) {
    guard let columns = data.columns else {
      throw TrainingError.unsuitable(
        "\(path): is no model of a series, so there is nothing to simulate")
    }
    let outputs = SeriesOutputs(
      configuration.loss, targets: columns.targets, isAveraged: !companions.isEmpty)
    return (
      try SeriesSimulation(simulated, outputs: outputs, pool: pool), outputs
    )
  }

  /// The networks that follow sequences.
  var simulated: [SeriesSimulation.Member] {
    members.map { SeriesSimulation.Member(description: $0.description, weights: $0.parameters) }
  }
}
