// Whole time steps of the LSTM: their sums stay in registers until the gates have used them. Weights lie
// in blocks of W units, [block][k][gate][W], zero-padded, so that a unit's gates stand side by side. If
// at most W / 2 units are left for the last block it is half as wide, and two gates share a vector.

/// Rows whose sums the registers hold.
#define STEP_ROWS (TILE_ROWS / 2)

INLINE size_t units_of_block(size_t hidden, size_t block) {
  return hidden - block * W <= W / 2 ? W / 2 : W;
}

/// Several k between two jumps, where registers are many; AVX2 gets slower by it.
#if W == 16
#define UNROLL_STEPS _Pragma("clang loop unroll_count(4)")
#else
#define UNROLL_STEPS KEEP_LOOP
#endif

/// One k of the sums: `a` points to the first row's factor.
INLINE void add_products(
    const int rows, const int vectors, size_t k, const float *a, const float *weight,
    vec sum[STEP_ROWS][LSTM_GATES]) {
  UNROLL_STEPS for (size_t i = 0; i < k; i++, weight += vectors * W) {
    vec factor[STEP_ROWS];
    UNROLL for (int r = 0; r < rows; r++) factor[r] = splat(a[(size_t)r * k + i]);
    UNROLL for (int v = 0; v < vectors; v++) {
      vec column = load(weight + v * W);
      UNROLL for (int r = 0; r < rows; r++) sum[r][v] = fused(factor[r], column, sum[r][v]);
    }
  }
}

/// Some rows of one block of units, whose gates' sums take so many vectors.
INLINE void lstm_tile(
    const int rows, const int vectors, const UnfoldLSTMSteps *step, size_t row, size_t block) {
  size_t hidden = step->hidden, unit = block * W, left = smaller(W, hidden - unit);
  vec sum[STEP_ROWS][LSTM_GATES];
  UNROLL for (int r = 0; r < rows; r++) {
    const float *start = start_of_row(step->start, row + (size_t)r) + unit;
    vec first[LSTM_GATES];
    UNROLL for (int g = 0; g < LSTM_GATES; g++) first[g] = load_some(start + (size_t)g * hidden, left);
    UNROLL for (int v = 0; v < vectors; v++) {
      sum[r][v] = vectors == LSTM_GATES
                      ? first[v]
                      : join_halves(lower_half(first[2 * v]), lower_half(first[2 * v + 1]));
    }
  }
  add_products(
      rows, vectors, step->inputs, step->input + row * step->inputs,
      step->input_weight + block * step->inputs * LSTM_GATES * W, sum);
  add_products(
      rows, vectors, hidden, step->previous_hidden + row * hidden,
      step->hidden_weight + block * hidden * LSTM_GATES * W, sum);
  // Out of the registers, which the gates' functions need.
  vec sums[STEP_ROWS][LSTM_GATES];
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = sum[r][v];
  }
  LSTMUnits first = {
      hidden,       step->gates,       step->previous_memory,
      step->memory, step->memory_tanh, step->output,
  };
  LSTMUnits units = lstm_units_at(first, row, unit);
  lstm_units(rows, vectors, sums, units, left);
}

typedef void (*LSTMTile)(const UnfoldLSTMSteps *step, size_t row, size_t block);

#define DEFINE_TILES(ROWS)                                                                    \
  static void lstm_tile_##ROWS(const UnfoldLSTMSteps *step, size_t row, size_t block) {        \
    lstm_tile(ROWS, LSTM_GATES, step, row, block);                                            \
  }                                                                                           \
  static void lstm_half_tile_##ROWS(const UnfoldLSTMSteps *step, size_t row, size_t block) {   \
    lstm_tile(ROWS, LSTM_GATES / 2, step, row, block);                                        \
  }

DEFINE_TILES(1)
DEFINE_TILES(2)
DEFINE_TILES(3)
#if STEP_ROWS == 6
DEFINE_TILES(4)
DEFINE_TILES(5)
DEFINE_TILES(6)
#define ALL_TILES(NAME) {NAME##_1, NAME##_2, NAME##_3, NAME##_4, NAME##_5, NAME##_6}
#else
#define ALL_TILES(NAME) {NAME##_1, NAME##_2, NAME##_3}
#endif

/// By rows - 1.
static const LSTMTile lstm_tiles[STEP_ROWS] = ALL_TILES(lstm_tile);
static const LSTMTile lstm_half_tiles[STEP_ROWS] = ALL_TILES(lstm_half_tile);

#undef DEFINE_TILES
#undef ALL_TILES

static void lstm_step(const UnfoldLSTMSteps *step, EvenCut tiles) {
  for (size_t block = 0; block * W < step->hidden; block++) {
    const LSTMTile *of_block =
        units_of_block(step->hidden, block) == W ? lstm_tiles : lstm_half_tiles;
    for (size_t tile = 0; tile < tiles.count; tile++) {
      size_t row = part_start(tiles, tile), rows = part_start(tiles, tile + 1) - row;
      of_block[rows - 1](step, row, block);
    }
  }
}

static void lstm_steps(const UnfoldLSTMSteps *steps) {
  UnfoldLSTMSteps step = *steps;
  EvenCut tiles = even_cut(step.rows, STEP_ROWS);
  size_t units = step.streams * step.hidden;
  for (size_t done = 0; done < steps->time_steps; done++) {
    lstm_step(&step, tiles);
    step.start = start_from_row(step.start, step.streams);
    if (step.inputs) step.input += step.streams * step.inputs;
    step.previous_hidden += units, step.previous_memory += units;
    step.gates += LSTM_GATES * units;
    step.memory += units, step.memory_tanh += units, step.output += units;
  }
}

static void pack_unit_weight(
    const float *weight, size_t gates, size_t hidden, size_t columns, size_t first_block,
    size_t end_block, float *packed) {
  for (size_t block = first_block; block < end_block; block++) {
    size_t units = units_of_block(hidden, block), stride = gates * units;
    float *out = packed + block * columns * gates * W;
    memset(out, 0, columns * stride * sizeof(float));
    for (size_t gate = 0; gate < gates; gate++, out += units) {
      const float *rows = weight + (gate * hidden + block * W) * columns;
      transpose_rows(rows, columns, columns, smaller(units, hidden - block * W), out, stride);
    }
  }
}
