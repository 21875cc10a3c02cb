// Philox4x32-10: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as
// 1, 2, 3", SC 2011.
#include <stdint.h>

#define PHILOX_ROUNDS 10
#define PHILOX_FACTOR0 0xD2511F53u
#define PHILOX_FACTOR1 0xCD9E8D57u
#define PHILOX_KEY_STEP0 0x9E3779B9u
#define PHILOX_KEY_STEP1 0xBB67AE85u

static inline void philox(uint32_t key0, uint32_t key1, uint32_t counter[4]) {
  for (int round = 0; round < PHILOX_ROUNDS; round++) {
    uint64_t product0 = (uint64_t)PHILOX_FACTOR0 * counter[0];
    uint64_t product1 = (uint64_t)PHILOX_FACTOR1 * counter[2];
    uint32_t next0 = (uint32_t)(product1 >> 32) ^ counter[1] ^ key0;
    uint32_t next2 = (uint32_t)(product0 >> 32) ^ counter[3] ^ key1;
    counter[0] = next0;
    counter[1] = (uint32_t)product1;
    counter[2] = next2;
    counter[3] = (uint32_t)product0;
    key0 += PHILOX_KEY_STEP0;
    key1 += PHILOX_KEY_STEP1;
  }
}
