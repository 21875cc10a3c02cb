// Vectors of W floats and the partial loads and stores that give a row's tail the same arithmetic
// as its body.
//
// Every variant gives the same bits. Products and sums are fused where the code says so and nowhere
// else; a target without that instruction takes the slow function, and is the reference.
#pragma clang fp contract(off)
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define KEEP_LOOP _Pragma("clang loop unroll(disable)")

typedef float vec __attribute__((vector_size(4 * W)));
typedef float half_vec __attribute__((vector_size(2 * W)));
typedef int32_t ivec __attribute__((vector_size(4 * W)));
typedef float loose_vec __attribute__((vector_size(4 * W), aligned(4)));

#if W == 16
#define LANES_OF_ONES -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1
#elif W == 8
#define LANES_OF_ONES -1, -1, -1, -1, -1, -1, -1, -1
#else
#define LANES_OF_ONES -1, -1, -1, -1
#endif

INLINE vec load(const float *p) { return *(const loose_vec *)p; }
INLINE void store(float *p, vec v) { *(loose_vec *)p = v; }
INLINE vec splat(float x) { return x - (vec){}; }

/// All ones in the first `count` lanes, at most W of them.
INLINE ivec lane_mask(size_t count) {
  static const int32_t ones_and_zeros[2 * W] = {LANES_OF_ONES};
  ivec mask;
  memcpy(&mask, ones_and_zeros + W - count, sizeof mask);
  return mask;
}

/// The first `count` lanes, and zeros behind them; no memory behind them is touched.
INLINE vec load_some(const float *p, size_t count) {
  if (count >= W) return load(p);
#if W == 16
  return (vec)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#elif W == 8
  return (vec)_mm256_maskload_ps(p, (__m256i)lane_mask(count));
#else
  vec v = {};
  memcpy(&v, p, count * sizeof(float));
  return v;
#endif
}

INLINE void store_some(float *p, vec v, size_t count) {
  if (count >= W) {
    store(p, v);
    return;
  }
#if W == 16
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
#elif W == 8
  // In pieces: masked stores of eight floats are slow on some processors.
  __m128 rest = _mm256_castps256_ps128((__m256)v);
  if (count & 4) {
    _mm_storeu_ps(p, rest);
    rest = _mm256_extractf128_ps((__m256)v, 1);
    p += 4;
  }
  if (count & 2) {
    _mm_storel_pi((__m64 *)p, rest);
    rest = _mm_movehl_ps(rest, rest);
    p += 2;
  }
  if (count & 1) _mm_store_ss(p, rest);
#else
  memcpy(p, &v, count * sizeof(float));
#endif
}

/// The first `count` lanes, and zeros behind them.
INLINE vec first_lanes(vec v, size_t count) {
  return count >= W ? v : (vec)((ivec)v & lane_mask(count));
}

/// Where the mask is set (all ones) a, else b.
INLINE vec choose(ivec mask, vec a, vec b) {
  return (vec)(((ivec)a & mask) | ((ivec)b & ~mask));
}

// Where b is NaN, so is the result; b, too, where both are zero.
#if W == 16
INLINE vec vmin(vec a, vec b) { return (vec)_mm512_min_ps((__m512)a, (__m512)b); }
INLINE vec vmax(vec a, vec b) { return (vec)_mm512_max_ps((__m512)a, (__m512)b); }
#elif W == 8
INLINE vec vmin(vec a, vec b) { return (vec)_mm256_min_ps((__m256)a, (__m256)b); }
INLINE vec vmax(vec a, vec b) { return (vec)_mm256_max_ps((__m256)a, (__m256)b); }
#else
INLINE vec vmin(vec a, vec b) { return choose(a < b, a, b); }
INLINE vec vmax(vec a, vec b) { return choose(a > b, a, b); }
#endif

INLINE half_vec lower_half(vec v) {
  half_vec half;
  memcpy(&half, &v, sizeof half);
  return half;
}

INLINE half_vec upper_half(vec v) {
  half_vec half;
  memcpy(&half, (const char *)&v + sizeof half, sizeof half);
  return half;
}

INLINE vec join_halves(half_vec lower, half_vec upper) {
  vec v;
  memcpy(&v, &lower, sizeof lower);
  memcpy((char *)&v + sizeof lower, &upper, sizeof upper);
  return v;
}

/// Followed by zeros.
INLINE vec in_lower_half(half_vec v) { return join_halves(v, (half_vec){}); }

INLINE vec square_root(vec v) { return __builtin_elementwise_sqrt(v); }

/// a · b + c, rounded once.
#define fused(a, b, c) __builtin_elementwise_fma(a, b, c)

/// Sums run in so many lanes in every variant, however many a register has: element i in lane i.
#define SUM_LANES 16
#define SUM_VECTORS (SUM_LANES / W)

typedef struct {
  vec part[SUM_VECTORS];
} lane_sums;

/// Sum of the lanes, always as the same tree.
INLINE float lane_total(lane_sums sums) {
  for (int half = SUM_VECTORS / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; i++) sums.part[i] = sums.part[i] + sums.part[i + half];
  }
  vec v = sums.part[0];
  for (int half = W / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; i++) v[i] = v[i] + v[i + half];
  }
  return v[0];
}

/// The vectors of a row, each with its part of the lanes, and how many elements are left for it.
#define FOR_LANES(j, part, n, left)                                                  \
  for (size_t first_##j = 0; first_##j < (n); first_##j += SUM_LANES)                \
    UNROLL for (int part = 0; part < SUM_VECTORS; part++)                            \
      for (size_t j = first_##j + part * W, left = j < (n) ? (n) - j : 0; left > 0; left = 0)

#define FOR_VECTORS(j, n, count) \
  for (size_t j = 0, count = (n); j < (n); j += W, count = (n) - j)
