import Checkpoints
import Communication
import Recurrent
import SequenceData
import Settings
import Storage

/// Names of the files in a checkpoint.
enum CheckpointFile {
  static let model = "model.safetensors"
  static let optimizer = "optimizer.safetensors"
  static let streams = "streams.safetensors"
  static let progress = "training.json"
  static let data = "data.json"
  static let configuration = "config.yaml"
}

/// Writes and reads what a run needs to go on as if it had never stopped, at any layout.
struct TrainingCheckpoint {
  let configuration: Configuration
  let data: DataDescription
  let communicator: any Communicator
  let model: SharedModel

  // MARK: Writing

  /// Writes a checkpoint on rank 0; every rank takes part.
  ///
  /// - Throws: `AgreedFailure` if rank 0 cannot write; `RunFailure.parametersDiffer`.
  func write(_ progress: TrainingProgress, state: RecurrentState, to store: CheckpointStore) throws
  {
    try requireSameParameters(step: progress.step)
    let states = try communicator.gather(UnsafeRawBufferPointer(state.buffer), at: 0)
    try communicator.agree {
      guard let states else { return }
      let streams = GlobalStates(states, like: state)
      _ = try store.write(step: progress.step) { writer throws(CheckpointError) in
        try writer.tensors(CheckpointFile.model, tensors(at: model.parameters))
        try writer.tensors(CheckpointFile.optimizer, moments)
        try streams.withTensors { tensors throws(CheckpointError) in
          try writer.tensors(CheckpointFile.streams, tensors)
        }
        try writer.json(CheckpointFile.progress, progress)
        try writer.json(CheckpointFile.data, data)
        try writer.text(CheckpointFile.configuration, configuration.yaml)
      }
    }
  }

  private func tensors(at base: FloatPointer, suffix: String = "") -> [TensorView] {
    model.layout.parameters.map { parameter in
      TensorView(
        name: parameter.name + suffix, shape: parameter.shape,
        floats: UnsafeBufferPointer(start: base + parameter.offset, count: parameter.count))
    }
  }

  private var moments: [TensorView] {
    model.optimizer.momentNames.enumerated().flatMap { index, name in
      tensors(at: model.moment(index), suffix: ".\(name)")
    }
  }

  /// Leaders compare a hash of their weights.
  private func requireSameParameters(step: Int) throws {
    var (lowest, highest) = (Int64.max, Int64.min)
    if model.isLeader {
      let hash = ParameterHash.hexadecimal(of: model.parameters, layout: model.layout)
      lowest = Int64(bitPattern: UInt64(hash.prefix(16), radix: 16) ?? 0)
      highest = lowest
    }
    lowest = try communicator.allreduceMinimum(lowest)
    highest = try communicator.allreduceMaximum(highest)
    guard lowest == highest else { throw RunFailure.parametersDiffer(step: step) }
  }

  // MARK: Reading

  /// Fills weights and moments from a checkpoint.
  ///
  /// - Throws: `CheckpointError`, `TrainingError.otherArchitecture`.
  static func readModel(from checkpoint: Checkpoint, into model: SharedModel) throws {
    try readParameters(
      from: try checkpoint.tensors(CheckpointFile.model), layout: model.layout,
      into: model.parameters)
    let file = try checkpoint.tensors(CheckpointFile.optimizer)
    for (index, name) in model.optimizer.momentNames.enumerated() {
      for parameter in model.layout.parameters {
        try file.read(
          "\(parameter.name).\(name)", shape: parameter.shape,
          into: UnsafeMutableBufferPointer(
            start: model.moment(index) + parameter.offset, count: parameter.count))
      }
    }
  }

  /// Fills weights from a file of PyTorch's names; nothing may be missing, left over, or of another
  /// shape. With weight tying a copy of the shared matrix under `readout.weight` is passed over.
  static func readParameters(
    from file: SafetensorsFile, layout: ParameterLayout, into parameters: FloatPointer
  ) throws {
    for tensor in file.tensors where layout[tensor.name] == nil {
      guard tensor.name == "readout.weight" else {
        throw TrainingError.otherArchitecture(
          path: file.path, problem: "tensor \(tensor.name) has no place in this model")
      }
    }
    for parameter in layout.parameters {
      guard file.contains(parameter.name) else {
        throw TrainingError.otherArchitecture(
          path: file.path, problem: "tensor \(parameter.name) is missing")
      }
      let shape = try file.tensor(parameter.name).shape
      guard shape == parameter.shape else {
        throw TrainingError.otherArchitecture(
          path: file.path,
          problem: "tensor \(parameter.name) has shape \(shape), this model's is \(parameter.shape)"
        )
      }
      let numbers = UnsafeMutableBufferPointer(
        start: parameters + parameter.offset, count: parameter.count)
      try file.read(parameter.name, shape: parameter.shape, into: numbers)
      guard numbers.allSatisfy({ $0.isFinite }) else {
        throw CheckpointError(
          path: file.path,
          problem: "tensor \(parameter.name) holds numbers that are not finite; take weights from "
            + "before training went wrong")
      }
    }
  }

  /// Fills the states of this rank's streams, which another layout may have written.
  func readState(
    from checkpoint: Checkpoint, shard: Range<Int>, into state: RecurrentState
  ) throws {
    let file = try checkpoint.tensors(CheckpointFile.streams)
    let streams = configuration.batch.streams
    for (vector, name) in GlobalStates.names.prefix(state.vectors).enumerated() {
      let shape = [state.layers, streams, state.hidden]
      guard try file.tensor(name).shape == shape else {
        throw TrainingError.otherArchitecture(
          path: file.path, problem: "tensor \(name) is not of shape \(shape)")
      }
      let values = try file.floats(name)
      for layer in 0..<state.layers {
        let first = (layer * streams + shard.lowerBound) * state.hidden
        let target = state.values(layer: layer, vector: vector)
        for element in 0..<shard.count * state.hidden { target[element] = values[first + element] }
      }
    }
  }
}

/// The states of all streams, put together from the ranks' shards.
private struct GlobalStates {
  static let names = ["hidden", "memory"]

  private let shape: [Int]  // [layers, S, H]
  private let vectors: [[Float]]

  init(_ shards: [[UInt8]], like state: RecurrentState) {
    let (layers, hidden, vectorCount) = (state.layers, state.hidden, state.vectors)
    let floats = shards.map { bytes in
      bytes.withUnsafeBytes { [Float]($0.bindMemory(to: Float.self)) }
    }
    let perStream = layers * vectorCount * hidden
    shape = [layers, floats.reduce(0) { $0 + $1.count / perStream }, hidden]
    vectors = (0..<vectorCount).map { vector in
      (0..<layers).flatMap { layer in
        floats.flatMap { shard in
          let size = shard.count / (layers * vectorCount)
          return shard[((layer * vectorCount + vector) * size)...].prefix(size)
        }
      }
    }
  }

  func withTensors(
    _ body: ([TensorView]) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    try add(0, to: [], body)
  }

  private func add(
    _ vector: Int, to views: [TensorView], _ body: ([TensorView]) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    guard vector < vectors.count else { return try body(views) }
    try vectors[vector].withUnsafeBufferPointer { floats throws(CheckpointError) in
      let view = TensorView(name: Self.names[vector], shape: shape, floats: floats)
      try add(vector + 1, to: views + [view], body)
    }
  }
}
