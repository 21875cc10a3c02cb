import Checkpoints
import Storage

extension ParameterHash {
  /// The 64 digits over all parameters' numbers in the layout's order, without the gaps between them:
  /// what `unfold inspect` prints and `metrics.jsonl` holds.
  static func hexadecimal(
    of parameters: UnsafePointer<Float>, layout: ParameterLayout
  ) -> String {
    var hash = ParameterHash()
    for parameter in layout.parameters {
      hash.update(UnsafeBufferPointer(start: parameters + parameter.offset, count: parameter.count))
    }
    return hash.hexadecimal
  }
}
