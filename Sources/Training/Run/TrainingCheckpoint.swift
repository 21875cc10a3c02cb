import Checkpoints
import Recurrent
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

/// What a run needs to go on as if it had never stopped, at any layout: copied at the end of a step,
/// so that it can be written while training goes on.
struct TrainingCheckpoint: Sendable {
  /// Weights and moments. Nobody changes them before this has been written.
  let snapshot: CheckpointSnapshot
  /// Where each parameter lies in the weights and in each moment.
  let layout: ParameterLayout
  /// The optimizer's names of its moments.
  let momentNames: [String]
  let states: GlobalStates
  let progress: TrainingProgress
  let data: DataDescription
  /// The configuration as YAML.
  let configuration: String

  /// Writes all files but the manifest.
  ///
  /// - Throws: `CheckpointError` if the disk is full or fails.
  func write(to writer: inout CheckpointWriter) throws(CheckpointError) {
    try writer.tensors(CheckpointFile.model, tensors(ofArena: 0))
    try writer.tensors(CheckpointFile.optimizer, moments)
    try states.withTensors { tensors throws(CheckpointError) in
      try writer.tensors(CheckpointFile.streams, tensors)
    }
    try writer.json(CheckpointFile.progress, progress)
    try writer.json(CheckpointFile.data, data)
    try writer.text(CheckpointFile.configuration, configuration)
  }

  private func tensors(ofArena arena: Int, suffix: String = "") -> [TensorView] {
    let base = snapshot.base + arena * layout.count
    return layout.parameters.map { parameter in
      TensorView(
        name: parameter.name + suffix, shape: parameter.shape,
        floats: UnsafeBufferPointer(start: base + parameter.offset, count: parameter.count))
    }
  }

  private var moments: [TensorView] {
    momentNames.enumerated().flatMap { index, name in
      tensors(ofArena: 1 + index, suffix: ".\(name)")
    }
  }
}

/// The states of all streams, put together from the ranks' shards.
struct GlobalStates: Sendable {
  static let names = ["hidden", "memory"]
  /// What the loss remembers of each stream.
  static let lossName = "loss"

  private let shards: [[UInt8]]  // [layers, vectors, B, H], [B, lossWidth] of each rank
  private let layers: Int
  private let vectors: Int
  private let hidden: Int
  private let lossWidth: Int

  /// - Parameters:
  ///   - shards: the bytes of every rank's states, in the order of ranks.
  ///   - state: one of them.
  init(_ shards: [[UInt8]], like state: RecurrentState) {
    self.shards = shards
    layers = state.layers
    vectors = state.vectors
    hidden = state.hidden
    lossWidth = state.lossWidth
  }

  /// Calls `body` with a tensor for each vector, [layers, S, H], and one for what the loss remembers,
  /// [S, lossWidth], if it does.
  func withTensors(
    _ body: ([TensorView]) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    let floats = shards.map { bytes in
      bytes.withUnsafeBytes { [Float]($0.bindMemory(to: Float.self)) }
    }
    let perStream = layers * vectors * hidden + lossWidth
    let streams = floats.reduce(0) { $0 + $1.count / perStream }
    var tensors: [Values] = (0..<vectors).map { vector in
      let values: [Float] = (0..<layers).flatMap { layer in
        floats.flatMap { shard in
          let size = shard.count / perStream * hidden
          return shard[((layer * vectors + vector) * size)...].prefix(size)
        }
      }
      return Values(name: Self.names[vector], shape: [layers, streams, hidden], values: values)
    }
    if lossWidth > 0 {
      tensors.append(
        Values(
          name: Self.lossName, shape: [streams, lossWidth],
          values: floats.flatMap { $0.suffix($0.count / perStream * lossWidth) }))
    }
    try Self.add(tensors[...], to: [], body)
  }

  /// A tensor's numbers.
  private struct Values {
    let name: String
    let shape: [Int]
    let values: [Float]
  }

  private static func add(
    _ tensors: ArraySlice<Values>, to views: [TensorView],
    _ body: ([TensorView]) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    guard let next = tensors.first else { return try body(views) }
    try next.values.withUnsafeBufferPointer { floats throws(CheckpointError) in
      let view = TensorView(name: next.name, shape: next.shape, floats: floats)
      try add(tensors.dropFirst(), to: views + [view], body)
    }
  }
}
