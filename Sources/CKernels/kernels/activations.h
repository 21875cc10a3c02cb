// exp, tanh and the logistic function on vectors. The polynomials are Chebyshev fits of
// (exp(r) - 1 - r) / r² on |r| ≤ ln 2 / 2 and (tanh(x) / x - 1) / x² on |x| ≤ 0.625.

INLINE vec vexp(vec x) {
  // In this order a NaN passes both limits; swallowed, it would hide that training has failed.
  x = vmax(splat(-87.3f), vmin(splat(88.3f), x));
  const vec rounder = splat(12582912.0f);  // 1.5 · 2²³: adding it rounds to an integer
  vec rounded = fused(x, splat(1.44269504088896f), rounder);
  vec n = rounded - rounder;
  vec r = fused(n, splat(-0.693359375f), x);
  r = fused(n, splat(2.12194440e-4f), r);
  vec p = splat(1.9891103e-4f);
  p = fused(p, r, splat(1.39337510e-3f));
  p = fused(p, r, splat(8.33331048e-3f));
  p = fused(p, r, splat(4.16664630e-2f));
  p = fused(p, r, splat(1.66666672e-1f));
  p = fused(p, r, splat(0.5f));
  vec y = fused(p * r, r, r) + 1.0f;
  ivec exponent = ((ivec)rounded + 127) << 23;  // n stands in the low bits of `rounded`
  return y * (vec)exponent;
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

INLINE vec vtanh(vec x) {
  const ivec sign_bit = (ivec){} + (int32_t)0x80000000;
  ivec sign = (ivec)x & sign_bit;
  vec magnitude = (vec)((ivec)x & ~sign_bit);
  vec large = 1.0f - 2.0f / (1.0f + vexp(magnitude + magnitude));
  vec u = x * x;
  vec p = splat(-6.09671418e-3f);
  p = fused(p, u, splat(2.09971797e-2f));
  p = fused(p, u, splat(-5.38509078e-2f));
  p = fused(p, u, splat(1.33327693e-1f));
  p = fused(p, u, splat(-3.33333284e-1f));
  vec small = fused(p * u, x, x);
  return choose(magnitude < 0.625f, small, (vec)((ivec)large | sign));
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
