// The same sums for so few columns of gradients, those of a readout of one value or two, that packing
// would take longer than the product: inputs are the vectors, and are read where they lie.

#define FEW_COLUMNS 2
/// So many vectors of sums stay in registers.
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

static void column_product(
    const WindowColumn *window, size_t column, float *column_sum, float *sums) {
  sum_column(window, 0, window->leaves.count, sums);
  for (int side = 0; side < 2; side++) {
    UnfoldWindowInput input = window->inputs[side];
    if (input.width == 0) continue;
    memcpy(input.sums + column * input.width, sums, input.width * sizeof(float));
    sums += input.width;
  }
  if (column_sum) *column_sum = *sums;
}
