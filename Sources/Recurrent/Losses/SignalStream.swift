import Storage

/// One stream's targets over a window, and what its filter remembers of the time step before: the
/// error and the value of each target.
struct SignalStream {
  private let stream: Int
  private let batch: NetworkBatch
  private let values: Common<Float>  // [T, B, targets]
  /// The targets of a time step.
  let targets: Int
  private let memory: UnsafePointer<Float>  // [2, targets]

  /// - Parameters:
  ///   - stream: one of the window's.
  ///   - batch: the window, with its target values.
  ///   - memory: of all streams, [B, width].
  ///   - width: an error and a value for each target.
  init(_ stream: Int, of batch: NetworkBatch, memory: UnsafePointer<Float>, width: Int) {
    guard let values = batch.targetValues else { preconditionFailure("no target values") }
    self.stream = stream
    self.batch = batch
    self.values = values
    targets = width / 2
    self.memory = memory + stream * width
  }

  var timeSteps: Int { batch.dimensions.timeSteps }

  private func row(_ timeStep: Int) -> Int { timeStep * batch.dimensions.streams + stream }

  /// Where a target, or its output, stands in the window.
  func place(_ timeStep: Int, _ target: Int) -> Int { row(timeStep) * targets + target }

  /// Whether a sequence starts.
  func starts(_ timeStep: Int) -> Bool { batch.resets[row(timeStep)] }

  /// A target; NaN where it does not count.
  func value(_ timeStep: Int, _ target: Int) -> Double {
    Double(values[place(timeStep, target)])
  }

  /// How far an output lies below its target; 0 where that is NaN.
  func error(of output: Float, _ timeStep: Int, _ target: Int) -> Float {
    let value = values[place(timeStep, target)]
    return value.isNaN ? 0 : value - output
  }

  /// How much a target counts.
  func weight(_ timeStep: Int, _ target: Int, among weights: [Float]?) -> Double {
    guard !values[place(timeStep, target)].isNaN else { return 0 }
    return Double(batch.weights[row(timeStep)]) * Double(weights?[target] ?? 1)
  }

  /// The error before the window's first time step.
  func rememberedError(_ target: Int) -> Double { Double(memory[target]) }

  /// The value before the window's first time step.
  func rememberedValue(_ target: Int) -> Double { Double(memory[targets + target]) }

  /// Writes what the filter will remember before `timeStep` of the window, not its first.
  ///
  /// - Parameters:
  ///   - timeStep: the one behind the remembered one.
  ///   - outputs: of the whole window, of which those of the time step before are there.
  ///   - memory: of all streams, [B, width].
  func remember(before timeStep: Int, outputs: UnsafePointer<Float>, in memory: FloatPointer) {
    let own = memory + stream * 2 * targets
    for target in 0..<targets {
      let value = values[place(timeStep - 1, target)]
      own[target] = error(of: outputs[place(timeStep - 1, target)], timeStep - 1, target)
      own[targets + target] = value.isNaN ? 0 : value
    }
  }
}
