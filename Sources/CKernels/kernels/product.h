// Packed products. A tile of TILE_ROWS × 2W results stays in registers while k runs; A is packed
// as [tile][k][rows of the tile], B as [panel][k][NR]. k is cut in blocks of BLOCK_K so that a
// panel's block stays in the first-level cache; results continue from memory, so the cut does not
// show in the bits.
#define NR (2 * W)
#define BLOCK_K 256
#define BLOCK_ROWS (8 * TILE_ROWS)

INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

// MARK: Packing of B

static void pack_panels(
    const float *source, size_t ld, size_t k, size_t n, size_t first_panel, size_t end_panel,
    float *packed) {
  for (size_t panel = first_panel; panel < end_panel; panel++) {
    size_t columns = smaller(NR, n - panel * NR);
    float *out = packed + panel * NR * k;
    const float *in = source + panel * NR;
    for (size_t row = 0; row < k; row++, out += NR, in += ld) {
      memcpy(out, in, columns * sizeof(float));
      memset(out + columns, 0, (NR - columns) * sizeof(float));
    }
  }
}

static void pack_transposed(
    const float *source, size_t ld, size_t k, size_t n, size_t first_panel, size_t end_panel,
    float *packed) {
  for (size_t panel = first_panel; panel < end_panel; panel++) {
    size_t columns = smaller(NR, n - panel * NR);
    float *out = packed + panel * NR * k;
    const float *in = source + panel * NR * ld;
    for (size_t row = 0; row < k; row++, out += NR) {
      for (size_t column = 0; column < columns; column++) out[column] = in[column * ld + row];
      memset(out + columns, 0, (NR - columns) * sizeof(float));
    }
  }
}

static void pack_window(
    const float *source, size_t time_steps, size_t streams, size_t width,
    const uint8_t *zero_rows, size_t first_panel, size_t end_panel, float *packed) {
  size_t k = time_steps * streams;
  for (size_t panel = first_panel; panel < end_panel; panel++) {
    size_t columns = smaller(NR, width - panel * NR);
    float *out = packed + panel * NR * k;
    for (size_t b = 0; b < streams; b++) {
      for (size_t t = 0; t < time_steps; t++, out += NR) {
        size_t row = t * streams + b;
        bool zero = zero_rows && zero_rows[row];
        size_t copied = zero ? 0 : columns;
        memcpy(out, source + row * width + panel * NR, copied * sizeof(float));
        memset(out + copied, 0, (NR - copied) * sizeof(float));
      }
    }
  }
}

// MARK: Packing of A: [k][rows of the tile]

/// Rows of A in tiles of nearly equal height: 16 rows are 8 + 8 rather than 12 + 4.
INLINE size_t tile_height(size_t rows) {
  size_t tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
  return tiles ? (rows + tiles - 1) / tiles : 0;
}

typedef float vec4 __attribute__((vector_size(16)));
typedef float loose_vec4 __attribute__((vector_size(16), aligned(4)));

/// Four rows × four columns, transposed: rows are `in_stride` apart, columns `out_stride`.
INLINE void transpose4(const float *in, size_t in_stride, float *out, size_t out_stride) {
  vec4 row0 = *(const loose_vec4 *)in, row1 = *(const loose_vec4 *)(in + in_stride);
  vec4 row2 = *(const loose_vec4 *)(in + 2 * in_stride);
  vec4 row3 = *(const loose_vec4 *)(in + 3 * in_stride);
  vec4 low01 = __builtin_shufflevector(row0, row1, 0, 4, 1, 5);
  vec4 high01 = __builtin_shufflevector(row0, row1, 2, 6, 3, 7);
  vec4 low23 = __builtin_shufflevector(row2, row3, 0, 4, 1, 5);
  vec4 high23 = __builtin_shufflevector(row2, row3, 2, 6, 3, 7);
  *(loose_vec4 *)out = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
  *(loose_vec4 *)(out + out_stride) = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
  *(loose_vec4 *)(out + 2 * out_stride) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
  *(loose_vec4 *)(out + 3 * out_stride) = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}

static void pack_rows(const float *a, size_t lda, size_t rows, size_t k, float *packed) {
  size_t whole = rows < 4 ? 0 : k / 4 * 4;
  for (size_t first = 0; whole && first < rows; first += 4) {
    size_t r = smaller(first, rows - 4);  // the last four rows may overlap those before
    for (size_t i = 0; i < whole; i += 4) {
      transpose4(a + r * lda + i, lda, packed + i * rows + r, rows);
    }
  }
  for (size_t r = 0; r < rows; r++) {
    for (size_t i = whole; i < k; i++) packed[i * rows + r] = a[r * lda + i];
  }
}

/// Columns [first, first + count) of a window operand in tiles of `height`, for k in
/// [first_k, first_k + k).
static void pack_window_columns(
    const float *a, size_t time_steps, size_t streams, size_t width, size_t first, size_t count,
    size_t height, size_t first_k, size_t k, float *packed) {
  size_t b = first_k / time_steps, t = first_k % time_steps;
  for (size_t i = 0; i < k; i++) {
    const float *in = a + (t * streams + b) * width + first;
    size_t r = 0;
    for (; r + TILE_ROWS <= count && height == TILE_ROWS; r += TILE_ROWS) {
      memcpy(packed + r * k + i * TILE_ROWS, in + r, TILE_ROWS * sizeof(float));
    }
    for (; r < count; r += height) {
      size_t rows = smaller(height, count - r);
      memcpy(packed + r * k + i * rows, in + r, rows * sizeof(float));
    }
    if (++t == time_steps) t = 0, b++;
  }
}

// MARK: Tiles

INLINE void tile(
    const int rows, const int vectors, size_t k, const float *a, const float *b, float *c,
    size_t ldc, bool accumulate) {
  vec sum[TILE_ROWS][2];
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < vectors; v++) {
      sum[r][v] = accumulate ? load(c + r * ldc + v * W) : (vec){};
    }
  }
  for (size_t i = 0; i < k; i++) {
    vec column[2];
    UNROLL for (int v = 0; v < vectors; v++) column[v] = load(b + v * W);
    UNROLL for (int r = 0; r < rows; r++) {
      vec factor = splat(a[r]);
      UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = sum[r][v] + factor * column[v];
    }
    a += rows;
    b += NR;
  }
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < vectors; v++) store(c + r * ldc + v * W, sum[r][v]);
  }
}

typedef void (*Tile)(
    size_t k, const float *a, const float *b, float *c, size_t ldc, bool accumulate);

#define DEFINE_TILE(ROWS)                                                                    \
  static void tile_##ROWS##_1(                                                               \
      size_t k, const float *a, const float *b, float *c, size_t ldc, bool accumulate) {     \
    tile(ROWS, 1, k, a, b, c, ldc, accumulate);                                              \
  }                                                                                          \
  static void tile_##ROWS##_2(                                                               \
      size_t k, const float *a, const float *b, float *c, size_t ldc, bool accumulate) {     \
    tile(ROWS, 2, k, a, b, c, ldc, accumulate);                                              \
  }
DEFINE_TILE(1)
DEFINE_TILE(2)
DEFINE_TILE(3)
DEFINE_TILE(4)
DEFINE_TILE(5)
DEFINE_TILE(6)
#if TILE_ROWS == 12
DEFINE_TILE(7)
DEFINE_TILE(8)
DEFINE_TILE(9)
DEFINE_TILE(10)
DEFINE_TILE(11)
DEFINE_TILE(12)
#endif

static const Tile tiles[TILE_ROWS][2] = {
    {tile_1_1, tile_1_2},   {tile_2_1, tile_2_2},   {tile_3_1, tile_3_2},
    {tile_4_1, tile_4_2},   {tile_5_1, tile_5_2},   {tile_6_1, tile_6_2},
#if TILE_ROWS == 12
    {tile_7_1, tile_7_2},   {tile_8_1, tile_8_2},   {tile_9_1, tile_9_2},
    {tile_10_1, tile_10_2}, {tile_11_1, tile_11_2}, {tile_12_1, tile_12_2},
#endif
};

/// One tile against one panel; a panel's missing columns are computed aside.
static void tile_panel(
    size_t rows, size_t columns, size_t k, const float *a, const float *b, float *c, size_t ldc,
    bool accumulate) {
  int vectors = columns > W ? 2 : 1;
  Tile multiply = tiles[rows - 1][vectors - 1];
  if (columns == (size_t)vectors * W) {
    multiply(k, a, b, c, ldc, accumulate);
    return;
  }
  float aside[TILE_ROWS * NR];
  for (size_t r = 0; accumulate && r < rows; r++) {
    memcpy(aside + r * NR, c + r * ldc, columns * sizeof(float));
    memset(aside + r * NR + columns, 0, (NR - columns) * sizeof(float));
  }
  multiply(k, a, b, aside, NR, accumulate);
  for (size_t r = 0; r < rows; r++) {
    memcpy(c + r * ldc, aside + r * NR, columns * sizeof(float));
  }
}

/// Packed rows of A, in tiles of `height`, against panels of B, for one block of k.
static void multiply_block(
    const float *a, size_t rows, size_t height, size_t k, const float *packed, size_t panel_stride,
    size_t n, size_t first_panel, size_t end_panel, float *c, size_t ldc, bool accumulate) {
  for (size_t panel = first_panel; panel < end_panel; panel++) {
    size_t columns = smaller(NR, n - panel * NR);
    const float *b = packed + panel * panel_stride;
    for (size_t r = 0; r < rows; r += height) {
      size_t tile_rows = smaller(height, rows - r);
      tile_panel(
          tile_rows, columns, k, a + r * k, b, c + r * ldc + panel * NR, ldc, accumulate);
    }
  }
}

// MARK: Products

static void product(
    const float *a, size_t lda, size_t rows, size_t k, const float *packed, size_t n,
    size_t first_panel, size_t end_panel, float *c, size_t ldc, bool accumulate, float *scratch) {
  size_t height = tile_height(rows), block = height * (BLOCK_ROWS / TILE_ROWS);
  for (size_t first_k = 0; first_k < k; first_k += BLOCK_K) {
    size_t ks = smaller(BLOCK_K, k - first_k);
    for (size_t first = 0; first < rows; first += block) {
      size_t count = smaller(block, rows - first);
      for (size_t r = 0; r < count; r += height) {
        pack_rows(
            a + (first + r) * lda + first_k, lda, smaller(height, count - r), ks,
            scratch + r * ks);
      }
      multiply_block(
          scratch, count, height, ks, packed + first_k * NR, k * NR, n, first_panel, end_panel,
          c + first * ldc, ldc, accumulate || first_k > 0);
    }
  }
}

static void window_product(
    const float *a, size_t time_steps, size_t streams, size_t a_width, size_t first_row,
    size_t end_row, UnfoldWindowOperand left, UnfoldWindowOperand right, float *scratch) {
  size_t k = time_steps * streams, rows = end_row - first_row;
  size_t height = tile_height(rows), block = height * (BLOCK_ROWS / TILE_ROWS);
  for (size_t first_k = 0; first_k < k; first_k += BLOCK_K) {
    size_t ks = smaller(BLOCK_K, k - first_k);
    for (size_t first = 0; first < rows; first += block) {
      size_t count = smaller(block, rows - first);
      pack_window_columns(
          a, time_steps, streams, a_width, first_row + first, count, height, first_k, ks,
          scratch);
      const UnfoldWindowOperand operands[] = {left, right};
      for (int side = 0; side < 2; side++) {
        UnfoldWindowOperand b = operands[side];
        if (b.width == 0) continue;
        multiply_block(
            scratch, count, height, ks, b.packed + first_k * NR, k * NR, b.width, 0,
            (b.width + NR - 1) / NR, b.sums + (first_row + first) * b.width, b.width, true);
      }
    }
  }
}
