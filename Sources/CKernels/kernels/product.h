// Packed products: see blocks.h for how they are cut.

// MARK: Tiles

typedef void (*RowTile)(
    size_t k, const float *a, const float *b, const float *start, size_t start_stride, float *c,
    size_t ldc);

/// How much of k each leaf has. They are a power of two, at most 2^LEAF_LEVELS.
typedef struct {
  const size_t *lengths;
  size_t count;
} LeafRun;

#define LEAF_LEVELS 10
_Static_assert(1 << LEAF_LEVELS == UNFOLD_MOST_LEAVES, "a level for each halving");

/// The gradients that a leaf's k multiply: as many rows as it has, `runs` times, each run `back` from where
/// the one before it ended.
typedef struct {
  const float *first;
  size_t stride, runs, back;
} LeafGradients;

typedef void (*LeafTile)(
    LeafRun leaves, const float *a, size_t lda, const LeafGradients *b, bool continues, float *c,
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

/// The columns that the tile for the last `columns` of a panel computes.
INLINE size_t tile_width(size_t columns) {
  return columns > W ? 2 * W : columns > W / 2 ? W : W / 2;
}

#define TILES_FOR(columns, form) \
  ((columns) > W ? form##_wide : (columns) > W / 2 ? form##_narrow : form##_half)

/// One tile against one panel; a panel's missing columns are computed aside.
INLINE void row_tile_panel(
    size_t rows, size_t columns, size_t k, const float *a, const float *b, const float *start,
    size_t start_stride, float *c, size_t ldc) {
  RowTile multiply = TILES_FOR(columns, row_tiles)[rows - 1];
  if (columns == tile_width(columns)) {
    multiply(k, a, b, start, start_stride, c, ldc);
    return;
  }
  float aside[TILE_ROWS * NR];
  for (size_t r = 0; start && r < rows; r++) {
    copy_padded(start + r * start_stride, columns, NR, aside + r * NR);
  }
  multiply(k, a, b, start ? aside : NULL, NR, aside, NR);
  copy_columns(aside, NR, rows, columns, c, ldc);
}

/// The results of the tile after this one, which are about to be read and written.
INLINE void prefetch_results(const float *c, size_t ldc, size_t rows) {
  for (size_t r = 0; r < rows; r++) {
    __builtin_prefetch(c + r * ldc, 1);
    __builtin_prefetch(c + r * ldc + NR - 1, 1);
  }
}

/// Those of the tile after the one at row r of a block of `block` rows, in this panel or the next.
INLINE void prefetch_next(
    const float *c, size_t ldc, size_t r, size_t height, size_t block, bool is_last_panel) {
  if (r + height < block) {
    prefetch_results(c + height * ldc, ldc, smaller(height, block - r - height));
  } else if (!is_last_panel) {
    prefetch_results(c - r * ldc + NR, ldc, smaller(height, block));
  }
}

/// The length of nearly equal blocks of at most `longest`, in whole units.
INLINE size_t block_length(size_t count, size_t longest, size_t unit) {
  size_t blocks = (count + longest - 1) / longest;
  return blocks ? rounded_up((count + blocks - 1) / blocks, unit) : 0;
}

// MARK: Rows

/// A block of A, packed in tiles of `height` with `stride` floats a row.
typedef struct {
  const float *first;
  size_t rows, height, stride;
} RowBlock;

/// A block of A against panels of B, for `k` of its columns.
static void multiply_block(
    RowBlock a, size_t k, const float *b, size_t panel_stride, size_t n, size_t first_panel,
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
      prefetch_next(results, ldc, r, a.height, a.rows, panel + 1 == end_panel);
      row_tile_panel(
          rows, columns, k, a.first + r * a.stride, b + panel * panel_stride, from, stride,
          results, ldc);
    }
  }
}

static void product(
    const float *a, size_t lda, size_t rows, size_t k, const float *packed, size_t n,
    size_t first_panel, size_t end_panel, const UnfoldStart *starts, float *c, size_t ldc,
    float *scratch) {
  UnfoldStart start = *starts;
  if (first_panel == end_panel) return;
  size_t columns = smaller(end_panel * NR, n) - first_panel * NR;
  if (n == 1 && ldc == 1) {
    size_t whole = rows / W * W;
    single_column(a, lda, whole, k, packed, start, c);
    a += whole * lda, rows -= whole, c += whole;
    start = start_from_row(start, whole);
  }
  if (columns <= NARROW_COLUMNS && k <= BLOCK_K && k > 0) {
    narrow_product(
        a, lda, rows, k, packed + first_panel * k * NR, columns,
        start_from_column(start, first_panel * NR), c + first_panel * NR, ldc);
    return;
  }
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
      if (first_k == 0) from = start_from_row(start, first);
      multiply_block(
          (RowBlock){scratch, count, height, stride}, ks, packed + first_k * NR, k * NR, n,
          first_panel, end_panel, from, c + first * ldc, ldc);
    }
  }
}
