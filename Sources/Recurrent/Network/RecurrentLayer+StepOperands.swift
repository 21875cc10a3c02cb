import Storage

extension RecurrentLayer {
  /// The places on the tape of some streams at one time step.
  struct StepOperands {
    let gates: FloatPointer  // [rows, G·H]
    let recurrentSums: FloatPointer  // [rows, G·H]
    let previousHidden: FloatPointer  // [rows, H]
    let previousMemory: FloatPointer  // [rows, H]
    let output: FloatPointer  // [rows, H]
    let memory: FloatPointer  // [rows, H]
    let saved: FloatPointer  // [rows, savedVectors·H]
    /// The rows' resets, if there is one.
    let resets: UnsafePointer<UInt8>?  // [rows]

    init(
      layer: borrowing RecurrentLayer, timeStep: Int, slice: Range<Int>, streams: Int,
      resets: Resets
    ) {
      let (hidden, width) = (layer.dimensions.hidden, layer.dimensions.gateWidth)
      let traits = layer.traits
      let row = timeStep * streams + slice.lowerBound
      let step = streams * hidden
      gates = layer.gates.base + row * width
      recurrentSums = traits.separatesRecurrentSums ? layer.recurrentSums.base + row * width : gates
      output = layer.outputsArena.base + row * hidden + step
      memory = traits.keepsMemory ? layer.memories.base + row * hidden + step : output
      saved = layer.saved.base + row * traits.savedVectors * hidden
      self.resets = resets.marks(of: row..<row + slice.count)
      let carriedHidden = layer.outputsArena.base + row * hidden
      let carriedMemory = traits.keepsMemory ? layer.memories.base + row * hidden : carriedHidden
      guard let resets = self.resets else {
        previousHidden = carriedHidden
        previousMemory = carriedMemory
        return
      }
      previousHidden = layer.previousHidden.base + slice.lowerBound * hidden
      previousMemory = layer.previousMemory.base + slice.lowerBound * hidden
      Self.copy(carriedHidden, zeroing: resets, rows: slice.count, hidden, to: previousHidden)
      Self.copy(carriedMemory, zeroing: resets, rows: slice.count, hidden, to: previousMemory)
    }

    private static func copy(
      _ source: FloatPointer, zeroing resets: UnsafePointer<UInt8>, rows: Int, _ hidden: Int,
      to target: FloatPointer
    ) {
      target.update(from: source, count: rows * hidden)
      for row in 0..<rows where resets[row] != 0 {
        (target + row * hidden).update(repeating: 0, count: hidden)
      }
    }
  }
}
