// Vectors of W floats and the partial loads and stores that give a row's tail the same arithmetic
// as its body. Products and sums in one expression contract to fused multiply-adds where the
// target has them (-ffp-contract=on, clang's default).
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define KEEP_LOOP _Pragma("clang loop unroll(disable)")

typedef float vec __attribute__((vector_size(4 * W)));
typedef float half_vec __attribute__((vector_size(2 * W)));
typedef int32_t ivec __attribute__((vector_size(4 * W)));
typedef float loose_vec __attribute__((vector_size(4 * W), aligned(4)));

INLINE vec load(const float *p) { return *(const loose_vec *)p; }
INLINE void store(float *p, vec v) { *(loose_vec *)p = v; }
INLINE vec splat(float x) { return x - (vec){}; }

INLINE vec load_some(const float *p, size_t count) {
  if (count >= W) return load(p);
  vec v = {};
  memcpy(&v, p, count * sizeof(float));
  return v;
}

INLINE void store_some(float *p, vec v, size_t count) {
  if (count >= W) {
    store(p, v);
  } else {
    memcpy(p, &v, count * sizeof(float));
  }
}

/// The first `count` lanes, and zeros behind them.
INLINE vec first_lanes(vec v, size_t count) {
  if (count >= W) return v;
  vec kept = {};
  memcpy(&kept, &v, count * sizeof(float));
  return kept;
}

/// Where the mask is set (all ones) a, else b.
INLINE vec choose(ivec mask, vec a, vec b) {
  return (vec)(((ivec)a & mask) | ((ivec)b & ~mask));
}

// Where b is NaN, so is the result.
INLINE vec vmin(vec a, vec b) { return choose(a < b, a, b); }
INLINE vec vmax(vec a, vec b) { return choose(a > b, a, b); }

INLINE vec square_root(vec v) { return __builtin_elementwise_sqrt(v); }

/// Sum of the lanes, always as the same tree.
INLINE float lane_sum(vec v) {
  for (int half = W / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; i++) v[i] = v[i] + v[i + half];
  }
  return v[0];
}

#define FOR_VECTORS(j, n, count) \
  for (size_t j = 0, count = (n); j < (n); j += W, count = (n) - j)
