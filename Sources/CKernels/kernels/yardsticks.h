// What a core can do at best, for benchmarks.

static double multiply_add_peak(size_t iterations) {
  // Read through volatile, so that the compiler cannot foresee a sum and leave it out.
  volatile float unknown = 0.5f;
  vec sum[12], factor = splat(unknown), column = splat(unknown);
  UNROLL for (int i = 0; i < 12; i++) sum[i] = splat(unknown);
  for (size_t n = 0; n < iterations; n++) {
    UNROLL for (int i = 0; i < 12; i++) sum[i] = fused(sum[i], factor, column);
  }
  UNROLL for (int i = 0; i < 12; i++) unknown = unknown + lane_total((lane_sums){{sum[i]}});
  return 2.0 * 12 * W * (double)iterations;
}

// Memory is gone through from end to end, or in four places at once, which keeps more of it on its
// way: four vectors at a time, `distance` apart.
#define FOUR_VECTORS(count, spread)                                                \
  const size_t distance = (spread) ? (count) / 4 : W, step = (spread) ? W : 4 * W; \
  for (size_t i = 0, end = (spread) ? (count) / 4 : (count); i + step <= end; i += step)

static float read_memory(const float *x, size_t count, bool spread) {
  vec seen[4] = {};
  FOUR_VECTORS(count, spread) {
    UNROLL for (int part = 0; part < 4; part++) {
      seen[part] = vmax(seen[part], load(x + part * distance + i));
    }
  }
  return lane_total((lane_sums){{vmax(vmax(seen[0], seen[1]), vmax(seen[2], seen[3]))}});
}

static void write_memory(float *x, size_t count, bool spread) {
  FOUR_VECTORS(count, spread) {
    UNROLL for (int part = 0; part < 4; part++) store(x + part * distance + i, splat(1));
  }
}

static void update_memory(float *x, size_t count, bool spread) {
  FOUR_VECTORS(count, spread) {
    UNROLL for (int part = 0; part < 4; part++) {
      float *place = x + part * distance + i;
      store(place, load(place) + 1.0f);
    }
  }
}
