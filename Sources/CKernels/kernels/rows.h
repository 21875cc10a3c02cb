// Sums and movements of whole rows.

/// The sum may stand where one of the parts does: a compiler that has to mind that adds one by one.
static void add(const float *a, const float *b, size_t count, float *out) {
  size_t i = 0;
  for (; i + W <= count; i += W) store(out + i, load(a + i) + load(b + i));
  for (; i < count; i++) out[i] = a[i] + b[i];
}

static void gather_rows(
    const float *table, size_t width, const int32_t *symbols, size_t rows, float *out) {
  for (size_t r = 0; r < rows; r++) {
    memcpy(out + r * width, table + (size_t)symbols[r] * width, width * sizeof(float));
  }
}

/// The rows of one symbol that are still to be summed, and some of their columns.
typedef struct {
  const float *source;
  size_t width, first, count;
  const UnfoldSymbolRow *next, *end;
} SymbolRows;

/// Puts the sum over the leaves [leaf, leaf + leaves) at `out`: within a leaf in the order of rows,
/// over leaves by halves; false where none of them has a row, which counts as zero.
static bool sum_symbol(SymbolRows *rows, int32_t leaf, int32_t leaves, float *out, float *spare) {
  if (rows->next == rows->end || rows->next->leaf >= leaf + leaves) return false;
  if (leaves == 1) {
    memset(out, 0, rows->count * sizeof(float));
    for (; rows->next < rows->end && rows->next->leaf == leaf; rows->next++) {
      const float *row = rows->source + (size_t)rows->next->row * rows->width + rows->first;
      for (size_t i = 0; i < rows->count; i++) out[i] += row[i];
    }
    return true;
  }
  bool has_left = sum_symbol(rows, leaf, leaves / 2, out, spare);
  float *other = has_left ? spare : out;
  bool has_right =
      sum_symbol(rows, leaf + leaves / 2, leaves / 2, other, spare + rows->count);
  if (has_left && has_right) {
    add(out, other, rows->count, out);
  } else {
    // Zero is added where it is added to a negative one, too.
    for (size_t i = 0; i < rows->count; i++) out[i] += 0.0f;
  }
  return true;
}

static void sum_by_symbol(
    const float *source, size_t width, const UnfoldSymbolRow *rows, size_t count, size_t leaves,
    size_t first, size_t end, float *table, float *spare) {
  for (size_t i = 0; i < count;) {
    int32_t symbol = rows[i].symbol;
    SymbolRows own = {source, width, first, end - first, rows + i, rows + i};
    while (own.end < rows + count && own.end->symbol == symbol) own.end++;
    i = (size_t)(own.end - rows);
    sum_symbol(&own, 0, (int32_t)leaves, table + (size_t)symbol * width + first, spare);
  }
}
