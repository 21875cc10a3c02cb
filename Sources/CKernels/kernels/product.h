// Packed products. A tile of TILE_ROWS × NR results stays in registers while k runs. k is cut in
// blocks, and rows in blocks of tiles, so that what is packed of A and a panel's block of B stay in
// the second-level cache; results continue from memory, so the cut does not show in the bits.
#define BLOCK_K 512
// Processors with vectors for tiles of 12 rows have at least 1 MiB of it, others from 256 KiB.
#define BLOCK_ROWS (TILE_ROWS == 12 ? 216 : 96)

// MARK: Tiles

typedef void (*Tile)(
    size_t k, const float *a, const float *b, const float *start, size_t start_stride, float *c,
    size_t ldc);

#define TILE_VECTOR vec
#define TILE_VECTORS 2
#define TILE_NAME(name) name##_wide
#include "tile.h"

#define TILE_VECTOR vec
#define TILE_VECTORS 1
#define TILE_NAME(name) name##_narrow
#include "tile.h"

#define TILE_VECTOR half_vec
#define TILE_VECTORS 1
#define TILE_NAME(name) name##_half
#include "tile.h"

/// One tile against one panel; a panel's missing columns are computed aside.
INLINE void tile_panel(
    size_t rows, size_t columns, bool grouped, size_t k, const float *a, const float *b,
    const float *start, size_t start_stride, float *c, size_t ldc) {
  size_t width = columns > W ? 2 * W : columns > W / 2 ? W : W / 2;
  const Tile(*tiles)[2] = columns > W ? tiles_wide : columns > W / 2 ? tiles_narrow : tiles_half;
  Tile multiply = tiles[rows - 1][grouped];
  if (columns == width) {
    multiply(k, a, b, start, start_stride, c, ldc);
    return;
  }
  float aside[TILE_ROWS * NR];
  for (size_t r = 0; start && r < rows; r++) {
    copy_padded(start + r * start_stride, columns, NR, aside + r * NR);
  }
  multiply(k, a, b, start ? aside : NULL, NR, aside, NR);
  for (size_t r = 0; r < rows; r++) {
    for (size_t i = 0; i < columns; i++) c[r * ldc + i] = aside[r * NR + i];
  }
}

/// The results of the tile after this one, which are about to be read and written.
INLINE void prefetch_results(const float *c, size_t ldc, size_t rows) {
  for (size_t r = 0; r < rows; r++) {
    __builtin_prefetch(c + r * ldc, 1);
    __builtin_prefetch(c + r * ldc + NR - 1, 1);
  }
}

// MARK: Blocks

/// What is packed of A: rows in tiles of `height`, `stride` floats a row.
typedef struct {
  const float *packed;
  bool grouped;
  size_t rows, height, stride;
} PackedRows;

/// A block of A against panels of B, for `k` of its columns.
static void multiply_block(
    PackedRows a, size_t k, const float *b, size_t panel_stride, size_t n, size_t first_panel,
    size_t end_panel, UnfoldStart start, float *c, size_t ldc) {
  for (size_t panel = first_panel; panel < end_panel; panel++) {
    size_t columns = smaller(NR, n - panel * NR);
    for (size_t r = 0; r < a.rows; r += a.height) {
      size_t rows = smaller(a.height, a.rows - r);
      float *results = c + r * ldc + panel * NR;
      const float *from = start.values ? start.values + panel * NR : NULL;
      size_t stride = start.stride;
      if (start.rows) {
        for (size_t i = 0; i < rows; i++) {
          memcpy(
              results + i * ldc, from + (size_t)start.rows[r + i] * stride,
              columns * sizeof(float));
        }
        from = results;
        stride = ldc;
      } else if (from) {
        from += r * stride;
      }
      if (r + rows < a.rows) {
        prefetch_results(results + rows * ldc, ldc, smaller(a.height, a.rows - r - rows));
      } else if (panel + 1 < end_panel) {
        prefetch_results(c + (panel + 1) * NR, ldc, smaller(a.height, a.rows));
      }
      tile_panel(
          rows, columns, a.grouped, k, a.packed + r * a.stride, b + panel * panel_stride, from,
          stride, results, ldc);
    }
  }
}

/// The length of nearly equal blocks of at most `longest`, in whole units.
INLINE size_t block_length(size_t count, size_t longest, size_t unit) {
  size_t blocks = (count + longest - 1) / longest;
  return blocks ? rounded_up((count + blocks - 1) / blocks, unit) : 0;
}

// MARK: Products

static void product(
    const float *a, size_t lda, size_t rows, size_t k, const float *packed, size_t n,
    size_t first_panel, size_t end_panel, UnfoldStart start, float *c, size_t ldc,
    float *scratch) {
  size_t height = tile_height(rows);
  size_t block = block_length(rows, height * (BLOCK_ROWS / TILE_ROWS), height);
  size_t length = block_length(k, BLOCK_K, GROUP);
  for (size_t first_k = 0; first_k < k; first_k += length) {
    size_t ks = smaller(length, k - first_k), stride = rounded_up(ks, GROUP);
    for (size_t first = 0; first < rows; first += block) {
      size_t count = smaller(block, rows - first);
      for (size_t r = 0; r < count; r += height) {
        pack_rows(
            a + (first + r) * lda + first_k, lda, smaller(height, count - r), ks,
            scratch + r * stride);
      }
      UnfoldStart from = {c + first * ldc, ldc, NULL};
      if (first_k == 0) {
        from = start;
        if (start.rows) {
          from.rows += first;
        } else if (start.values) {
          from.values += first * start.stride;
        }
      }
      multiply_block(
          (PackedRows){scratch, true, count, height, stride}, ks, packed + first_k * NR, k * NR,
          n, first_panel, end_panel, from, c + first * ldc, ldc);
    }
  }
}

static void window_product(
    const float *a, size_t time_steps, size_t streams, size_t a_width, size_t first_row,
    size_t end_row, UnfoldWindowOperand left, UnfoldWindowOperand right, float *column_sums,
    bool continues, float *scratch) {
  size_t k = time_steps * streams, rows = end_row - first_row;
  if (column_sums && k > 0 && !continues) memset(column_sums + first_row, 0, rows * sizeof(float));
  size_t height = tile_height(rows);
  size_t block = block_length(rows, height * (BLOCK_ROWS / TILE_ROWS), height);
  size_t length = block_length(k, BLOCK_K, GROUP);
  for (size_t first_k = 0; first_k < k; first_k += length) {
    size_t ks = smaller(length, k - first_k);
    for (size_t first = 0; first < rows; first += block) {
      size_t count = smaller(block, rows - first);
      pack_window_columns(
          a, time_steps, streams, a_width, first_row + first, count, height, first_k, ks,
          column_sums ? column_sums + first_row + first : NULL, scratch);
      const UnfoldWindowOperand operands[] = {left, right};
      for (int side = 0; side < 2; side++) {
        UnfoldWindowOperand b = operands[side];
        if (b.width == 0) continue;
        float *sums = b.sums + (first_row + first) * b.width;
        UnfoldStart start = {continues || first_k > 0 ? sums : NULL, b.width, NULL};
        multiply_block(
            (PackedRows){scratch, false, count, height, ks}, ks, b.packed + first_k * NR, k * NR,
            b.width, 0, (b.width + NR - 1) / NR, start, sums, b.width);
      }
    }
  }
}
