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

typedef void (*MultiplyNarrow)(const NarrowTile *tile);

#define SIX_HEIGHTS(EACH, VECTORS)                                           \
  EACH(VECTORS, 1) EACH(VECTORS, 2) EACH(VECTORS, 3) EACH(VECTORS, 4)        \
  EACH(VECTORS, 5) EACH(VECTORS, 6)
#define EIGHT_HEIGHTS(EACH, VECTORS) SIX_HEIGHTS(EACH, VECTORS) EACH(VECTORS, 7) EACH(VECTORS, 8)
#define TWELVE_HEIGHTS(EACH, VECTORS)                                        \
  EIGHT_HEIGHTS(EACH, VECTORS) EACH(VECTORS, 9) EACH(VECTORS, 10)            \
  EACH(VECTORS, 11) EACH(VECTORS, 12)
#define FOURTEEN_HEIGHTS(EACH, VECTORS) \
  TWELVE_HEIGHTS(EACH, VECTORS) EACH(VECTORS, 13) EACH(VECTORS, 14)

#define DEFINE_TILE(VECTORS, ROWS)                                           \
  static void narrow_tile_##VECTORS##_##ROWS(const NarrowTile *tile) {       \
    narrow_tile(ROWS, VECTORS, tile);                                        \
  }
#define TILE(VECTORS, ROWS) narrow_tile_##VECTORS##_##ROWS,

/// By vectors - 1: the most rows, whose sums leave registers for the factors, and the tiles by rows - 1.
#if NARROW_VECTORS == 4
FOURTEEN_HEIGHTS(DEFINE_TILE, 1)
TWELVE_HEIGHTS(DEFINE_TILE, 2)
EIGHT_HEIGHTS(DEFINE_TILE, 3)
SIX_HEIGHTS(DEFINE_TILE, 4)
static const size_t narrow_heights[NARROW_VECTORS] = {NARROW_ROWS, 12, 8, 6};
static const MultiplyNarrow narrow_tiles[NARROW_VECTORS][NARROW_ROWS] = {
    {FOURTEEN_HEIGHTS(TILE, 1)},
    {TWELVE_HEIGHTS(TILE, 2)},
    {EIGHT_HEIGHTS(TILE, 3)},
    {SIX_HEIGHTS(TILE, 4)},
};
#else
SIX_HEIGHTS(DEFINE_TILE, 1)
SIX_HEIGHTS(DEFINE_TILE, 2)
static const size_t narrow_heights[NARROW_VECTORS] = {NARROW_ROWS, NARROW_ROWS};
static const MultiplyNarrow narrow_tiles[NARROW_VECTORS][NARROW_ROWS] = {
    {SIX_HEIGHTS(TILE, 1)},
    {SIX_HEIGHTS(TILE, 2)},
};
#endif

#undef DEFINE_TILE
#undef TILE

static void narrow_product(
    const float *a, size_t lda, size_t rows, size_t k, const float *panels, size_t columns,
    UnfoldStart start, float *c, size_t ldc) {
  size_t vectors = (columns + W - 1) / W;
  EvenCut passes = even_cut(vectors, NARROW_VECTORS);
  size_t widest = passes.size + (passes.larger > 0);
  EvenCut tiles = even_cut(rows, narrow_heights[widest - 1]);
  for (size_t tile = 0; tile < tiles.count; tile++) {
    size_t row = part_start(tiles, tile), count = part_start(tiles, tile + 1) - row;
    for (size_t pass = 0; pass < passes.count; pass++) {
      size_t first = part_start(passes, pass), end = part_start(passes, pass + 1);
      narrow_tiles[end - first - 1][count - 1](&(NarrowTile){
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
