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

typedef void (*LeafTile)(
    LeafRun leaves, const float *a, const float *b, bool continues, float *c, size_t ldc);

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

/// The same for a tile of leaves.
INLINE void leaf_tile_panel(
    size_t rows, size_t columns, LeafRun leaves, const float *a, const float *b, bool continues,
    float *c, size_t ldc) {
  LeafTile multiply = TILES_FOR(columns, leaf_tiles)[rows - 1];
  if (columns == tile_width(columns)) {
    multiply(leaves, a, b, continues, c, ldc);
    return;
  }
  float aside[TILE_ROWS * NR];
  if (continues) {
    for (size_t r = 0; r < rows; r++) copy_padded(c + r * ldc, columns, NR, aside + r * NR);
  }
  multiply(leaves, a, b, continues, aside, NR);
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

/// What is packed of A: rows in tiles of `height`, `stride` floats a row.
typedef struct {
  const float *packed;
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
      prefetch_next(results, ldc, r, a.height, a.rows, panel + 1 == end_panel);
      row_tile_panel(
          rows, columns, k, a.packed + r * a.stride, b + panel * panel_stride, from, stride,
          results, ldc);
    }
  }
}

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
          (PackedRows){scratch, count, height, stride}, ks, packed + first_k * NR, k * NR, n,
          first_panel, end_panel, from, c + first * ldc, ldc);
    }
  }
}

// MARK: Windows

/// A window's sums while they are formed.
typedef struct {
  const float *a;
  size_t time_steps, streams, width;
  UnfoldLeaves leaves;
  UnfoldWindowOperand operands[2];
  /// The operand of at most THIN columns, or -1.
  int thin_side;
  float *scratch;
} WindowSums;

/// Some rows i of them.
typedef struct {
  size_t first, count, height;
  float *sums[2];
  float *column_sums;
} SumRows;

/// Where a leaf begins in k.
INLINE size_t leaf_start(const WindowSums *window, size_t leaf) {
  if (leaf == 0) return 0;
  size_t stream = window->leaves.ends ? window->leaves.ends[leaf - 1] : window->streams;
  return stream * window->time_steps;
}

/// The left sums and the right ones, added.
INLINE void join(ColumnSums *left, ColumnSums *right, size_t count) {
  add(left->sums, right->sums, count, right->sums);
  for (int c = 0; c < right->thin_width; c++) {
    add(left->products[c], right->products[c], count, right->products[c]);
  }
}

/// Puts what is summed beside packing in its place, or takes it from there.
static void move_columns(SumRows rows, int thin_side, ColumnSums *sums, bool out) {
  size_t width = (size_t)sums->thin_width;
  for (size_t i = 0; i < rows.count; i++) {
    if (sums->has_sums) {
      *(out ? &rows.column_sums[i] : &sums->sums[i]) = out ? sums->sums[i] : rows.column_sums[i];
    }
    for (size_t c = 0; c < width; c++) {
      float *place = rows.sums[thin_side] + i * width + c, *sum = &sums->products[c][i];
      *(out ? place : sum) = out ? *sum : *place;
    }
  }
}

/// Packs these rows' columns of A, for `k` from first_k on, and forms leaf by leaf what is summed
/// beside it: the columns, and their products with a thin operand.
static void pack_leaves(
    const WindowSums *window, SumRows rows, size_t first_k, size_t k, LeafRun leaves,
    bool continues) {
  int side = window->thin_side;
  ColumnSums sums, partial[LEAF_LEVELS];
  sums.has_sums = rows.column_sums != NULL;
  sums.thin_width = side < 0 ? 0 : (int)window->operands[side].width;
  sums.thin = side < 0 ? NULL : window->operands[side].packed + first_k * NR;
  for (size_t leaf = 0, offset = 0; leaf < leaves.count; offset += leaves.lengths[leaf++]) {
    if (continues && leaf == 0) {
      move_columns(rows, side, &sums, false);
    } else {
      memset(sums.sums, 0, sizeof sums.sums);
      memset(sums.products, 0, sizeof sums.products);
    }
    pack_window_columns(
        window->a, window->time_steps, window->streams, window->width, rows.first, rows.count,
        rows.height, first_k, k, offset, leaves.lengths[leaf], &sums, window->scratch);
    size_t level = 0;
    for (; leaf >> level & 1; level++) join(&partial[level], &sums, rows.count);
    if (leaf + 1 < leaves.count) partial[level] = sums;
  }
  move_columns(rows, side, &sums, true);
}

/// Puts the sums over these leaves in their place, while a tile is in registers.
static void multiply_leaves(
    const WindowSums *window, SumRows rows, size_t first_leaf, size_t leaf_count) {
  size_t begin = leaf_start(window, first_leaf);
  size_t k = leaf_start(window, first_leaf + leaf_count) - begin;
  size_t whole = window->time_steps * window->streams;
  size_t lengths[1 << LEAF_LEVELS];
  for (size_t leaf = 0; leaf < leaf_count; leaf++) {
    lengths[leaf] = leaf_start(window, first_leaf + leaf + 1) -
                    leaf_start(window, first_leaf + leaf);
  }
  // Only one leaf may be longer than a block.
  size_t length = k > WINDOW_K ? block_length(k, WINDOW_K, 1) : k;
  for (size_t done = 0; done < k; done += length) {
    size_t ks = smaller(length, k - done);
    if (leaf_count == 1) lengths[0] = ks;
    LeafRun leaves = {lengths, leaf_count};
    pack_leaves(window, rows, begin + done, ks, leaves, done > 0);
    for (int side = 0; side < 2; side++) {
      UnfoldWindowOperand b = window->operands[side];
      for (size_t column = 0; side != window->thin_side && column < b.width; column += NR) {
        const float *panel = b.packed + column * whole + (begin + done) * NR;
        for (size_t r = 0; r < rows.count; r += rows.height) {
          float *results = rows.sums[side] + r * b.width + column;
          prefetch_next(results, b.width, r, rows.height, rows.count, column + NR >= b.width);
          leaf_tile_panel(
              smaller(rows.height, rows.count - r), smaller(NR, b.width - column), leaves,
              window->scratch + r * ks, panel, done > 0, results, b.width);
        }
      }
    }
  }
}

/// The sums over some leaves, a power of two: the left half's and the right half's, added.
static void sum_leaves(
    const WindowSums *window, SumRows rows, size_t first_leaf, size_t leaf_count, float *spare) {
  size_t k = leaf_start(window, first_leaf + leaf_count) - leaf_start(window, first_leaf);
  if (k <= WINDOW_K || leaf_count == 1) {
    multiply_leaves(window, rows, first_leaf, leaf_count);
    return;
  }
  sum_leaves(window, rows, first_leaf, leaf_count / 2, spare);
  SumRows right = rows;
  float *next = spare;
  for (int side = 0; side < 2; side++) {
    right.sums[side] = next;
    next += rows.count * window->operands[side].width;
  }
  if (rows.column_sums) {
    right.column_sums = next;
    next += rows.count;
  }
  sum_leaves(window, right, first_leaf + leaf_count / 2, leaf_count / 2, next);
  for (int side = 0; side < 2; side++) {
    size_t count = rows.count * window->operands[side].width;
    add(rows.sums[side], right.sums[side], count, rows.sums[side]);
  }
  if (rows.column_sums) {
    add(rows.column_sums, right.column_sums, rows.count, rows.column_sums);
  }
}

static void window_product(
    const float *a, size_t time_steps, size_t streams, size_t a_width, size_t first_row,
    size_t end_row, UnfoldLeaves leaves, UnfoldWindowOperand left, UnfoldWindowOperand right,
    float *column_sums, float *scratch) {
  size_t k = time_steps * streams, rows = end_row - first_row;
  if (k == 0 || rows == 0) return;
  int thin_side = left.width > 0 && left.width <= THIN     ? 0
                  : right.width > 0 && right.width <= THIN ? 1
                                                           : -1;
  WindowSums window = {a,      time_steps, streams,   a_width,
                       leaves, {left, right}, thin_side, scratch};
  // Whole tiles are packed fastest.
  size_t height = smaller(rows, TILE_ROWS);
  size_t most = BLOCK_ROWS * BLOCK_K / smaller(k, WINDOW_K) / TILE_ROWS;
  size_t block = block_length(rows, height * smaller(most, BLOCK_ROWS / TILE_ROWS), height);
  for (size_t first = 0; first < rows; first += block) {
    SumRows part = {first_row + first, smaller(block, rows - first), height, {NULL, NULL}, NULL};
    for (int side = 0; side < 2; side++) {
      part.sums[side] = window.operands[side].sums + part.first * window.operands[side].width;
    }
    part.column_sums = column_sums ? column_sums + part.first : NULL;
    float *spare = leaves.count > 1 && k > WINDOW_K ? scratch + BLOCK_ROWS * BLOCK_K : NULL;
    sum_leaves(&window, part, 0, leaves.count, spare);
  }
}
