// A tile of results that stays in registers while k runs: included once for each width, which has
// set TILE_VECTORS of type TILE_VECTOR, and TILE_NAME for its names.

/// One k: `a` points to the first row's factor.
INLINE void TILE_NAME(multiply_add)(
    const int rows, const float *a, const int row_stride, const float *b,
    TILE_VECTOR sum[TILE_ROWS][TILE_VECTORS]) {
  TILE_VECTOR column[TILE_VECTORS];
  memcpy(column, b, sizeof column);
  UNROLL for (int r = 0; r < rows; r++) {
    TILE_VECTOR factor = a[r * row_stride] - (TILE_VECTOR){};
    UNROLL for (int v = 0; v < TILE_VECTORS; v++) sum[r][v] = sum[r][v] + factor * column[v];
  }
}

/// The sums start from the rows at `start`, or from zero without it.
INLINE void TILE_NAME(tile)(
    const int rows, const bool grouped, size_t k, const float *a, const float *b,
    const float *start, size_t start_stride, float *c, size_t ldc) {
  TILE_VECTOR sum[TILE_ROWS][TILE_VECTORS] = {};
  if (start) {
    UNROLL for (int r = 0; r < rows; r++) memcpy(sum[r], start + r * start_stride, sizeof sum[r]);
  }
  if (grouped) {
    for (; k >= GROUP; k -= GROUP, a += rows * GROUP) {
      KEEP_LOOP for (size_t i = 0; i < GROUP; i++, b += NR) {
        TILE_NAME(multiply_add)(rows, a + i, GROUP, b, sum);
      }
    }
    for (size_t i = 0; i < k; i++, b += NR) {
      TILE_NAME(multiply_add)(rows, a + i, GROUP, b, sum);
    }
  } else {
    for (size_t i = 0; i < k; i++, b += NR) {
      TILE_NAME(multiply_add)(rows, a + i * rows, 1, b, sum);
    }
  }
  UNROLL for (int r = 0; r < rows; r++) memcpy(c + r * ldc, sum[r], sizeof sum[r]);
}

#define DEFINE_TILE(ROWS, FORM)                                                          \
  static void TILE_NAME(tile_##ROWS##_##FORM)(                                           \
      size_t k, const float *a, const float *b, const float *start, size_t start_stride, \
      float *c, size_t ldc) {                                                            \
    TILE_NAME(tile)(ROWS, FORM, k, a, b, start, start_stride, c, ldc);                   \
  }
#define DEFINE_TILES(ROWS) \
  DEFINE_TILE(ROWS, 0)     \
  DEFINE_TILE(ROWS, 1)
#define TILES(ROWS) {TILE_NAME(tile_##ROWS##_0), TILE_NAME(tile_##ROWS##_1)}

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

/// By rows - 1 and by whether A is grouped.
static const Tile TILE_NAME(tiles)[TILE_ROWS][2] = {
    TILES(1), TILES(2), TILES(3), TILES(4),  TILES(5),  TILES(6),
#if TILE_ROWS == 12
    TILES(7), TILES(8), TILES(9), TILES(10), TILES(11), TILES(12),
#endif
};

#undef DEFINE_TILE
#undef DEFINE_TILES
#undef TILES
#undef TILE_VECTOR
#undef TILE_VECTORS
#undef TILE_NAME
