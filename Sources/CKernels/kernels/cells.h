// The gates of the built-in cells for `rows` rows of one time step; H is `hidden`.

/// The derivatives, from the functions' values.
INLINE vec slope_of_sigmoid(vec y) { return fused(-y, y, y); }
INLINE vec slope_of_tanh(vec y) { return fused(-y, y, splat(1)); }

#define LSTM_GATES 4

/// The first `left` of W units, from the sums of their gates. All pointers are to the first unit's
/// place; that of the next gate is `hidden` floats on.
INLINE void lstm_unit(
    const vec sums[LSTM_GATES], size_t hidden, size_t left, float *gates,
    const float *previous_memory, float *memory, float *memory_tanh, float *output) {
  vec i = vsigmoid(sums[0]), f = vsigmoid(sums[1]), g = vtanh(sums[2]), o = vsigmoid(sums[3]);
  vec c = fused(f, load_some(previous_memory, left), i * g);
  vec squashed = vtanh(c);
  store_some(gates, i, left);
  store_some(gates + hidden, f, left);
  store_some(gates + 2 * hidden, g, left);
  store_some(gates + 3 * hidden, o, left);
  store_some(memory, c, left);
  store_some(memory_tanh, squashed, left);
  store_some(output, o * squashed, left);
}

static void lstm_forward(
    size_t rows, size_t hidden, float *gates, const float *previous_memory, float *memory,
    float *memory_tanh, float *output) {
  for (size_t r = 0; r < rows; r++) {
    FOR_VECTORS(j, hidden, left) {
      float *gate = gates + r * LSTM_GATES * hidden + j;
      size_t place = r * hidden + j;
      vec sums[LSTM_GATES];
      UNROLL for (int g = 0; g < LSTM_GATES; g++) sums[g] = load_some(gate + g * hidden, left);
      lstm_unit(
          sums, hidden, left, gate, previous_memory + place, memory + place, memory_tanh + place,
          output + place);
    }
  }
}

static void lstm_backward(
    size_t rows, size_t hidden, size_t streams, float *gates, const float *previous_memory,
    const float *memory_tanh, const float *output_gradient, const float *hidden_gradient,
    float *memory_gradient) {
  for (size_t r = 0; r < rows; r++) {
    float *gate = gates + r * 4 * hidden;
    size_t row = r * hidden;
    FOR_VECTORS(j, hidden, left) {
      // The time step before comes next.
      size_t back = streams * hidden;
      UNROLL for (size_t g = 0; g < LSTM_GATES; g++) {
        __builtin_prefetch(gate + g * hidden + j - LSTM_GATES * back);
      }
      __builtin_prefetch(memory_tanh + row + j - back);
      __builtin_prefetch(previous_memory + row + j - back);
      __builtin_prefetch(output_gradient + row + j - back);
      vec i = load_some(gate + j, left);
      vec f = load_some(gate + hidden + j, left);
      vec g = load_some(gate + 2 * hidden + j, left);
      vec o = load_some(gate + 3 * hidden + j, left);
      vec squashed = load_some(memory_tanh + row + j, left);
      vec dh = load_some(output_gradient + row + j, left) +
               load_some(hidden_gradient + row + j, left);
      vec dc = fused(dh * o, slope_of_tanh(squashed), load_some(memory_gradient + row + j, left));
      vec df = dc * load_some(previous_memory + row + j, left);
      store_some(gate + j, (dc * g) * slope_of_sigmoid(i), left);
      store_some(gate + hidden + j, df * slope_of_sigmoid(f), left);
      store_some(gate + 2 * hidden + j, (dc * i) * slope_of_tanh(g), left);
      store_some(gate + 3 * hidden + j, (dh * squashed) * slope_of_sigmoid(o), left);
      store_some(memory_gradient + row + j, dc * f, left);
    }
  }
}

static void gru_forward(
    size_t rows, size_t hidden, float *gates, const float *recurrent, const float *previous_hidden,
    float *output) {
  for (size_t row = 0; row < rows; row++) {
    float *gate = gates + row * 3 * hidden;
    const float *from_state = recurrent + row * 3 * hidden;
    FOR_VECTORS(j, 2 * hidden, left) {
      vec sum = load_some(gate + j, left) + load_some(from_state + j, left);
      store_some(gate + j, vsigmoid(sum), left);
    }
    FOR_VECTORS(j, hidden, left) {
      vec r = load_some(gate + j, left), z = load_some(gate + hidden + j, left);
      vec n = vtanh(fused(
          r, load_some(from_state + 2 * hidden + j, left),
          load_some(gate + 2 * hidden + j, left)));
      vec h = load_some(previous_hidden + row * hidden + j, left);
      store_some(gate + 2 * hidden + j, n, left);
      store_some(output + row * hidden + j, fused(z, h - n, n), left);
    }
  }
}

static void gru_backward(
    size_t rows, size_t hidden, float *gates, float *recurrent, const float *previous_hidden,
    const float *output_gradient, float *hidden_gradient) {
  for (size_t row = 0; row < rows; row++) {
    float *gate = gates + row * 3 * hidden;
    float *from_state = recurrent + row * 3 * hidden;
    FOR_VECTORS(j, hidden, left) {
      size_t unit = row * hidden + j;
      vec r = load_some(gate + j, left);
      vec z = load_some(gate + hidden + j, left);
      vec n = load_some(gate + 2 * hidden + j, left);
      vec candidate = load_some(from_state + 2 * hidden + j, left);
      vec dh = load_some(output_gradient + unit, left) + load_some(hidden_gradient + unit, left);
      vec dz = dh * (load_some(previous_hidden + unit, left) - n);
      vec dn = (dh * (1.0f - z)) * slope_of_tanh(n);
      vec dr_sum = (dn * candidate) * slope_of_sigmoid(r);
      vec dz_sum = dz * slope_of_sigmoid(z);
      store_some(gate + j, dr_sum, left);
      store_some(gate + hidden + j, dz_sum, left);
      store_some(gate + 2 * hidden + j, dn, left);
      store_some(from_state + j, dr_sum, left);
      store_some(from_state + hidden + j, dz_sum, left);
      store_some(from_state + 2 * hidden + j, dn * r, left);
      store_some(hidden_gradient + unit, dh * z, left);
    }
  }
}

static void elman_forward(
    size_t rows, size_t hidden, bool rectified, const float *gates, float *output) {
  FOR_VECTORS(j, rows * hidden, left) {
    vec a = load_some(gates + j, left);
    store_some(output + j, rectified ? vmax((vec){}, a) : vtanh(a), left);
  }
}

static void elman_backward(
    size_t rows, size_t hidden, bool rectified, float *gates, const float *output,
    const float *output_gradient, const float *hidden_gradient) {
  FOR_VECTORS(j, rows * hidden, left) {
    vec h = load_some(output + j, left);
    vec dh = load_some(output_gradient + j, left) + load_some(hidden_gradient + j, left);
    vec slope = rectified ? choose(h > 0.0f, splat(1), (vec){}) : slope_of_tanh(h);
    store_some(gates + j, dh * slope, left);
  }
}
