import Recurrent

/// The function of a header that computes one time step of a recurrent layer.
struct CLayer {
  private let model: ExportedModel
  private let prefix: String
  private let macro: String

  init(_ model: ExportedModel, prefix: String, macro: String) {
    self.model = model
    self.prefix = prefix
    self.macro = macro
  }

  /// The function, and what it calls.
  var text: String {
    """
    \(sigmoid)static inline void \(prefix)_layer(
        const float *x, size_t width, const float *w_ih, const float *w_hh, const float *b_ih,
        const float *b_hh, float *h\(model.cell == .lstm ? ", float *c" : "")) {
      float next[\(macro)_HIDDEN];
      for (size_t j = 0; j < \(macro)_HIDDEN; j++) {
        float in[\(gates)], rec[\(gates)];
        for (size_t g = 0; g < \(gates); g++) {
          const size_t row = g * \(macro)_HIDDEN + j;
          in[g] = b_ih[row];
          rec[g] = b_hh[row];
          for (size_t k = 0; k < width; k++) in[g] += w_ih[row * width + k] * x[k];
          for (size_t k = 0; k < \(macro)_HIDDEN; k++) {
            rec[g] += w_hh[row * \(macro)_HIDDEN + k] * h[k];
          }
        }
    \(unit)
      }
      memcpy(h, next, sizeof next);
    }
    """
  }

  private var gates: Int { model.cell.gates }

  private var sigmoid: String {
    guard model.cell != .elman else { return "" }
    return """
      static inline float \(prefix)_sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }


      """
  }

  /// The new state of unit j from the sums of its gates.
  private var unit: String {
    let sigmoid = "\(prefix)_sigmoid"
    switch model.cell {
    case .elman:
      let function =
        model.activation == .rectifier
        ? "in[0] + rec[0] > 0.0f ? in[0] + rec[0] : 0.0f" : "tanhf(in[0] + rec[0])"
      return "    next[j] = \(function);"
    case .gru:
      return """
            const float r = \(sigmoid)(in[0] + rec[0]);
            const float z = \(sigmoid)(in[1] + rec[1]);
            const float n = tanhf(in[2] + r * rec[2]);
            next[j] = (1.0f - z) * n + z * h[j];
        """
    case .lstm:
      return """
            const float i = \(sigmoid)(in[0] + rec[0]);
            const float f = \(sigmoid)(in[1] + rec[1]);
            const float g = tanhf(in[2] + rec[2]);
            const float o = \(sigmoid)(in[3] + rec[3]);
            c[j] = f * c[j] + i * g;
            next[j] = o * tanhf(c[j]);
        """
    }
  }
}
