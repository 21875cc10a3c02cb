// Packed products: see blocks.h for how they are cut.

// MARK: Tiles

/// The rows of A that a tile reads: packed, or where they lie, `stride` apart.
typedef struct {
  const float *first;
  size_t stride;
} RowsOfA;

/// Rows that are read where they lie.
#define DIRECT_ROWS 6

typedef void (*RowTile)(
    size_t k, RowsOfA a, const float *b, const float *start, size_t start_stride, float *c,
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
    size_t rows, size_t columns, size_t k, RowsOfA a, const float *b, const float *start,
    size_t start_stride, float *c, size_t ldc) {
  RowTile multiply =
      (a.stride > 0 ? TILES_FOR(columns, direct_tiles) : TILES_FOR(columns, row_tiles))[rows - 1];
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

/// A block of A, packed in tiles of `height` with `stride` floats a row, or where it lies.
typedef struct {
  const float *first;
  size_t rows, height, stride;
  bool is_packed;
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
          rows, columns, k, (RowsOfA){a.first + r * a.stride, a.is_packed ? 0 : a.stride},
          b + panel * panel_stride, from, stride, results, ldc);
    }
  }
}

static void product(
    const float *a, size_t lda, size_t rows, size_t k, const float *packed, size_t n,
    size_t first_panel, size_t end_panel, UnfoldStart start, float *c, size_t ldc,
    float *scratch) {
  if (end_panel - first_panel == 1 && k <= BLOCK_K && k > 0) {
    // Nothing is read twice, so that packing would not pay.
    size_t tiles = (rows + DIRECT_ROWS - 1) / DIRECT_ROWS;
    size_t height = tiles ? (rows + tiles - 1) / tiles : 1;
    multiply_block(
        (RowBlock){a, rows, height, lda, false}, k, packed, k * NR, n, first_panel, end_panel,
        start, c, ldc);
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
      if (first_k == 0) {
        from = start;
        if (start.rows) {
          from.rows += first;
        } else if (start.values) {
          from.values += first * start.stride;
        }
      }
      multiply_block(
          (RowBlock){scratch, count, height, stride, true}, ks, packed + first_k * NR, k * NR, n,
          first_panel, end_panel, from, c + first * ldc, ldc);
    }
  }
}

// MARK: Windows

/// The sums over a window of some columns of its gradients while they are formed: [panel][rows][NR],
/// where the rows are what the gradients are multiplied with.
typedef struct {
  const float *gradients;
  size_t time_steps, streams, width, columns;
  UnfoldLeaves leaves;
  /// In tiles, [tile][k][rows].
  const float *inputs;
  size_t rows;
  TileCut cut;
  float *panels;
} WindowColumns;

/// Where a leaf begins in k.
INLINE size_t leaf_start(const WindowColumns *window, size_t leaf) {
  if (leaf == 0) return 0;
  size_t stream = window->leaves.ends ? window->leaves.ends[leaf - 1] : window->streams;
  return stream * window->time_steps;
}

/// Puts the sums over these leaves in their place, while a tile is in registers.
static void multiply_leaves(
    const WindowColumns *window, size_t first_leaf, size_t leaf_count, float *sums) {
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
  size_t done = 0;
  do {
    size_t ks = smaller(length, k - done);
    if (leaf_count == 1) lengths[0] = ks;
    pack_gradients(
        window->gradients, window->time_steps, window->streams, window->width, window->columns,
        begin + done, ks, window->panels);
    for (size_t tile = 0; tile < window->cut.count; tile++) {
      size_t r = tile_start(window->cut, tile), rows = tile_start(window->cut, tile + 1) - r;
      const float *inputs = window->inputs + r * whole + (begin + done) * rows;
      for (size_t c = 0; c < window->columns; c += NR) {
        TILES_FOR(window->columns - c, leaf_tiles)[rows - 1](
            (LeafRun){lengths, leaf_count}, inputs, window->panels + c * ks, done > 0,
            sums + c * window->rows + r * NR, NR);
      }
    }
    done += ks;
  } while (done < k);
}

/// The sums over some leaves, a power of two: the left half's and the right half's, added. The memory
/// behind them holds the right half's.
static void sum_leaves(
    const WindowColumns *window, size_t first_leaf, size_t leaf_count, float *sums) {
  size_t k = leaf_start(window, first_leaf + leaf_count) - leaf_start(window, first_leaf);
  if (k <= WINDOW_K || leaf_count == 1) {
    multiply_leaves(window, first_leaf, leaf_count, sums);
    return;
  }
  size_t count = window->rows * rounded_up(window->columns, NR);
  sum_leaves(window, first_leaf, leaf_count / 2, sums);
  sum_leaves(window, first_leaf + leaf_count / 2, leaf_count / 2, sums + count);
  add(sums, sums + count, count, sums);
}

/// Puts columns of sums [·, NR] in their place as rows, so many at a time as the nearest cache holds.
static void place_sums(
    const float *sums, UnfoldWindowInput input, size_t column, size_t columns) {
  const size_t width = input.width, block = 64;
  for (size_t first = 0; first < width; first += block) {
    size_t end = smaller(first + block, width);
    for (size_t c = 0; c < columns; c += 4) {
      float *out = input.sums + (column + c) * width;
      size_t n = first;
      for (; c + 4 <= columns && n + 4 <= end; n += 4) {
        transpose4(sums + n * NR + c, NR, out + n, width);
      }
      for (; n < end; n++) {
        for (size_t i = 0; i < smaller(4, columns - c); i++) {
          out[i * width + n] = sums[n * NR + c + i];
        }
      }
    }
  }
}

// MARK: Windows of few gradients

/// So few columns, those of a readout of one value or two, are multiplied with the inputs where these
/// lie: packing would take longer than the product.
#define FEW_COLUMNS 2
#define FEW_VECTORS 4

/// Sums of a column of gradients and of its products with both inputs: [left, right, 1].
typedef struct {
  const float *gradients;
  size_t time_steps, streams, width;
  UnfoldLeaves leaves;
  UnfoldWindowInput inputs[2];
} WindowColumn;

/// The products of one leaf with some vectors of an input's columns, `first` being the first column.
INLINE void column_tile(
    const int vectors, const WindowColumn *window, UnfoldWindowInput input, size_t first_stream,
    size_t end_stream, size_t first, float *sums) {
  vec sum[FEW_VECTORS] = {};
  size_t distance = window->streams * input.width;
  for (size_t b = first_stream; b < end_stream; b++) {
    const float *in = input.values + b * input.width + first;
    for (size_t t = 0; t < window->time_steps; t++, in += distance) {
      size_t row = t * window->streams + b;
      bool is_zero = input.zero_rows && input.zero_rows[row];
      vec gradient = splat(window->gradients[row * window->width]);
      __builtin_prefetch(in + 8 * distance);
      UNROLL for (int v = 0; v < vectors; v++) {
        vec values = load_some(in + v * W, input.width - first - (size_t)v * W);
        sum[v] = fused(gradient, is_zero ? (vec){} : values, sum[v]);
      }
    }
  }
  UNROLL for (int v = 0; v < vectors; v++) {
    store_some(sums + v * W, sum[v], input.width - first - (size_t)v * W);
  }
}

static float *column_products(
    const WindowColumn *window, UnfoldWindowInput input, size_t first_stream, size_t end_stream,
    float *sums) {
  for (size_t first = 0; first < input.width; first += FEW_VECTORS * W) {
    size_t vectors = (input.width - first + W - 1) / W;
    float *out = sums + first;
    if (vectors == 1) {
      column_tile(1, window, input, first_stream, end_stream, first, out);
    } else if (vectors == 2) {
      column_tile(2, window, input, first_stream, end_stream, first, out);
    } else if (vectors == 3) {
      column_tile(3, window, input, first_stream, end_stream, first, out);
    } else {
      column_tile(4, window, input, first_stream, end_stream, first, out);
    }
  }
  return sums + input.width;
}

/// The sums over some leaves, a power of two, by halves; the memory behind them holds the right half's.
static void sum_column(
    const WindowColumn *window, size_t first_leaf, size_t leaf_count, float *sums) {
  const size_t *ends = window->leaves.ends;
  if (leaf_count > 1) {
    size_t rows = window_rows(window->inputs[0], window->inputs[1]);
    sum_column(window, first_leaf, leaf_count / 2, sums);
    sum_column(window, first_leaf + leaf_count / 2, leaf_count / 2, sums + rows);
    add(sums, sums + rows, rows, sums);
    return;
  }
  size_t first = first_leaf > 0 ? ends[first_leaf - 1] : 0;
  size_t end = ends ? ends[first_leaf] : window->streams;
  for (int side = 0; side < 2; side++) {
    sums = column_products(window, window->inputs[side], first, end, sums);
  }
  float total = 0;
  for (size_t b = first; b < end; b++) {
    for (size_t t = 0; t < window->time_steps; t++) {
      total += window->gradients[(t * window->streams + b) * window->width];
    }
  }
  *sums = total;
}

static void column_product(const WindowColumn *window, size_t column, float *column_sum, float *sums) {
  sum_column(window, 0, window->leaves.count, sums);
  for (int side = 0; side < 2; side++) {
    UnfoldWindowInput input = window->inputs[side];
    if (input.width == 0) continue;
    memcpy(input.sums + column * input.width, sums, input.width * sizeof(float));
    sums += input.width;
  }
  if (column_sum) *column_sum = *sums;
}

// MARK: Windows of many

static void window_product(
    const float *gradients, size_t time_steps, size_t streams, size_t width, size_t first_column,
    size_t end_column, UnfoldLeaves leaves, UnfoldWindowInput left, UnfoldWindowInput right,
    const float *packed, float *column_sums, float *scratch) {
  if (time_steps * streams == 0) return;
  if (width <= FEW_COLUMNS) {
    for (size_t column = first_column; column < end_column; column++) {
      WindowColumn window = {
          gradients + column, time_steps, streams, width, leaves, {left, right}};
      column_product(&window, column, column_sums ? column_sums + column : NULL, scratch);
    }
    return;
  }
  size_t rows = window_rows(left, right), partials = 1;
  for (size_t halves = leaves.count; halves > 1; halves /= 2) partials++;
  float *sums = scratch, *panels = scratch + partials * WINDOW_PANELS * NR * rows;
  for (size_t first = first_column; first < end_column; first += WINDOW_PANELS * NR) {
    WindowColumns window = {
        gradients + first, time_steps, streams, width, smaller(WINDOW_PANELS * NR, end_column - first),
        leaves, packed, rows, tile_cut(rows), panels};
    sum_leaves(&window, 0, leaves.count, sums);
    for (size_t c = 0; c < window.columns; c += NR) {
      size_t column = first + c, columns = smaller(NR, window.columns - c);
      const float *panel = sums + c * rows;
      place_sums(panel, left, column, columns);
      place_sums(panel + left.width * NR, right, column, columns);
      if (column_sums) {
        memcpy(column_sums + column, panel + (rows - 1) * NR, columns * sizeof(float));
      }
    }
  }
}
