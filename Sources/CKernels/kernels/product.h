// Packed products. A tile of TILE_ROWS × NR results stays in registers while k runs. k is cut in
// blocks, and rows in blocks of tiles, so that what is packed of A and a panel's block of B stay in
// the second-level cache; results continue from memory, so the cut does not show in the bits.
#define BLOCK_K 512
#define BLOCK_ROWS 96

// MARK: Tiles

/// One k of a tile: `a` points to the first row's factor.
INLINE void multiply_add(
    const int rows, const int vectors, const float *a, const int row_stride, const float *b,
    vec sum[TILE_ROWS][2]) {
  vec column[2];
  UNROLL for (int v = 0; v < vectors; v++) column[v] = load(b + v * W);
  UNROLL for (int r = 0; r < rows; r++) {
    vec factor = splat(a[r * row_stride]);
    UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = sum[r][v] + factor * column[v];
  }
}

/// The sums start from the rows at `start`, or from zero without it.
INLINE void tile(
    const int rows, const int vectors, const bool grouped, size_t k, const float *a,
    const float *b, const float *start, size_t start_stride, float *c, size_t ldc) {
  vec sum[TILE_ROWS][2];
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < vectors; v++) {
      sum[r][v] = start ? load(start + r * start_stride + v * W) : (vec){};
    }
  }
  if (grouped) {
    for (; k >= GROUP; k -= GROUP, a += rows * GROUP) {
      KEEP_LOOP for (size_t i = 0; i < GROUP; i++, b += NR) {
        multiply_add(rows, vectors, a + i, GROUP, b, sum);
      }
    }
    for (size_t i = 0; i < k; i++, b += NR) multiply_add(rows, vectors, a + i, GROUP, b, sum);
  } else {
    for (size_t i = 0; i < k; i++, b += NR) {
      multiply_add(rows, vectors, a + i * rows, 1, b, sum);
    }
  }
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < vectors; v++) store(c + r * ldc + v * W, sum[r][v]);
  }
}

typedef void (*Tile)(
    size_t k, const float *a, const float *b, const float *start, size_t start_stride, float *c,
    size_t ldc);

#define DEFINE_TILE(ROWS, VECTORS, FORM)                                                      \
  static void tile_##ROWS##_##VECTORS##_##FORM(                                               \
      size_t k, const float *a, const float *b, const float *start, size_t start_stride,      \
      float *c, size_t ldc) {                                                                 \
    tile(ROWS, VECTORS, FORM, k, a, b, start, start_stride, c, ldc);                          \
  }
#define DEFINE_TILES(ROWS) \
  DEFINE_TILE(ROWS, 1, 0)  \
  DEFINE_TILE(ROWS, 2, 0)  \
  DEFINE_TILE(ROWS, 1, 1)  \
  DEFINE_TILE(ROWS, 2, 1)
#define TILES(ROWS)                            \
  {                                            \
    {tile_##ROWS##_1_0, tile_##ROWS##_2_0}, {  \
      tile_##ROWS##_1_1, tile_##ROWS##_2_1     \
    }                                          \
  }

DEFINE_TILES(1)
DEFINE_TILES(2)
DEFINE_TILES(3)
DEFINE_TILES(4)
DEFINE_TILES(5)
DEFINE_TILES(6)
#if TILE_ROWS == 12
DEFINE_TILES(7)
DEFINE_TILES(8)
DEFINE_TILES(9)
DEFINE_TILES(10)
DEFINE_TILES(11)
DEFINE_TILES(12)
#endif

/// By rows - 1, by whether A is grouped, and by vectors - 1.
static const Tile tiles[TILE_ROWS][2][2] = {
    TILES(1),  TILES(2),  TILES(3), TILES(4), TILES(5), TILES(6),
#if TILE_ROWS == 12
    TILES(7),  TILES(8),  TILES(9), TILES(10), TILES(11), TILES(12),
#endif
};

/// One tile against one panel; a panel's missing columns are computed aside.
INLINE void tile_panel(
    size_t rows, size_t columns, bool grouped, size_t k, const float *a, const float *b,
    const float *start, size_t start_stride, float *c, size_t ldc) {
  size_t vectors = columns > W ? 2 : 1;
  Tile multiply = tiles[rows - 1][grouped][vectors - 1];
  if (columns == vectors * W) {
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

/// Length of blocks of k: nearly equal, whole groups.
INLINE size_t block_length(size_t k) {
  size_t blocks = (k + BLOCK_K - 1) / BLOCK_K;
  return blocks ? rounded_up((k + blocks - 1) / blocks, GROUP) : 0;
}

// MARK: Products

static void product(
    const float *a, size_t lda, size_t rows, size_t k, const float *packed, size_t n,
    size_t first_panel, size_t end_panel, UnfoldStart start, float *c, size_t ldc,
    float *scratch) {
  size_t height = tile_height(rows), block = height * (BLOCK_ROWS / TILE_ROWS);
  size_t length = block_length(k);
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
    size_t end_row, UnfoldWindowOperand left, UnfoldWindowOperand right, bool continues,
    float *scratch) {
  size_t k = time_steps * streams, rows = end_row - first_row;
  size_t height = tile_height(rows), block = height * (BLOCK_ROWS / TILE_ROWS);
  size_t length = block_length(k);
  for (size_t first_k = 0; first_k < k; first_k += length) {
    size_t ks = smaller(length, k - first_k);
    for (size_t first = 0; first < rows; first += block) {
      size_t count = smaller(block, rows - first);
      pack_window_columns(
          a, time_steps, streams, a_width, first_row + first, count, height, first_k, ks,
          scratch);
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
