// AVX2 with fused multiply-add: 16 registers of 8 floats.
#include "kernels/tables.h"

#if defined(__x86_64__)
#define W 8
#define TILE_ROWS 6
#define VARIANT UNFOLD_VARIANT_AVX2
#define TABLE avx2_kernels
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "kernels/table.h"
#pragma clang attribute pop
#endif
