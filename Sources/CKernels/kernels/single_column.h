// Products of a single column, a readout of one value: vectors are rows, which are transposed for it.

/// So much of k is transposed at a time.
#define COLUMN_K 64

/// C[rows, 1], a whole number of vectors of rows, from the first column of a panel.
static void single_column(
    const float *a, size_t lda, size_t rows, size_t k, const float *panel, UnfoldStart start,
    float *c) {
  float transposed[COLUMN_K * W];
  for (size_t row = 0; row < rows; row += W) {
    vec sum = {};
    for (int lane = 0; start.values && lane < W; lane++) {
      sum[lane] = *start_of_row(start, row + (size_t)lane);
    }
    for (size_t first = 0; first < k; first += COLUMN_K) {
      size_t ks = smaller(COLUMN_K, k - first);
      transpose_rows(a + row * lda + first, lda, ks, W, transposed, W);
      for (size_t i = 0; i < ks; i++) {
        sum = fused(splat(panel[(first + i) * NR]), load(transposed + i * W), sum);
      }
    }
    store(c + row, sum);
  }
}
