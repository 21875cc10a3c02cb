// The same sums for so few columns of gradients, those of a readout of one value or two, that packing
// would take longer than the product: inputs are the vectors, and are read where they lie.

#define FEW_COLUMNS 2
/// So many vectors of sums stay in registers.
#define FEW_VECTORS 4

/// Sums of a column of gradients and of its products with both inputs: [left, right, 1].
typedef struct {
  const float *gradients;
  UnfoldWindow window;
  size_t width;
  UnfoldWindowInput inputs[2];
} WindowColumn;

/// The products of one leaf with some vectors of an input's columns, `first` being the first column.
/// Returns the sum of its gradients.
INLINE float column_tile(
    const int vectors, const WindowColumn *column, UnfoldWindowInput input, size_t leaf,
    size_t first, float *sums) {
  UnfoldWindow window = column->window;
  size_t first_stream = leaf_stream(window, leaf), end_stream = leaf_stream(window, leaf + 1);
  vec sum[FEW_VECTORS] = {};
  float total = 0;
  ptrdiff_t ahead = -(ptrdiff_t)(8 * window.streams * input.width);
  for (size_t t = window.time_steps; t-- > 0;) {
    size_t row = t * window.streams + first_stream;
    const float *in = input.values + row * input.width + first;
    for (size_t b = first_stream; b < end_stream; b++, row++, in += input.width) {
      bool is_zero = input.zero_rows && input.zero_rows[row];
      float gradient = column->gradients[row * column->width];
      __builtin_prefetch(in + ahead);
      total += gradient;
      UNROLL for (int v = 0; v < vectors; v++) {
        vec values = load_some(in + v * W, input.width - first - (size_t)v * W);
        sum[v] = fused(splat(gradient), is_zero ? (vec){} : values, sum[v]);
      }
    }
  }
  UNROLL for (int v = 0; v < vectors; v++) {
    store_some(sums + v * W, sum[v], input.width - first - (size_t)v * W);
  }
  return total;
}

/// The sums of one leaf.
static void sum_column_of_leaf(const WindowColumn *column, size_t leaf, float *sums) {
  float total = 0;
  for (int side = 0; side < 2; side++) {
    UnfoldWindowInput input = column->inputs[side];
    for (size_t first = 0; first < input.width; first += FEW_VECTORS * W) {
      size_t vectors = (input.width - first + W - 1) / W;
      float *out = sums + first;
      if (vectors == 1) {
        total = column_tile(1, column, input, leaf, first, out);
      } else if (vectors == 2) {
        total = column_tile(2, column, input, leaf, first, out);
      } else if (vectors == 3) {
        total = column_tile(3, column, input, leaf, first, out);
      } else {
        total = column_tile(4, column, input, leaf, first, out);
      }
    }
    sums += input.width;
  }
  *sums = total;
}

/// The sums over some leaves, a power of two, by halves; the memory behind them holds the right half's.
static void sum_column(
    const WindowColumn *column, size_t first_leaf, size_t leaf_count, float *sums) {
  if (leaf_count == 1) {
    sum_column_of_leaf(column, first_leaf, sums);
    return;
  }
  size_t rows = window_rows(column->inputs[0], column->inputs[1]);
  sum_column(column, first_leaf, leaf_count / 2, sums);
  sum_column(column, first_leaf + leaf_count / 2, leaf_count / 2, sums + rows);
  add(sums, sums + rows, rows, sums);
}

static void column_product(
    const WindowColumn *column, size_t place, float *column_sum, float *sums) {
  sum_column(column, 0, column->window.leaves.count, sums);
  for (int side = 0; side < 2; side++) {
    UnfoldWindowInput input = column->inputs[side];
    if (input.width == 0) continue;
    memcpy(input.sums + place * input.width, sums, input.width * sizeof(float));
    sums += input.width;
  }
  if (column_sum) *column_sum = *sums;
}
