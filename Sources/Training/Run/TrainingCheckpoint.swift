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

  private let shards: [[UInt8]]  // [layers, vectors, B, H] of each rank
  private let layers: Int
  private let vectors: Int
  private let hidden: Int

  /// - Parameters:
  ///   - shards: the bytes of every rank's states, in the order of ranks.
  ///   - state: one of them.
  init(_ shards: [[UInt8]], like state: RecurrentState) {
    self.shards = shards
    layers = state.layers
    vectors = state.vectors
    hidden = state.hidden
  }

  /// Calls `body` with a tensor for each vector, [layers, S, H].
  func withTensors(
    _ body: ([TensorView]) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    let floats = shards.map { bytes in
      bytes.withUnsafeBytes { [Float]($0.bindMemory(to: Float.self)) }
    }
    let perStream = layers * vectors * hidden
    let shape = [layers, floats.reduce(0) { $0 + $1.count / perStream }, hidden]
    let values: [[Float]] = (0..<vectors).map { vector in
      (0..<layers).flatMap { layer in
        floats.flatMap { shard in
          let size = shard.count / (layers * vectors)
          return shard[((layer * vectors + vector) * size)...].prefix(size)
        }
      }
    }
    try Self.add(0, of: values, shape, to: [], body)
  }

  private static func add(
    _ vector: Int, of values: [[Float]], _ shape: [Int], to views: [TensorView],
    _ body: ([TensorView]) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    guard vector < values.count else { return try body(views) }
    try values[vector].withUnsafeBufferPointer { floats throws(CheckpointError) in
      let view = TensorView(name: names[vector], shape: shape, floats: floats)
      try add(vector + 1, of: values, shape, to: views + [view], body)
    }
  }
}
