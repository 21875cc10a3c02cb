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

/// i, f, g and o of some rows, from the sums of their gates, which take so many vectors. Where these are
/// half as many as gates, i and f share one, g and o the other, and the results are the lower halves.
INLINE void lstm_activations(
    const int rows, const int vectors, const vec sums[][LSTM_GATES], vec gates[][LSTM_GATES]) {
  static const Gate wide[GATE_ROWS * LSTM_GATES] = {SIGMOID, SIGMOID, TANH, SIGMOID,
                                                    SIGMOID, SIGMOID, TANH, SIGMOID};
  static const Gate paired[GATE_ROWS * 2] = {SIGMOID, TANH_AND_SIGMOID, SIGMOID, TANH_AND_SIGMOID};
  vec side_by_side[GATE_ROWS * LSTM_GATES];
  ratio ratios[GATE_ROWS * LSTM_GATES];
  UNROLL for (int r = 0; r < rows; r++) {
    memcpy(side_by_side + r * vectors, sums[r], (size_t)vectors * sizeof(vec));
  }
  gate_ratios(rows * vectors, vectors == LSTM_GATES ? wide : paired, side_by_side, ratios);
  UNROLL for (int r = 0; r < rows; r++) {
    const ratio *own = ratios + r * vectors;
    UNROLL for (int g = 0; g < LSTM_GATES; g += 2) {
      if (vectors == LSTM_GATES) {
        divide_both(own[g], own[g + 1], &gates[r][g], &gates[r][g + 1]);
      } else {
        divide_halves(own[g / 2], &gates[r][g], &gates[r][g + 1]);
      }
    }
  }
}

/// The gates and c of the first `left` units, from the sums of their gates. c and o are returned.
INLINE void lstm_gates(
    const int rows, const int vectors, const vec sums[][LSTM_GATES], LSTMUnits units, size_t left,
    vec *c, vec *o) {
  vec gates[GATE_ROWS][LSTM_GATES];
  lstm_activations(rows, vectors, sums, gates);
  UNROLL for (int r = 0; r < rows; r++) {
    size_t place = (size_t)r * units.hidden;
    float *gate = units.gates + place * LSTM_GATES;
    vec i = gates[r][0], f = gates[r][1], g = gates[r][2];
    o[r] = gates[r][3];
    c[r] = fused(f, load_some(units.previous_memory + place, left), i * g);
    UNROLL for (int n = 0; n < LSTM_GATES; n++) {
      store_some(gate + (size_t)n * units.hidden, gates[r][n], left);
    }
    store_some(units.memory + place, c[r], left);
  }
}

/// tanh c and h of one row.
INLINE void store_lstm_outputs(LSTMUnits units, int row, vec tanh_c, vec h, size_t left) {
  size_t place = (size_t)row * units.hidden;
  store_some(units.memory_tanh + place, tanh_c, left);
  store_some(units.output + place, h, left);
}

INLINE void lstm_outputs(
    const int rows, const vec *c, const vec *o, LSTMUnits units, size_t left) {
  ratio squashed[MOST_VECTORS];
  tanh_ratios(rows, c, squashed);
  UNROLL for (int r = 0; r < rows; r++) {
    vec tanh_c = squashed[r].over / squashed[r].under;
    store_lstm_outputs(units, r, tanh_c, o[r] * tanh_c, left);
  }
}

/// The same of lower halves: two rows share a vector.
INLINE void lstm_half_outputs(
    const int rows, const vec *c, const vec *o, LSTMUnits units, size_t left) {
  const int pairs = (rows + 1) / 2;
  vec memories[MOST_VECTORS / 2], gates[MOST_VECTORS / 2];
  ratio squashed[MOST_VECTORS / 2];
  UNROLL for (int p = 0; p < pairs; p++) {
    int second = 2 * p + 1 < rows ? 2 * p + 1 : 2 * p;
    memories[p] = join_halves(lower_half(c[2 * p]), lower_half(c[second]));
    gates[p] = join_halves(lower_half(o[2 * p]), lower_half(o[second]));
  }
  tanh_ratios(pairs, memories, squashed);
  UNROLL for (int p = 0; p < pairs; p++) {
    vec tanh_c = squashed[p].over / squashed[p].under, h = gates[p] * tanh_c;
    store_lstm_outputs(units, 2 * p, tanh_c, h, left);
    if (2 * p + 1 == rows) break;
    store_lstm_outputs(
        units, 2 * p + 1, in_lower_half(upper_half(tanh_c)), in_lower_half(upper_half(h)), left);
  }
}

/// Everything of the first `left` units of some rows: of W, or of half as many where the sums of their
/// gates take half as many vectors.
INLINE void lstm_units(
    const int rows, const int vectors, const vec sums[][LSTM_GATES], LSTMUnits units,
    size_t left) {
  vec c[MOST_VECTORS], o[MOST_VECTORS];
  const int whole = rows / GATE_ROWS * GATE_ROWS;
  KEEP_LOOP for (int r = 0; r < whole; r += GATE_ROWS) {
    LSTMUnits some = lstm_units_at(units, (size_t)r, 0);
    lstm_gates(GATE_ROWS, vectors, sums + r, some, left, c + r, o + r);
  }
  if (whole < rows) {
    LSTMUnits last = lstm_units_at(units, (size_t)whole, 0);
    lstm_gates(1, vectors, sums + whole, last, left, c + whole, o + whole);
  }
  // All rows side by side: this is one more chain.
  if (vectors == LSTM_GATES) {
    lstm_outputs(rows, c, o, units, left);
  } else {
    lstm_half_outputs(rows, c, o, units, left);
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
  lstm_units(rows, LSTM_GATES, sums, units, left);
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
