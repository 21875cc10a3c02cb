// Products of so few columns that the sums of all of them, for some rows, stay in registers. Rows are
// read where they lie: none is read more than three times, so that packing would not pay.

#define NARROW_COLUMNS (TILE_ROWS == 12 ? 192 : 64)
#if TILE_ROWS == 12
#define NARROW_ROWS 14
#define NARROW_VECTORS 4
#else
#define NARROW_ROWS 6
#define NARROW_VECTORS 2
#endif
/// So many vectors of sums leave registers for the factors.
#define NARROW_SUMS (2 * TILE_ROWS)

/// Some rows and some vectors of columns of a product.
typedef struct {
  size_t k;
  const float *a;
  size_t lda;
  const float *panels;
  /// Two vectors make a panel.
  size_t first_vector;
  /// The columns of the last vector.
  size_t left;
  UnfoldStart start;
  float *c;
  size_t ldc;
} NarrowTile;

/// A start whose first column is another one.
INLINE UnfoldStart start_from_column(UnfoldStart start, size_t column) {
  if (start.values) start.values += column;
  return start;
}

/// A start whose first row is another one.
INLINE UnfoldStart start_from_row(UnfoldStart start, size_t row) {
  if (start.rows) {
    start.rows += row;
  } else if (start.values) {
    start.values += row * start.stride;
  }
  return start;
}

INLINE const float *start_of_row(UnfoldStart start, size_t row) {
  return start.values + (start.rows ? (size_t)start.rows[row] : row) * start.stride;
}

INLINE void narrow_tile(const int rows, const int vectors, const NarrowTile *tile) {
  vec sum[NARROW_ROWS][NARROW_VECTORS] = {};
  const float *b[NARROW_VECTORS];
  UNROLL for (int v = 0; v < vectors; v++) {
    size_t vector = tile->first_vector + (size_t)v;
    b[v] = tile->panels + vector / 2 * tile->k * NR + vector % 2 * W;
  }
  if (tile->start.values) {
    UNROLL for (int r = 0; r < rows; r++) {
      const float *from = start_of_row(tile->start, (size_t)r);
      UNROLL for (int v = 0; v < vectors; v++) {
        sum[r][v] = load_some(from + v * W, v + 1 < vectors ? W : tile->left);
      }
    }
  }
  KEEP_LOOP for (size_t i = 0; i < tile->k; i++) {
    vec column[NARROW_VECTORS];
    UNROLL for (int v = 0; v < vectors; v++) column[v] = load(b[v] + i * NR);
    UNROLL for (int r = 0; r < rows; r++) {
      vec factor = splat(tile->a[(size_t)r * tile->lda + i]);
      UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = fused(factor, column[v], sum[r][v]);
    }
  }
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < vectors; v++) {
      store_some(
          tile->c + (size_t)r * tile->ldc + v * W, sum[r][v], v + 1 < vectors ? W : tile->left);
    }
  }
}

#define NARROW_CASE(ROWS, VECTORS)    \
  case ROWS:                          \
    narrow_tile(ROWS, VECTORS, tile); \
    break;
#define SIX_NARROW_CASES(VECTORS)                                         \
  NARROW_CASE(1, VECTORS) NARROW_CASE(2, VECTORS) NARROW_CASE(3, VECTORS) \
  NARROW_CASE(4, VECTORS) NARROW_CASE(5, VECTORS) NARROW_CASE(6, VECTORS)
#define EIGHT_NARROW_CASES(VECTORS) \
  SIX_NARROW_CASES(VECTORS) NARROW_CASE(7, VECTORS) NARROW_CASE(8, VECTORS)
#define TWELVE_NARROW_CASES(VECTORS)                                           \
  EIGHT_NARROW_CASES(VECTORS) NARROW_CASE(9, VECTORS) NARROW_CASE(10, VECTORS) \
  NARROW_CASE(11, VECTORS) NARROW_CASE(12, VECTORS)
#define FOURTEEN_NARROW_CASES(VECTORS) \
  TWELVE_NARROW_CASES(VECTORS) NARROW_CASE(13, VECTORS) NARROW_CASE(14, VECTORS)

#define DEFINE_NARROW_TILES(VECTORS, CASES)                                      \
  static void narrow_tiles_##VECTORS(size_t rows, const NarrowTile *tile) {      \
    switch (rows) { CASES(VECTORS) }                                             \
  }

#if NARROW_VECTORS == 4
DEFINE_NARROW_TILES(1, FOURTEEN_NARROW_CASES)
DEFINE_NARROW_TILES(2, TWELVE_NARROW_CASES)
DEFINE_NARROW_TILES(3, EIGHT_NARROW_CASES)
DEFINE_NARROW_TILES(4, SIX_NARROW_CASES)
#else
DEFINE_NARROW_TILES(1, SIX_NARROW_CASES)
DEFINE_NARROW_TILES(2, SIX_NARROW_CASES)
#endif

typedef void (*NarrowTiles)(size_t rows, const NarrowTile *tile);

/// By vectors - 1.
static const NarrowTiles narrow_tiles[NARROW_VECTORS] = {
    narrow_tiles_1, narrow_tiles_2,
#if NARROW_VECTORS == 4
    narrow_tiles_3, narrow_tiles_4,
#endif
};

static void narrow_product(
    const float *a, size_t lda, size_t rows, size_t k, const float *panels, size_t columns,
    UnfoldStart start, float *c, size_t ldc) {
  size_t vectors = (columns + W - 1) / W;
  EvenCut passes = even_cut(vectors, NARROW_VECTORS);
  size_t widest = passes.size + (passes.larger > 0);
  EvenCut tiles = even_cut(rows, smaller(NARROW_ROWS, NARROW_SUMS / widest));
  for (size_t tile = 0; tile < tiles.count; tile++) {
    size_t row = part_start(tiles, tile), count = part_start(tiles, tile + 1) - row;
    for (size_t pass = 0; pass < passes.count; pass++) {
      size_t first = part_start(passes, pass), end = part_start(passes, pass + 1);
      narrow_tiles[end - first - 1](
          count, &(NarrowTile){
                     .k = k,
                     .a = a + row * lda,
                     .lda = lda,
                     .panels = panels,
                     .first_vector = first,
                     .left = smaller(W, columns - (end - 1) * W),
                     .start = start_from_column(start_from_row(start, row), first * W),
                     .c = c + row * ldc + first * W,
                     .ldc = ldc,
                 });
    }
  }
}
