// The gates of the GRU for `rows` rows of one time step; H is `hidden`.

#define GRU_GATES 3

/// The first `left` of W units of the GRU. Pointers are to the first row's first unit.
INLINE void gru_units(
    const int rows, size_t hidden, size_t left, float *gates, const float *recurrent,
    const float *previous_hidden, float *output) {
  static const Gate functions[2 * GATE_ROWS] = {SIGMOID, SIGMOID, SIGMOID, SIGMOID};
  vec sums[GATE_ROWS][2], r[GATE_ROWS], z[GATE_ROWS], candidate[GATE_ROWS];
  ratio ratios[GATE_ROWS][2], squashed[GATE_ROWS];
  UNROLL for (int row = 0; row < rows; row++) {
    UNROLL for (int g = 0; g < 2; g++) {
      size_t place = (size_t)(row * GRU_GATES + g) * hidden;
      sums[row][g] = load_some(gates + place, left) + load_some(recurrent + place, left);
    }
  }
  gate_ratios(2 * rows, functions, sums[0], ratios[0]);
  UNROLL for (int row = 0; row < rows; row++) {
    divide_both(ratios[row][0], ratios[row][1], &r[row], &z[row]);
    size_t place = (size_t)(row * GRU_GATES + 2) * hidden;
    candidate[row] =
        fused(r[row], load_some(recurrent + place, left), load_some(gates + place, left));
  }
  tanh_ratios(rows, candidate, squashed);
  UNROLL for (int row = 0; row < rows; row++) {
    float *gate = gates + (size_t)row * GRU_GATES * hidden;
    vec n = squashed[row].over / squashed[row].under;
    vec h = load_some(previous_hidden + (size_t)row * hidden, left);
    store_some(gate, r[row], left);
    store_some(gate + hidden, z[row], left);
    store_some(gate + 2 * hidden, n, left);
    store_some(output + (size_t)row * hidden, fused(z[row], h - n, n), left);
  }
}

static void gru_forward(
    size_t rows, size_t hidden, float *gates, const float *recurrent, const float *previous_hidden,
    float *output) {
  for (size_t row = 0; row < rows; row += GATE_ROWS) {
    FOR_VECTORS(j, hidden, left) {
      size_t sums = row * GRU_GATES * hidden + j, place = row * hidden + j;
      if (rows - row >= GATE_ROWS) {
        gru_units(
            GATE_ROWS, hidden, left, gates + sums, recurrent + sums, previous_hidden + place,
            output + place);
      } else {
        gru_units(
            1, hidden, left, gates + sums, recurrent + sums, previous_hidden + place,
            output + place);
      }
    }
  }
}

static void gru_backward(
    size_t rows, size_t hidden, float *gates, float *recurrent, const float *previous_hidden,
    const float *output_gradient, float *hidden_gradient) {
  for (size_t row = 0; row < rows; row++) {
    float *gate = gates + row * GRU_GATES * hidden;
    float *from_state = recurrent + row * GRU_GATES * hidden;
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
