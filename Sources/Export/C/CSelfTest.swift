/// The self-test of a header: a program that runs the test vector twice, the second time from the state
/// that the first left, and prints the largest difference.
struct CSelfTest {
  private let header: CHeader

  init(_ header: CHeader) { self.header = header }

  /// It, with what turns it on.
  var text: String {
    let (prefix, macro) = (header.prefix, header.macro)
    let outputs = Array(header.vector.allOutputs.joined())
    return """
      #ifdef \(macro)_SELF_TEST
      #include <stdio.h>

      \(inputs)\(header.array("test_outputs", outputs))
      int main(void) {
        const float tolerance = \(header.vector.tolerance)f;
        float output[\(macro)_OUTPUTS], largest = 0.0f;
        \(prefix)_reset();
        for (size_t t = 0; t < \(2 * TestVector.timeSteps); t++) {
          const size_t step = t % \(TestVector.timeSteps);
          \(prefix)_step(\(operand), output);
          for (size_t o = 0; o < \(macro)_OUTPUTS; o++) {
            const float difference =
                fabsf(output[o] - \(prefix)_test_outputs[t * \(macro)_OUTPUTS + o]);
            /* Not a number is as wrong as can be. */
            if (!(difference <= largest)) largest = difference >= 0.0f ? difference : INFINITY;
          }
        }
        printf("%g is the largest difference, %g is allowed\\n", (double)largest, (double)tolerance);
        return largest <= tolerance ? 0 : 1;
      }
      #endif
      """
  }

  private var inputs: String {
    if let symbols = header.vector.symbols {
      return header.list("int", "test_symbols", symbols.map { "\($0)" })
    }
    return header.array("test_inputs", Array((header.vector.inputs ?? []).joined()))
  }

  private var operand: String {
    header.vector.symbols == nil
      ? "\(header.prefix)_test_inputs + step * \(header.macro)_INPUTS"
      : "\(header.prefix)_test_symbols[step]"
  }
}
