// exp, tanh and the logistic function on vectors. The polynomial is a Chebyshev fit of
// (exp(r) - 1 - r) / r² on |r| ≤ ln 2 / 2.

/// exp(x) = scale · (1 + rest) with a power of two.
typedef struct {
  vec scale, rest;
} exp_parts;

INLINE exp_parts exp_parts_of(vec x) {
  // In this order a NaN passes both limits; swallowed, it would hide that training has failed.
  x = vmax(splat(-87.3f), vmin(splat(88.3f), x));
  const vec rounder = splat(12582912.0f);  // 1.5 · 2²³: adding it rounds to an integer
  vec rounded = fused(x, splat(1.44269504088896f), rounder);
  vec n = rounded - rounder;
  vec r = fused(n, splat(-0.693359375f), x);
  r = fused(n, splat(2.12194440e-4f), r);
  // By pairs of terms, whose chains are half as long.
  vec square = r * r;
  vec high = fused(splat(1.9891103e-4f), r, splat(1.39337510e-3f));
  vec middle = fused(splat(8.33331048e-3f), r, splat(4.16664630e-2f));
  vec low = fused(splat(1.66666672e-1f), r, splat(0.5f));
  vec p = fused(fused(high, square, middle), square, low);
  ivec exponent = ((ivec)rounded + 127) << 23;  // n stands in the low bits of `rounded`
  return (exp_parts){(vec)exponent, fused(p, square, r)};
}

INLINE vec vexp(vec x) {
  exp_parts e = exp_parts_of(x);
  return (e.rest + 1.0f) * e.scale;
}

/// log(1 + x) for x in [0, 1]: 2·artanh(z) with z = x / (2 + x), of whose series the rest is below a
/// rounding.
INLINE vec vlog1p(vec x) {
  vec z = x / (2.0f + x);
  vec u = z * z;
  vec p = splat(2.0f / 15);
  p = fused(p, u, splat(2.0f / 13));
  p = fused(p, u, splat(2.0f / 11));
  p = fused(p, u, splat(2.0f / 9));
  p = fused(p, u, splat(2.0f / 7));
  p = fused(p, u, splat(2.0f / 5));
  p = fused(p, u, splat(2.0f / 3));
  return fused(p * u, z, z + z);
}

INLINE vec vsigmoid(vec x) { return 1.0f / (1.0f + vexp(-x)); }

/// (exp(2x) − 1) / (exp(2x) + 1), where exp(2x) − 1 is formed without cancellation.
INLINE vec vtanh(vec x) {
  exp_parts e = exp_parts_of(x + x);
  vec less_one = fused(e.scale, e.rest, e.scale - 1.0f);
  return less_one / (less_one + 2.0f);
}

/// The natural logarithm of a positive number, to a few units of the last place: with
/// x = 2ⁿ·m and m around 1, n·log 2 + 2·artanh((m − 1) / (m + 1)). The system's differs from one
/// processor to another.
INLINE double natural_logarithm(double x) {
  if (!(x < INFINITY)) return x;  // NaN passes, too
  int64_t bits;
  memcpy(&bits, &x, sizeof bits);
  const int64_t root_half = 0x3FE6A09E667F3BCD;  // √½: m lies in [√½, √2)
  int64_t exponent = (bits - root_half) >> 52;
  bits -= exponent << 52;
  double m, n = (double)exponent;
  memcpy(&m, &bits, sizeof m);
  double z = (m - 1) / (m + 1), u = z * z, p = 2.0 / 21;
  for (int k = 19; k >= 3; k -= 2) p = __builtin_fma(p, u, 2.0 / k);
  double rest = __builtin_fma(n, 1.90821492927058770e-10, p * u * z);
  return __builtin_fma(n, 6.93147180369123816490e-01, z + z + rest);
}

static void exponential(const float *x, size_t count, float *out) {
  FOR_VECTORS(i, count, left) store_some(out + i, vexp(load_some(x + i, left)), left);
}

static void hyperbolic_tangent(const float *x, size_t count, float *out) {
  FOR_VECTORS(i, count, left) store_some(out + i, vtanh(load_some(x + i, left)), left);
}

static void sigmoid(const float *x, size_t count, float *out) {
  FOR_VECTORS(i, count, left) store_some(out + i, vsigmoid(load_some(x + i, left)), left);
}
