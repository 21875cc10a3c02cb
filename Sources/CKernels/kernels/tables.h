// The tables of the variants, each defined in its own source file, and what all of them include.
#include "CKernels.h"

#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "philox.h"

extern const UnfoldKernels baseline_kernels;
#if defined(__x86_64__)
extern const UnfoldKernels avx2_kernels, avx512_kernels;
#endif
