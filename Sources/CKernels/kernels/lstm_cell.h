// The gates of the LSTM for `rows` rows of one time step; H is `hidden`.

#define LSTM_GATES 4

/// So many rows' outputs are formed side by side in lstm_forward.
#define OUTPUT_ROWS 4

/// Some units of the LSTM: where the first row's first one stands. That of the next gate is `hidden`
/// floats on.
typedef struct {
  size_t hidden;
  float *gates;
  const float *previous_memory;
  float *memory, *memory_tanh, *output;
} LSTMUnits;

INLINE LSTMUnits lstm_units_at(LSTMUnits first, size_t row, size_t unit) {
  size_t place = row * first.hidden + unit;
  return (LSTMUnits){
      first.hidden,
      first.gates + row * LSTM_GATES * first.hidden + unit,
      first.previous_memory + place,
      first.memory + place,
      first.memory_tanh + place,
      first.output + place,
  };
}

/// The gates and c of the first `left` of W units, from the sums of their gates. c and o are returned.
INLINE void lstm_gates(
    const int rows, const vec sums[][LSTM_GATES], LSTMUnits units, size_t left, vec *c, vec *o) {
  static const Gate gates[GATE_ROWS * LSTM_GATES] = {SIGMOID, SIGMOID, TANH, SIGMOID,
                                                     SIGMOID, SIGMOID, TANH, SIGMOID};
  ratio ratios[GATE_ROWS][LSTM_GATES];
  vec i[GATE_ROWS], f[GATE_ROWS], g[GATE_ROWS];
  gate_ratios(rows * LSTM_GATES, gates, sums[0], ratios[0]);
  UNROLL for (int r = 0; r < rows; r++) {
    divide_both(ratios[r][0], ratios[r][1], &i[r], &f[r]);
    divide_both(ratios[r][2], ratios[r][3], &g[r], &o[r]);
  }
  UNROLL for (int r = 0; r < rows; r++) {
    size_t place = (size_t)r * units.hidden;
    float *gate = units.gates + place * LSTM_GATES;
    c[r] = fused(f[r], load_some(units.previous_memory + place, left), i[r] * g[r]);
    store_some(gate, i[r], left);
    store_some(gate + units.hidden, f[r], left);
    store_some(gate + 2 * units.hidden, g[r], left);
    store_some(gate + 3 * units.hidden, o[r], left);
    store_some(units.memory + place, c[r], left);
  }
}

/// tanh c and h.
INLINE void lstm_outputs(
    const int rows, const vec *c, const vec *o, LSTMUnits units, size_t left) {
  ratio squashed[MOST_VECTORS];
  tanh_ratios(rows, c, squashed);
  UNROLL for (int r = 0; r < rows; r++) {
    size_t place = (size_t)r * units.hidden;
    vec tanh_c = squashed[r].over / squashed[r].under;
    store_some(units.memory_tanh + place, tanh_c, left);
    store_some(units.output + place, o[r] * tanh_c, left);
  }
}

/// Everything of the first `left` of W units of some rows, from the sums of their gates.
INLINE void lstm_units(
    const int rows, const vec sums[][LSTM_GATES], LSTMUnits units, size_t left) {
  vec c[MOST_VECTORS], o[MOST_VECTORS];
  const int whole = rows / GATE_ROWS * GATE_ROWS;
  KEEP_LOOP for (int r = 0; r < whole; r += GATE_ROWS) {
    lstm_gates(GATE_ROWS, sums + r, lstm_units_at(units, (size_t)r, 0), left, c + r, o + r);
  }
  if (whole < rows) {
    LSTMUnits last = lstm_units_at(units, (size_t)whole, 0);
    lstm_gates(1, sums + whole, last, left, c + whole, o + whole);
  }
  // All rows side by side: this is one more chain.
  lstm_outputs(rows, c, o, units, left);
}

INLINE void store_half(float *p, half_vec v, size_t count) {
  store_some(p, join_halves(v, (half_vec){}), count);
}

/// The gates and c of the first `left` of W / 2 units. Two gates' sums share a vector: i and f, g and o.
INLINE void lstm_half_gates(
    const int rows, const vec sums[][LSTM_GATES], LSTMUnits units, size_t left, half_vec *c,
    half_vec *o) {
  static const Gate gates[2 * GATE_ROWS] = {SIGMOID, TANH_AND_SIGMOID, SIGMOID, TANH_AND_SIGMOID};
  vec pairs[GATE_ROWS][2];
  ratio ratios[GATE_ROWS][2];
  half_vec i[GATE_ROWS], f[GATE_ROWS], g[GATE_ROWS];
  UNROLL for (int r = 0; r < rows; r++) memcpy(pairs[r], sums[r], sizeof pairs[r]);
  gate_ratios(2 * rows, gates, pairs[0], ratios[0]);
  UNROLL for (int r = 0; r < rows; r++) {
    divide_halves(ratios[r][0], &i[r], &f[r]);
    divide_halves(ratios[r][1], &g[r], &o[r]);
  }
  UNROLL for (int r = 0; r < rows; r++) {
    size_t place = (size_t)r * units.hidden;
    float *gate = units.gates + place * LSTM_GATES;
    c[r] = fused(f[r], lower_half(load_some(units.previous_memory + place, left)), i[r] * g[r]);
    store_half(gate, i[r], left);
    store_half(gate + units.hidden, f[r], left);
    store_half(gate + 2 * units.hidden, g[r], left);
    store_half(gate + 3 * units.hidden, o[r], left);
    store_half(units.memory + place, c[r], left);
  }
}

/// Everything of the first `left` of W / 2 units of some rows.
INLINE void lstm_half_units(
    const int rows, const vec sums[][LSTM_GATES], LSTMUnits units, size_t left) {
  half_vec c[MOST_VECTORS], o[MOST_VECTORS];
  const int whole = rows / GATE_ROWS * GATE_ROWS;
  KEEP_LOOP for (int r = 0; r < whole; r += GATE_ROWS) {
    LSTMUnits some = lstm_units_at(units, (size_t)r, 0);
    lstm_half_gates(GATE_ROWS, sums + r, some, left, c + r, o + r);
  }
  if (whole < rows) {
    LSTMUnits last = lstm_units_at(units, (size_t)whole, 0);
    lstm_half_gates(1, sums + whole, last, left, c + whole, o + whole);
  }
  // Two rows share a vector.
  const int pairs = (rows + 1) / 2;
  if (rows % 2) c[rows] = o[rows] = (half_vec){};
  vec memories[MOST_VECTORS / 2];
  ratio squashed[MOST_VECTORS / 2];
  UNROLL for (int p = 0; p < pairs; p++) memories[p] = join_halves(c[2 * p], c[2 * p + 1]);
  tanh_ratios(pairs, memories, squashed);
  UNROLL for (int p = 0; p < pairs; p++) {
    vec tanh_c = squashed[p].over / squashed[p].under;
    vec h = join_halves(o[2 * p], o[2 * p + 1]) * tanh_c;
    size_t place = (size_t)(2 * p) * units.hidden;
    store_half(units.memory_tanh + place, lower_half(tanh_c), left);
    store_half(units.output + place, lower_half(h), left);
    if (2 * p + 1 == rows) break;
    store_half(units.memory_tanh + place + units.hidden, upper_half(tanh_c), left);
    store_half(units.output + place + units.hidden, upper_half(h), left);
  }
}

/// The same from sums that stand in the gates' place.
INLINE void lstm_units_in_place(const int rows, LSTMUnits units, size_t left) {
  vec sums[MOST_VECTORS][LSTM_GATES];
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int g = 0; g < LSTM_GATES; g++) {
      sums[r][g] = load_some(units.gates + (size_t)(r * LSTM_GATES + g) * units.hidden, left);
    }
  }
  lstm_units(rows, sums, units, left);
}

static void lstm_forward(
    size_t rows, size_t hidden, float *gates, const float *previous_memory, float *memory,
    float *memory_tanh, float *output) {
  LSTMUnits first = {hidden, gates, previous_memory, memory, memory_tanh, output};
  for (size_t r = 0; r < rows; r += OUTPUT_ROWS) {
    FOR_VECTORS(j, hidden, left) {
      LSTMUnits units = lstm_units_at(first, r, j);
      switch (rows - r) {
        case 1: lstm_units_in_place(1, units, left); break;
        case 2: lstm_units_in_place(2, units, left); break;
        case 3: lstm_units_in_place(3, units, left); break;
        default: lstm_units_in_place(OUTPUT_ROWS, units, left);
      }
    }
  }
}

static void lstm_backward(
    size_t rows, size_t hidden, size_t streams, float *gates, const float *previous_memory,
    const float *memory_tanh, const float *output_gradient, const float *hidden_gradient,
    float *memory_gradient) {
  // The time step before comes next.
  ptrdiff_t back = (ptrdiff_t)(streams * hidden);
  for (size_t r = 0; r < rows; r++) {
    float *gate_i = gates + r * LSTM_GATES * hidden, *gate_f = gate_i + hidden;
    float *gate_g = gate_f + hidden, *gate_o = gate_g + hidden;
    FOR_VECTORS(j, hidden, left) {
      ptrdiff_t next = (ptrdiff_t)j - LSTM_GATES * back;
      __builtin_prefetch(gate_i + next);
      __builtin_prefetch(gate_f + next);
      __builtin_prefetch(gate_g + next);
      __builtin_prefetch(gate_o + next);
      next = (ptrdiff_t)j - back;
      __builtin_prefetch(memory_tanh + next);
      __builtin_prefetch(previous_memory + next);
      __builtin_prefetch(output_gradient + next);
      vec i = load_some(gate_i + j, left);
      vec f = load_some(gate_f + j, left);
      vec g = load_some(gate_g + j, left);
      vec o = load_some(gate_o + j, left);
      vec squashed = load_some(memory_tanh + j, left);
      vec dh = load_some(output_gradient + j, left) + load_some(hidden_gradient + j, left);
      vec dc = fused(dh * o, slope_of_tanh(squashed), load_some(memory_gradient + j, left));
      vec df = dc * load_some(previous_memory + j, left);
      store_some(gate_i + j, (dc * g) * slope_of_sigmoid(i), left);
      store_some(gate_f + j, df * slope_of_sigmoid(f), left);
      store_some(gate_g + j, (dc * i) * slope_of_tanh(g), left);
      store_some(gate_o + j, (dh * squashed) * slope_of_sigmoid(o), left);
      store_some(memory_gradient + j, dc * f, left);
    }
    memory_tanh += hidden, previous_memory += hidden, memory_gradient += hidden;
    output_gradient += hidden, hidden_gradient += hidden;
  }
}
