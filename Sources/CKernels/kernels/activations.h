// exp, tanh and the logistic function on vectors. The polynomial is a minimax fit of
// (exp(r) - 1 - r) / r² on |r| ≤ ln 2 / 2, off by 3e-9 of exp(r).

/// Several vectors go through a function side by side: each is a long chain of operations.
#define MOST_VECTORS 8
#define EACH(v) UNROLL for (int v = 0; v < count; v++)

// In this order a NaN passes both limits; swallowed, it would hide that training has failed.
INLINE vec limited(vec x, float least, float most) {
  return vmax(splat(least), vmin(splat(most), x));
}

/// exp(x) = scale · (1 + rest) with a power of two, for x in [-87.3, 88.3].
INLINE void exp_parts(const int count, const vec *x, vec *scale, vec *rest) {
  // Adding 1.5 · 2²³ rounds to an integer, n, which then stands in the low bits; 127 is the exponent
  // of 1.
  const vec rounder = splat(12582912.0f + 127);
  vec n[MOST_VECTORS], r[MOST_VECTORS], square[MOST_VECTORS], p[MOST_VECTORS];
  vec low[MOST_VECTORS], high[MOST_VECTORS];
  EACH(v) scale[v] = fused(x[v], splat(1.44269504088896f), rounder);
  EACH(v) n[v] = scale[v] - rounder;
  // The rounded ln 2 is off by 3e-9 of itself, and exp(x) by as much of |x|.
  EACH(v) r[v] = fused(n[v], splat(-0.69314718055995f), x[v]);
  // By pairs of terms, whose chains are half as long.
  EACH(v) square[v] = r[v] * r[v];
  EACH(v) high[v] = fused(splat(8.36871006e-3f), r[v], splat(4.16683890e-2f));
  EACH(v) low[v] = fused(splat(1.66665211e-1f), r[v], splat(0.49999994f));
  EACH(v) p[v] = fused(splat(1.38146128e-3f), square[v], high[v]);
  EACH(v) p[v] = fused(p[v], square[v], low[v]);
  EACH(v) scale[v] = (vec)((ivec)scale[v] << 23);
  EACH(v) rest[v] = fused(p[v], square[v], r[v]);
}

INLINE vec vexp(vec x) {
  vec scale, rest;
  x = limited(x, -87.3f, 88.3f);
  exp_parts(1, &x, &scale, &rest);
  return fused(scale, rest, scale);
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

/// A quotient that is still to be formed.
typedef struct {
  vec over, under;
} ratio;

/// The last one is tanh in a vector's lower half and the logistic function in its upper half.
typedef enum { SIGMOID, TANH, TANH_AND_SIGMOID } Gate;

/// The number for either function, where it is called for.
INLINE vec of_gate(Gate gate, float sigmoid, float tanh) {
  half_vec lower = (gate == SIGMOID ? sigmoid : tanh) - (half_vec){};
  half_vec upper = (gate == TANH ? tanh : sigmoid) - (half_vec){};
  return join_halves(lower, upper);
}

/// What gates make of their sums: 1 / (1 + exp(−x)), and (exp(2x) − 1) / (exp(2x) + 1), where
/// exp(2x) − 1 is formed without cancellation. Two denominators may be multiplied: a gate below 1e-18
/// stays there.
INLINE void gate_ratios(const int count, const Gate *gates, const vec *sums, ratio *out) {
  const float limit = 43;
  vec x[MOST_VECTORS], scale[MOST_VECTORS], rest[MOST_VECTORS], e[MOST_VECTORS];
  EACH(v) x[v] = vmin(of_gate(gates[v], limit, limit / 2), sums[v]);
  EACH(v) x[v] = vmax(of_gate(gates[v], -limit, -limit / 2), x[v]);
  // A change of sign costs nothing where the next operation is fused.
  EACH(v) x[v] = gates[v] == SIGMOID ? -x[v] : x[v] * of_gate(gates[v], -1, 2);
  exp_parts(count, x, scale, rest);
  EACH(v) e[v] = gates[v] == SIGMOID ? scale[v] : scale[v] - of_gate(gates[v], 0, 1);
  EACH(v) e[v] = fused(scale[v], rest[v], e[v]);
  const half_vec one = 1 - (half_vec){};
  EACH(v) {
    half_vec lower = gates[v] == SIGMOID ? one : lower_half(e[v]);
    out[v].over = join_halves(lower, gates[v] == TANH ? upper_half(e[v]) : one);
  }
  EACH(v) out[v].under = e[v] + of_gate(gates[v], 1, 2);
}

INLINE void tanh_ratios(const int count, const vec *x, ratio *out) {
  static const Gate gates[MOST_VECTORS] = {TANH, TANH, TANH, TANH, TANH, TANH, TANH, TANH};
  gate_ratios(count, gates, x, out);
}

INLINE vec vtanh(vec x) {
  ratio y;
  tanh_ratios(1, &x, &y);
  return y.over / y.under;
}

/// Two quotients by one division, which takes as long as the rest of both.
INLINE void divide_both(ratio a, ratio b, vec *first, vec *second) {
  vec inverse = 1.0f / (a.under * b.under);
  *first = a.over * (b.under * inverse);
  *second = b.over * (a.under * inverse);
}

/// The quotients of both halves, in the same way; they stand in lower halves.
INLINE void divide_halves(ratio both, vec *first, vec *second) {
  half_vec a = lower_half(both.under), b = upper_half(both.under);
  half_vec inverse = 1.0f / (a * b);
  *first = in_lower_half(lower_half(both.over) * (b * inverse));
  *second = in_lower_half(upper_half(both.over) * (a * inverse));
}

/// The derivatives, from the functions' values.
INLINE vec slope_of_sigmoid(vec y) { return fused(-y, y, y); }
INLINE vec slope_of_tanh(vec y) { return fused(-y, y, splat(1)); }

/// So many rows' gates are formed side by side.
#define GATE_ROWS 2

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
