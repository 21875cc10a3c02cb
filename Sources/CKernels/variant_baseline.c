// The compiler's baseline: SSE2 on x86-64, NEON on arm64.
#include "kernels/tables.h"

#define W 4
#if defined(__aarch64__)
#define TILE_ROWS 12
#else
#define TILE_ROWS 6
#endif
#define VARIANT UNFOLD_VARIANT_BASELINE
#define TABLE baseline_kernels
#include "kernels/table.h"
