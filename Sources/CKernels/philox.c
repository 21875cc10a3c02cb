#include "CKernels.h"
#include "kernels/philox.h"

void unfold_philox(
    uint64_t key, uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint32_t out[4]) {
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
  philox((uint32_t)key, (uint32_t)(key >> 32), out);
}

void unfold_uniform_fill(
    uint64_t seed, UnfoldPurpose purpose, uint32_t stream, float range, float *out, size_t count) {
  for (size_t i = 0; i < count; i += 4) {
    uint32_t words[4];
    size_t block = i / 4;
    unfold_philox(seed, (uint32_t)block, (uint32_t)(block >> 32), stream, purpose, words);
    for (size_t j = 0; j < 4 && i + j < count; j++) {
      float unit = (float)(words[j] >> 8) * 0x1p-24f;
      out[i + j] = (2 * unit - 1) * range;
    }
  }
}
