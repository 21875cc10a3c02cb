#define _GNU_SOURCE
#include "CKernels.h"

#include <float.h>
#include <sched.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

void unfold_flush_denormals(void) {
#if defined(__x86_64__)
  const unsigned flush_to_zero = 0x8000, denormals_are_zero = 0x0040;
  _mm_setcsr(_mm_getcsr() | flush_to_zero | denormals_are_zero);
#elif defined(__aarch64__)
  uint64_t control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  __asm__ volatile("msr fpcr, %0" : : "r"(control | (UINT64_C(1) << 24)));
#endif
}

bool unfold_flushes_denormals(void) {
  // Read through volatile, so that the processor multiplies, and not the compiler.
  volatile float smallest = FLT_MIN, half = 0.5f, denormal = 0x1p-149f, large = 0x1p100f;
  const float products[] = {smallest * half, denormal * large};
  // Compared as bits: a processor that takes denormals for zero would find them equal to it.
  const uint32_t zeros[] = {0, 0};
  return memcmp(products, zeros, sizeof products) == 0;
}

size_t unfold_affinity_mask(uint8_t *bytes, size_t capacity) {
  cpu_set_t set;
  CPU_ZERO(&set);
  sched_getaffinity(0, sizeof set, &set);
  size_t count = sizeof set < capacity ? sizeof set : capacity;
  memset(bytes, 0, capacity);
  for (size_t core = 0; core < 8 * count; core++) {
    if (CPU_ISSET(core, &set)) bytes[core / 8] |= (uint8_t)(1u << (core % 8));
  }
  return count;
}
