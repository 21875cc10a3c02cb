import Storage

/// Where a network's parameters lie, under PyTorch's names.
struct NetworkParameters {
  struct Layer {
    let inputWeight: ParameterLayout.Parameter  // rnn.weight_ih_l* [G·H, I]
    let hiddenWeight: ParameterLayout.Parameter  // rnn.weight_hh_l* [G·H, H]
    let inputBias: ParameterLayout.Parameter  // rnn.bias_ih_l* [G·H]
    let hiddenBias: ParameterLayout.Parameter  // rnn.bias_hh_l* [G·H]
  }

  private(set) var layout = ParameterLayout()
  let embedding: ParameterLayout.Parameter?  // embedding.weight [V, E]
  let layers: [Layer]
  let readoutWeight: ParameterLayout.Parameter  // readout.weight [O, H], or the embedding's if tied
  let readoutBias: ParameterLayout.Parameter  // readout.bias [O]

  init(_ description: NetworkDescription, gateCount: Int) {
    var layout = ParameterLayout()
    if case .symbols(let count, let width) = description.input {
      embedding = layout.append("embedding.weight", shape: [count, width])
    } else {
      embedding = nil
    }
    let hidden = description.hidden
    let gateWidth = gateCount * hidden
    layers = (0..<description.layers).map { layer in
      let input = layer == 0 ? description.input.width : hidden
      return Layer(
        inputWeight: layout.append("rnn.weight_ih_l\(layer)", shape: [gateWidth, input]),
        hiddenWeight: layout.append("rnn.weight_hh_l\(layer)", shape: [gateWidth, hidden]),
        inputBias: layout.append("rnn.bias_ih_l\(layer)", shape: [gateWidth]),
        hiddenBias: layout.append("rnn.bias_hh_l\(layer)", shape: [gateWidth]))
    }
    if description.tied, let embedding {
      readoutWeight = embedding
    } else {
      readoutWeight = layout.append("readout.weight", shape: [description.outputs, hidden])
    }
    readoutBias = layout.append("readout.bias", shape: [description.outputs])
    self.layout = layout
  }
}
