// Which variant runs: the best one that the processor has and that passes its self-check.
#include "kernels/tables.h"

#include <stdatomic.h>
#include <stdlib.h>

bool unfold_supports_variant(UnfoldVariant variant) {
  switch (variant) {
    case UNFOLD_VARIANT_BASELINE:
      return true;
#if defined(__x86_64__)
    case UNFOLD_VARIANT_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case UNFOLD_VARIANT_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
             unfold_supports_variant(UNFOLD_VARIANT_AVX2);
#endif
    default:
      return false;
  }
}

const char *unfold_variant_name(UnfoldVariant variant) {
  switch (variant) {
    case UNFOLD_VARIANT_AVX2:
      return "avx2";
    case UNFOLD_VARIANT_AVX512:
      return "avx512";
    default:
      return "baseline";
  }
}

const UnfoldKernels *unfold_kernels(UnfoldVariant variant) {
#if defined(__x86_64__)
  if (variant == UNFOLD_VARIANT_AVX2) return &avx2_kernels;
  if (variant == UNFOLD_VARIANT_AVX512) return &avx512_kernels;
#endif
  return &baseline_kernels;
}

// MARK: Self-check

enum { CHECK_ROWS = 7, CHECK_DEPTH = 19, CHECK_COLUMNS = 37, CHECK_PANELS = 64 };

typedef struct {
  float outputs[CHECK_ROWS * CHECK_COLUMNS];
  float sums[CHECK_DEPTH * CHECK_COLUMNS];
  float column_sums[CHECK_DEPTH];
} CheckResult;

/// tanh of a small product, and its product with the inputs: packing, tiles with tails in both forms
/// of A, and activations.
static CheckResult check_problem(const UnfoldKernels *kernels) {
  CheckResult result;
  float a[CHECK_ROWS * CHECK_DEPTH], b[CHECK_COLUMNS * CHECK_DEPTH];
  float packed[CHECK_DEPTH * CHECK_PANELS], scratch[4 * (2 * (CHECK_COLUMNS + 1) + CHECK_DEPTH) * 32];
  unfold_uniform_fill(1, UNFOLD_PURPOSE_INITIALIZATION, 0, 1, a, CHECK_ROWS * CHECK_DEPTH);
  unfold_uniform_fill(1, UNFOLD_PURPOSE_INITIALIZATION, 1, 1, b, CHECK_COLUMNS * CHECK_DEPTH);
  size_t panels = (CHECK_COLUMNS + kernels->panel_width - 1) / kernels->panel_width;
  kernels->pack_weight(b, CHECK_COLUMNS, CHECK_DEPTH, 0, panels, packed, NULL);
  kernels->product(
      a, CHECK_DEPTH, CHECK_ROWS, CHECK_DEPTH, packed, CHECK_COLUMNS, 0, panels, &(UnfoldStart){0},
      result.outputs, CHECK_COLUMNS, scratch);
  kernels->hyperbolic_tangent(result.outputs, CHECK_ROWS * CHECK_COLUMNS, result.outputs);
  UnfoldWindowInput inputs = {result.outputs, CHECK_COLUMNS, NULL, result.sums};
  UnfoldWindowInput none = {0};
  const size_t ends[] = {CHECK_ROWS / 2, CHECK_ROWS};
  UnfoldWindow window = {1, CHECK_ROWS, {ends, 2}};
  kernels->pack_window(inputs, none, window, 0, CHECK_ROWS, packed);
  kernels->window_product(
      a, window, CHECK_DEPTH, 0, CHECK_DEPTH, inputs, none, packed, result.column_sums, scratch);
  return result;
}

static bool agree(const float *a, const float *b, size_t count) {
  return memcmp(a, b, count * sizeof(float)) == 0;
}

bool unfold_check_variant(UnfoldVariant variant) {
  CheckResult expected = check_problem(&baseline_kernels);
  CheckResult got = check_problem(unfold_kernels(variant));
  return agree(expected.outputs, got.outputs, CHECK_ROWS * CHECK_COLUMNS) &&
         agree(expected.sums, got.sums, CHECK_DEPTH * CHECK_COLUMNS) &&
         agree(expected.column_sums, got.column_sums, CHECK_DEPTH);
}

bool unfold_variant_named(const char *name, UnfoldVariant *variant) {
  for (int candidate = UNFOLD_VARIANT_BASELINE; candidate <= UNFOLD_VARIANT_AVX512; candidate++) {
    if (strcmp(name, unfold_variant_name(candidate)) == 0) {
      *variant = candidate;
      return true;
    }
  }
  return false;
}

UnfoldVariant unfold_best_variant(void) {
  UnfoldVariant forced;
  const char *name = getenv("UNFOLD_ISA");
  if (name && unfold_variant_named(name, &forced) && unfold_supports_variant(forced)) {
    return forced;
  }
  for (int variant = UNFOLD_VARIANT_AVX512; variant > UNFOLD_VARIANT_BASELINE; variant--) {
    if (unfold_supports_variant(variant) && unfold_check_variant(variant)) return variant;
  }
  return UNFOLD_VARIANT_BASELINE;
}

// MARK: The process's choice

static _Atomic(const UnfoldKernels *) active;

void unfold_activate_variant(UnfoldVariant variant) {
  atomic_store_explicit(&active, unfold_kernels(variant), memory_order_release);
}

const UnfoldKernels *unfold_active_kernels(void) {
  const UnfoldKernels *kernels = atomic_load_explicit(&active, memory_order_acquire);
  if (!kernels) {
    unfold_activate_variant(unfold_best_variant());
    kernels = atomic_load_explicit(&active, memory_order_acquire);
  }
  return kernels;
}
