// Philox4x32-10: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as
// 1, 2, 3", SC 2011.
#include <stdint.h>

static inline void philox(uint32_t key0, uint32_t key1, uint32_t counter[4]) {
  for (int round = 0; round < 10; round++) {
    uint64_t product0 = (uint64_t)0xD2511F53u * counter[0];
    uint64_t product1 = (uint64_t)0xCD9E8D57u * counter[2];
    uint32_t next0 = (uint32_t)(product1 >> 32) ^ counter[1] ^ key0;
    uint32_t next2 = (uint32_t)(product0 >> 32) ^ counter[3] ^ key1;
    counter[0] = next0;
    counter[1] = (uint32_t)product1;
    counter[2] = next2;
    counter[3] = (uint32_t)product0;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
}
