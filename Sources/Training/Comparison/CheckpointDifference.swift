import Checkpoints

/// How far the checkpoints of two runs are the same, of the steps that both have kept.
public struct CheckpointDifference: Sendable, Equatable, Codable {
  /// The steps whose checkpoints are the same, up to the first that differs.
  public private(set) var equalSteps: [Int] = []
  /// A line for each checkpoint that is not whole and was passed over.
  public private(set) var skipped: [String] = []
  /// The first tensor of the first checkpoint that differs.
  public private(set) var first: TensorDifference?

  enum CodingKeys: String, CodingKey {
    case skipped, first
    case equalSteps = "equal_steps"
  }
}

extension CheckpointDifference {
  /// Compares the checkpoints that are whole in both.
  ///
  /// - Throws: `CheckpointError` for a tensor file that is not sound although its hash is right.
  init(_ left: CheckpointStore, _ right: CheckpointStore) throws(CheckpointError) {
    self.init()
    let others = Set(right.steps())
    for step in left.steps() where others.contains(step) {
      guard let own = open(step, in: left), let other = open(step, in: right) else { continue }
      first = try TensorDifference.first(step: step, own, other)
      guard first == nil else { return }
      equalSteps.append(step)
    }
  }

  /// Whether there was anything to compare.
  var isOfSomething: Bool { first != nil || !equalSteps.isEmpty }

  private mutating func open(_ step: Int, in store: CheckpointStore) -> Checkpoint? {
    do throws(CheckpointError) {
      return try Checkpoint(folder: "\(store.directory)/\(CheckpointStore.name(step: step))")
    } catch {
      skipped.append("\(error)")
      return nil
    }
  }
}

/// A tensor that differs in two runs' checkpoints of the same step.
public struct TensorDifference: Sendable, Equatable, Codable {
  /// The number of updates made before the checkpoint.
  public let step: Int
  /// The checkpoint's file that holds the tensor.
  public let file: String
  /// The tensor's name.
  public let tensor: String
  /// Its axes' sizes in the left run; nil if it has no such tensor.
  public let leftShape: [Int]?
  /// Its axes' sizes in the right run; nil if it has no such tensor.
  public let rightShape: [Int]?
  /// The elements that differ, where the shapes do not.
  public let elements: ElementDifference?

  enum CodingKeys: String, CodingKey {
    case step, file, tensor, elements
    case leftShape = "left_shape"
    case rightShape = "right_shape"
  }

  /// In the order in which one follows from the other: weights, moments, then the states that they
  /// go on with.
  private static let files = [
    CheckpointFile.model, CheckpointFile.optimizer, CheckpointFile.streams,
  ]

  /// The first tensor that differs, weights in the layout's order before moments and states.
  static func first(
    step: Int, _ left: Checkpoint, _ right: Checkpoint
  ) throws(CheckpointError) -> TensorDifference? {
    for name in files where left.contains(name) && right.contains(name) {
      let (own, other) = (try left.tensors(name), try right.tensors(name))
      let added = other.tensors.filter { !own.contains($0.name) }
      for tensor in own.tensors + added {
        let difference = try TensorDifference(step: step, file: name, tensor.name, own, other)
        if let difference { return difference }
      }
    }
    return nil
  }

  /// nil if the tensor is the same in both.
  private init?(
    step: Int, file: String, _ tensor: String, _ left: SafetensorsFile, _ right: SafetensorsFile
  ) throws(CheckpointError) {
    leftShape = left.contains(tensor) ? try left.tensor(tensor).shape : nil
    rightShape = right.contains(tensor) ? try right.tensor(tensor).shape : nil
    if let shape = leftShape, shape == rightShape {
      elements = ElementDifference(
        try left.floats(tensor), try right.floats(tensor), shape: shape)
      guard elements != nil else { return nil }
    } else {
      elements = nil
    }
    self.step = step
    self.file = file
    self.tensor = tensor
  }
}

/// The elements in which two tensors of one shape differ, in bits.
public struct ElementDifference: Sendable, Equatable, Codable {
  /// The place of the first that differs, axis by axis, counted from 0.
  public let index: [Int]
  /// Its value in the left run.
  public let left: Float
  /// Its value in the right run.
  public let right: Float
  /// How many differ.
  public let differing: Int
  /// How many there are.
  public let count: Int
  /// The largest |left − right|; NaN counts for nothing.
  public let largest: Double

  /// nil if no element differs.
  init?(_ left: [Float], _ right: [Float], shape: [Int]) {
    precondition(left.count == right.count, "\(left.count) and \(right.count) elements")
    var start: Int?
    var differing = 0
    var largest = 0.0
    for element in left.indices where left[element].bitPattern != right[element].bitPattern {
      if start == nil { start = element }
      differing += 1
      largest = Double.maximum(largest, abs(Double(left[element]) - Double(right[element])))
    }
    guard let first = start else { return nil }
    index = Self.index(of: first, shape: shape)
    self.left = left[first]
    self.right = right[first]
    self.differing = differing
    count = left.count
    self.largest = largest
  }

  /// Where the `element`-th number lies, axis by axis; the last axis is the fastest.
  private static func index(of element: Int, shape: [Int]) -> [Int] {
    var rest = element
    var index: [Int] = []
    for size in shape.reversed() {
      index.insert(rest % size, at: 0)
      rest /= size
    }
    return index
  }
}
