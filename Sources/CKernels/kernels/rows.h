// Sums over a window, and movements of whole rows.

static void add(const float *a, const float *b, size_t count, float *out) {
  for (size_t i = 0; i < count; i++) out[i] = a[i] + b[i];
}

static void gather_rows(
    const float *table, size_t width, const int32_t *symbols, size_t rows, float *out) {
  for (size_t r = 0; r < rows; r++) {
    memcpy(out + r * width, table + (size_t)symbols[r] * width, width * sizeof(float));
  }
}

static void scatter_add(
    const float *source, const int32_t *symbols, size_t time_steps, size_t streams, size_t width,
    size_t first, size_t end, float *table) {
  for (size_t b = 0; b < streams; b++) {
    for (size_t t = 0; t < time_steps; t++) {
      size_t row = t * streams + b;
      float *out = table + (size_t)symbols[row] * width;
      for (size_t i = first; i < end; i++) out[i] += source[row * width + i];
    }
  }
}
