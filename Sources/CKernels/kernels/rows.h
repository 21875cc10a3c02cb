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

static void dropout(
    const float *x, size_t width, float rate, uint64_t seed, uint32_t layer, uint32_t stream,
    uint64_t time_step, float *out) {
  const float scale = 1 / (1 - rate);
  const uint32_t threshold = (uint32_t)((double)rate * 0x1p32);
  for (size_t i = 0; i < width; i += 4) {
    // The purpose takes 4 bits of the last word, the layer 12, the unit's block of four 16, which
    // is enough for 262,144 units.
    uint32_t counter[4] = {
        stream, (uint32_t)time_step, (uint32_t)(time_step >> 32),
        UNFOLD_PURPOSE_DROPOUT | layer << 4 | (uint32_t)(i / 4) << 16};
    philox((uint32_t)seed, (uint32_t)(seed >> 32), counter);
    for (size_t j = 0; j < 4 && i + j < width; j++) {
      out[i + j] = counter[j] >= threshold ? x[i + j] * scale : 0;
    }
  }
}
