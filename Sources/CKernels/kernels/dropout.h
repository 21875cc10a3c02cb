// Dropout by Philox4x32-10 (philox.h), W counters at a time.

typedef uint32_t uvec __attribute__((vector_size(4 * W)));
typedef uint64_t wide_uvec __attribute__((vector_size(4 * W)));

/// The upper halves of 32-bit products: processors multiply every other lane to 64 bits.
INLINE uvec multiply_high(uvec words, uint32_t factor) {
  const uint64_t lower = 0xFFFFFFFF;
  wide_uvec even = ((wide_uvec)words & lower) * factor, odd = ((wide_uvec)words >> 32) * factor;
  return (uvec)(even >> 32 | (odd & ~lower));
}

INLINE void philox_vectors(uint32_t key0, uint32_t key1, uvec counters[4]) {
  UNROLL for (int round = 0; round < PHILOX_ROUNDS; round++) {
    uvec high0 = multiply_high(counters[0], PHILOX_FACTOR0);
    uvec high1 = multiply_high(counters[2], PHILOX_FACTOR1);
    uvec low0 = counters[0] * PHILOX_FACTOR0, low1 = counters[2] * PHILOX_FACTOR1;
    counters[0] = high1 ^ counters[1] ^ key0;
    counters[1] = low1;
    counters[2] = high0 ^ counters[3] ^ key1;
    counters[3] = low0;
    key0 += PHILOX_KEY_STEP0;
    key1 += PHILOX_KEY_STEP1;
  }
}

#define FOUR_LANES(lane, l) lane(l), lane(l + 1), lane(l + 2), lane(l + 3)
#if W == 4
#define ALL_LANES(lane) FOUR_LANES(lane, 0)
#elif W == 8
#define ALL_LANES(lane) FOUR_LANES(lane, 0), FOUR_LANES(lane, 4)
#else
#define ALL_LANES(lane) \
  FOUR_LANES(lane, 0), FOUR_LANES(lane, 4), FOUR_LANES(lane, 8), FOUR_LANES(lane, 12)
#endif
#define LOWER_LANE(l) ((l) % 2 * W + (l) / 2)
#define UPPER_LANE(l) ((l) % 2 * W + (l) / 2 + W / 2)

/// a0 b0 a1 b1 …
INLINE void interleave(uvec a, uvec b, uvec out[2]) {
  out[0] = __builtin_shufflevector(a, b, ALL_LANES(LOWER_LANE));
  out[1] = __builtin_shufflevector(a, b, ALL_LANES(UPPER_LANE));
}

static void dropout(
    const float *x, size_t width, float rate, uint64_t seed, uint32_t layer, uint32_t stream,
    uint64_t time_step, float *out) {
  const float scale = 1 / (1 - rate);
  const uint32_t threshold = (uint32_t)((double)rate * 0x1p32);
  uvec blocks;
  UNROLL for (int lane = 0; lane < W; lane++) blocks[lane] = (uint32_t)lane;
  for (size_t i = 0; i < width; i += 4 * W, blocks += W) {
    // The purpose takes 4 bits of the last word, the layer 12, the unit's block of four 16, which
    // is enough for 262,144 units.
    uvec counters[4] = {
        (uvec){} + stream, (uvec){} + (uint32_t)time_step, (uvec){} + (uint32_t)(time_step >> 32),
        blocks << 16 | (UNFOLD_PURPOSE_DROPOUT | layer << 4)};
    philox_vectors((uint32_t)seed, (uint32_t)(seed >> 32), counters);
    uvec even[2], odd[2], words[4];
    interleave(counters[0], counters[2], even);
    interleave(counters[1], counters[3], odd);
    interleave(even[0], odd[0], words);
    interleave(even[1], odd[1], words + 2);
    UNROLL for (int part = 0; part < 4; part++) {
      size_t first = i + part * W;
      if (first >= width) return;
      vec scaled = load_some(x + first, width - first) * scale;
      vec kept = choose((ivec)(words[part] >= threshold), scaled, (vec){});
      store_some(out + first, kept, width - first);
    }
  }
}
