// A tile of results that stays in registers while k runs: included once for each width, which has
// set TILE_VECTORS of type TILE_VECTOR, and TILE_NAME for its names.

/// One k: `a` points to the first row's factor.
INLINE void TILE_NAME(multiply_add)(
    const int rows, const float *a, const size_t row_stride, const float *b,
    TILE_VECTOR sum[TILE_ROWS][TILE_VECTORS]) {
  TILE_VECTOR column[TILE_VECTORS];
  memcpy(column, b, sizeof column);
  UNROLL for (int r = 0; r < rows; r++) {
    TILE_VECTOR factor = a[(size_t)r * row_stride] - (TILE_VECTOR){};
    UNROLL for (int v = 0; v < TILE_VECTORS; v++) {
      sum[r][v] = fused(factor, column[v], sum[r][v]);
    }
  }
}

/// A tile of A from rows. The sums start from the rows at `start`, or from zero without it.
INLINE void TILE_NAME(row_tile)(
    const int rows, size_t k, const float *a, const float *b, const float *start,
    size_t start_stride, float *c, size_t ldc) {
  TILE_VECTOR sum[TILE_ROWS][TILE_VECTORS] = {};
  if (start) {
    UNROLL for (int r = 0; r < rows; r++) memcpy(sum[r], start + r * start_stride, sizeof sum[r]);
  }
  for (; k >= GROUP; k -= GROUP, a += rows * GROUP) {
    KEEP_LOOP for (size_t i = 0; i < GROUP; i++, b += NR) {
      TILE_NAME(multiply_add)(rows, a + i, GROUP, b, sum);
    }
  }
  for (size_t i = 0; i < k; i++, b += NR) {
    TILE_NAME(multiply_add)(rows, a + i, GROUP, b, sum);
  }
  UNROLL for (int r = 0; r < rows; r++) memcpy(c + r * ldc, sum[r], sizeof sum[r]);
}

/// A tile of A from columns, `lda` apart, over several leaves. The first leaf's sums go on from c if
/// it `continues`.
INLINE void TILE_NAME(leaf_tile)(
    const int rows, LeafRun leaves, const float *a, size_t lda, const LeafGradients *gradients,
    bool continues, float *c, size_t ldc) {
  TILE_VECTOR partial[LEAF_LEVELS][TILE_ROWS][TILE_VECTORS];
  TILE_VECTOR sum[TILE_ROWS][TILE_VECTORS] = {};
  if (continues) {
    UNROLL for (int r = 0; r < rows; r++) memcpy(sum[r], c + r * ldc, sizeof sum[r]);
  }
  const float *b = gradients->first;
  for (size_t leaf = 0;; leaf++) {
    for (size_t run = 0; run < gradients->runs; run++, b -= gradients->back) {
      for (size_t i = 0; i < leaves.lengths[leaf]; i++, a += lda, b += gradients->stride) {
        TILE_NAME(multiply_add)(rows, a, 1, b, sum);
      }
    }
    // What is complete to the left of this leaf joins it: a leaf, then two, four, …
    size_t level = 0;
    for (; leaf >> level & 1; level++) {
      UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int v = 0; v < TILE_VECTORS; v++) {
          sum[r][v] = partial[level][r][v] + sum[r][v];
        }
      }
    }
    if (leaf + 1 == leaves.count) break;
    memcpy(partial[level], sum, (size_t)rows * sizeof sum[0]);
    memset(sum, 0, sizeof sum);
  }
  UNROLL for (int r = 0; r < rows; r++) memcpy(c + r * ldc, sum[r], sizeof sum[r]);
}

#define DEFINE_TILES(ROWS)                                                               \
  static void TILE_NAME(row_tile_##ROWS)(                                                \
      size_t k, const float *a, const float *b, const float *start, size_t start_stride, \
      float *c, size_t ldc) {                                                            \
    TILE_NAME(row_tile)(ROWS, k, a, b, start, start_stride, c, ldc);                     \
  }                                                                                      \
  static void TILE_NAME(leaf_tile_##ROWS)(                                               \
      LeafRun leaves, const float *a, size_t lda, const LeafGradients *b,                \
      bool continues, float *c, size_t ldc) {                                            \
    TILE_NAME(leaf_tile)(ROWS, leaves, a, lda, b, continues, c, ldc);                    \
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

#define TILE(FORM, ROWS) TILE_NAME(FORM##_##ROWS)
#define SIX_TILES(FORM)                                                                  \
  TILE(FORM, 1), TILE(FORM, 2), TILE(FORM, 3), TILE(FORM, 4), TILE(FORM, 5), TILE(FORM, 6)
#if TILE_ROWS == 12
#define ALL_TILES(FORM)                                                                  \
  SIX_TILES(FORM), TILE(FORM, 7), TILE(FORM, 8), TILE(FORM, 9), TILE(FORM, 10),          \
      TILE(FORM, 11), TILE(FORM, 12)
#else
#define ALL_TILES(FORM) SIX_TILES(FORM)
#endif

/// By rows - 1.
static const RowTile TILE_NAME(row_tiles)[TILE_ROWS] = {ALL_TILES(row_tile)};
static const LeafTile TILE_NAME(leaf_tiles)[TILE_ROWS] = {ALL_TILES(leaf_tile)};

#undef DEFINE_TILES
#undef TILE
#undef SIX_TILES
#undef ALL_TILES
#undef TILE_VECTOR
#undef TILE_VECTORS
#undef TILE_NAME
