import CKernels
import Storage

/// The products that a layer's gradients of weights and biases are.
struct LayerProducts: Sendable {
  /// Of the state's weights, and of the input's unless these have a product of their own.
  let ofState: WindowProduct
  var ofInput: WindowProduct?
}

extension RecurrentLayer {
  /// The products of a window; of the input's weights only where an input is given.
  func products(
    input: Common<Float>?, of batch: NetworkBatch, at gradients: FloatPointer
  ) -> LayerProducts {
    let state = stateGradient(batch.resets, gradients)
    let width = dimensions.gateWidth
    if traits.separatesRecurrentSums {
      return LayerProducts(
        ofState: WindowProduct(
          gradients: Common(recurrentSums.base), width: width, left: state,
          biases: BiasGradients(first: Disjoint(gradients + parameters.hiddenBias.offset))),
        ofInput: input.map { inputProduct(of: Common(gates.base), inputs: $0, at: gradients) })
    }
    guard let input else {
      return LayerProducts(
        ofState: WindowProduct(
          gradients: Common(gates.base), width: width, left: state, biases: nil))
    }
    return LayerProducts(
      ofState: WindowProduct(
        gradients: Common(gates.base), width: width, left: inputGradient(input, gradients),
        right: state, biases: biasGradients(gradients)))
  }

  /// What reads the input.
  func inputProduct(
    of sumGradients: Common<Float>, inputs: Common<Float>, at gradients: FloatPointer
  ) -> WindowProduct {
    WindowProduct(
      gradients: sumGradients, width: dimensions.gateWidth,
      left: inputGradient(inputs, gradients), biases: biasGradients(gradients))
  }

  /// Whether products are summed as soon as a block's gradients are there, or follow when time has been
  /// gone back through.
  func sumsByBlocks(_ products: LayerProducts, of batch: NetworkBatch) -> Bool {
    let window = batch.dimensions
    func pay(_ sums: LeafSums?, _ product: WindowProduct?) -> Bool {
      guard let sums, let product else { return true }
      return sums.pay(for: product, blockLength: blockLength(window), in: window, batch.leaves)
    }
    return pay(leafSums, products.ofState) && pay(inputLeafSums, products.ofInput)
  }

  /// Adds a block of time steps to the leaves' sums.
  func add(_ timeSteps: Range<Int>, of products: LayerProducts, in batch: NetworkBatch) {
    let scratch = resources.scratch(worker: 0)
    leafSums.add(
      timeSteps, of: products.ofState, in: batch.dimensions, batch.leaves, scratch: scratch)
    guard let product = products.ofInput else { return }
    inputLeafSums?.add(timeSteps, of: product, in: batch.dimensions, batch.leaves, scratch: scratch)
  }

  /// Forms the gradients of weights and biases, once time has been gone back through.
  func form(_ products: LayerProducts, of batch: NetworkBatch) {
    if sumsByBlocks(products, of: batch) {
      leafSums.place(products.ofState, batch.leaves)
      if let product = products.ofInput { inputLeafSums?.place(product, batch.leaves) }
    } else {
      resources.form(products.ofState, over: batch.dimensions, batch.leaves)
      if let product = products.ofInput {
        resources.form(product, over: batch.dimensions, batch.leaves)
      }
    }
  }

  /// Sums the time steps' gradients of the sums by symbol. // [V, G·H]
  func formGradients(
    bySymbol rows: Common<UnfoldSymbolRow>, of batch: NetworkBatch,
    at symbolGradients: FloatPointer
  ) {
    resources.sumRows(
      of: Common(gates.base), width: dimensions.gateWidth, rows, batch, into: symbolGradients)
  }

  private func inputGradient(
    _ inputs: Common<Float>, _ gradients: FloatPointer
  ) -> WeightGradient {
    WeightGradient(
      inputs: inputs, width: dimensions.input,
      sums: Disjoint(gradients + parameters.inputWeight.offset))
  }

  private func stateGradient(
    _ resets: Resets, _ gradients: FloatPointer
  ) -> WeightGradient {
    WeightGradient(
      inputs: Common(outputsArena.base), width: dimensions.hidden, zeroRows: resets.rows,
      sums: Disjoint(gradients + parameters.hiddenWeight.offset))
  }

  /// Both of PyTorch's biases stand in the input's sums, unless the state has sums of its own.
  private func biasGradients(_ gradients: FloatPointer) -> BiasGradients {
    BiasGradients(
      first: Disjoint(gradients + parameters.inputBias.offset),
      second: traits.separatesRecurrentSums
        ? nil : Disjoint(gradients + parameters.hiddenBias.offset))
  }
}
