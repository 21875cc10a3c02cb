// A whole time step of the LSTM: its sums stay in registers until the gates have used them. Weights lie
// in blocks of W units, [block][k][gate][W], zero-padded, so that a unit's gates stand side by side.

/// Rows whose sums the registers hold.
#define STEP_ROWS (TILE_ROWS / 2)

typedef void (*LSTMTile)(const UnfoldLSTMStep *step, size_t row, size_t block);

#define TILE_VECTOR vec
#define TILE_NAME(name) name##_wide
#include "lstm_tile.h"

#define TILE_VECTOR half_vec
#define TILE_NAME(name) name##_half
#include "lstm_tile.h"

static void lstm_step(const UnfoldLSTMStep *step) {
  size_t tiles = (step->rows + STEP_ROWS - 1) / STEP_ROWS;
  for (size_t block = 0; block * W < step->hidden; block++) {
    bool is_half = step->hidden - block * W <= W / 2;
    for (size_t tile = 0; tile < tiles; tile++) {
      size_t row = step->rows * tile / tiles, rows = step->rows * (tile + 1) / tiles - row;
      (is_half ? lstm_tiles_half : lstm_tiles_wide)[rows - 1](step, row, block);
    }
  }
}

static void pack_unit_weight(
    const float *weight, size_t gates, size_t hidden, size_t columns, size_t first_block,
    size_t end_block, float *packed) {
  size_t stride = gates * W;
  for (size_t block = first_block; block < end_block; block++) {
    float *out = packed + block * columns * stride;
    memset(out, 0, columns * stride * sizeof(float));
    for (size_t gate = 0; gate < gates; gate++, out += W) {
      const float *rows = weight + (gate * hidden + block * W) * columns;
      transpose_rows(rows, columns, columns, smaller(W, hidden - block * W), out, stride);
    }
  }
}
