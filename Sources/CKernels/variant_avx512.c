// AVX-512: 32 registers of 16 floats.
#include "kernels/tables.h"

#if defined(__x86_64__)
#define W 16
#define TILE_ROWS 12
#define VARIANT UNFOLD_VARIANT_AVX512
#define TABLE avx512_kernels
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#include "kernels/table.h"
#pragma clang attribute pop
#endif
