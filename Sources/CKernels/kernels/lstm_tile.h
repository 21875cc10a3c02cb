// Some rows of a time step of the LSTM, for one block of units: included once for each width, which
// has set TILE_VECTOR and TILE_NAME for its names.

/// One k of the sums: `a` points to the first row's factor.
INLINE void TILE_NAME(add_products)(
    const int rows, size_t k, const float *a, const float *weight,
    TILE_VECTOR sum[STEP_ROWS][LSTM_GATES]) {
  for (size_t i = 0; i < k; i++, weight += LSTM_GATES * W) {
    TILE_VECTOR factor[STEP_ROWS];
    UNROLL for (int r = 0; r < rows; r++) factor[r] = a[(size_t)r * k + i] - (TILE_VECTOR){};
    UNROLL for (int g = 0; g < LSTM_GATES; g++) {
      TILE_VECTOR column;
      memcpy(&column, weight + g * W, sizeof column);
      UNROLL for (int r = 0; r < rows; r++) sum[r][g] = fused(factor[r], column, sum[r][g]);
    }
  }
}

INLINE void TILE_NAME(lstm_tile)(
    const int rows, const UnfoldLSTMStep *step, size_t row, size_t block) {
  size_t hidden = step->hidden, unit = block * W, left = smaller(W, hidden - unit);
  TILE_VECTOR sum[STEP_ROWS][LSTM_GATES];
  UNROLL for (int r = 0; r < rows; r++) {
    const float *start = start_of_row(step->start, row + (size_t)r) + unit;
    UNROLL for (int g = 0; g < LSTM_GATES; g++) {
      vec first = load_some(start + (size_t)g * hidden, left);
      memcpy(&sum[r][g], &first, sizeof sum[r][g]);
    }
  }
  TILE_NAME(add_products)(
      rows, step->inputs, step->input + row * step->inputs,
      step->input_weight + block * step->inputs * LSTM_GATES * W, sum);
  TILE_NAME(add_products)(
      rows, hidden, step->previous_hidden + row * hidden,
      step->hidden_weight + block * hidden * LSTM_GATES * W, sum);
  // Out of the registers, which the gates' functions need.
  vec sums[STEP_ROWS][LSTM_GATES] = {};
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int g = 0; g < LSTM_GATES; g++) memcpy(&sums[r][g], &sum[r][g], sizeof sum[r][g]);
  }
  LSTMUnits first = {
      hidden,       step->gates,       step->previous_memory,
      step->memory, step->memory_tanh, step->output,
  };
  lstm_units(rows, sums, lstm_units_at(first, row, unit), left);
}

#define DEFINE_TILE(ROWS)                                                             \
  static void TILE_NAME(lstm_tile_##ROWS)(                                            \
      const UnfoldLSTMStep *step, size_t row, size_t block) {                         \
    TILE_NAME(lstm_tile)(ROWS, step, row, block);                                     \
  }

DEFINE_TILE(1)
DEFINE_TILE(2)
DEFINE_TILE(3)
#if STEP_ROWS == 6
DEFINE_TILE(4)
DEFINE_TILE(5)
DEFINE_TILE(6)
#endif

/// By rows - 1.
static const LSTMTile TILE_NAME(lstm_tiles)[STEP_ROWS] = {
    TILE_NAME(lstm_tile_1), TILE_NAME(lstm_tile_2), TILE_NAME(lstm_tile_3),
#if STEP_ROWS == 6
    TILE_NAME(lstm_tile_4), TILE_NAME(lstm_tile_5), TILE_NAME(lstm_tile_6),
#endif
};

#undef DEFINE_TILE
#undef TILE_VECTOR
#undef TILE_NAME
