import Checkpoints
import Recurrent
import Storage

// What a run goes on from, at any layout.
extension TrainingCheckpoint {
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
  ///
  /// - Parameters:
  ///   - checkpoint: holds the states of all streams.
  ///   - streams: how many there are.
  ///   - shard: those of this rank.
  ///   - state: what is filled.
  /// - Throws: `CheckpointError`, `TrainingError.otherArchitecture`.
  static func readState(
    from checkpoint: Checkpoint, streams: Int, shard: Range<Int>, into state: RecurrentState
  ) throws {
    let file = try checkpoint.tensors(CheckpointFile.streams)
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
    guard state.lossWidth > 0 else { return }
    let shape = [streams, state.lossWidth]
    guard try file.tensor(GlobalStates.lossName).shape == shape else {
      throw TrainingError.otherArchitecture(
        path: file.path, problem: "tensor \(GlobalStates.lossName) is not of shape \(shape)")
    }
    let values = try file.floats(GlobalStates.lossName)
    let first = shard.lowerBound * state.lossWidth
    for element in 0..<shard.count * state.lossWidth {
      state.lossMemory[element] = values[first + element]
    }
  }
}
