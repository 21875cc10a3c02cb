#ifndef UNFOLD_KERNELS_H
#define UNFOLD_KERNELS_H

// The arithmetic of Unfold: single-threaded, allocation-free kernels on row-major floats.
//
// Contract: an output element depends only on its row, its column and the order of k, never on how
// many rows, columns or workers are computed together. Splitting work can therefore not change bits.
//
// All variants give the same bits, those of the baseline, which computes fused multiply-adds by a
// slow function where the processor has no instruction for them.
//
// Axes: T time steps, B streams, H hidden width, V classes. A *window* operand is [T, B, width], whose
// streams lie in *leaves*. Its k order is leaf by leaf; within a leaf time step by time step, the last
// one first, as gradients are formed; within a time step stream by stream. A sum runs in that order
// within a leaf, and over leaves as a tree of halves, so that leaves may be summed in different places.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// MARK: Randomness

/// What a random number is for; the last word of the Philox counter.
typedef enum {
  UNFOLD_PURPOSE_INITIALIZATION = 1,
  UNFOLD_PURPOSE_DROPOUT = 2,
  UNFOLD_PURPOSE_SHUFFLE = 3,
  UNFOLD_PURPOSE_TRAINING_SAMPLE = 4,
  UNFOLD_PURPOSE_VALIDATION_SAMPLE = 5,
  UNFOLD_PURPOSE_SAMPLING = 6,
} UnfoldPurpose;

/// Philox4x32-10 (Salmon et al., 2011): four random words from a 64-bit key and a 128-bit counter.
void unfold_philox(
    uint64_t key, uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3,
    uint32_t out[_Nonnull 4]);

/// Fills `out[i]` with a uniform number in [-range, range), keyed by seed, stream and element.
void unfold_uniform_fill(
    uint64_t seed, UnfoldPurpose purpose, uint32_t stream, float range, float *out, size_t count);

// MARK: Processor

/// Sets flush-to-zero and denormals-are-zero for the calling thread.
void unfold_flush_denormals(void);

/// Whether the calling thread's products flush denormals to zero, and take denormal operands for zero.
bool unfold_flushes_denormals(void);

/// Tells the core that this thread is waiting in a loop.
static inline void unfold_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Writes the calling thread's affinity mask, one bit a core; returns the bytes written.
size_t unfold_affinity_mask(uint8_t *bytes, size_t capacity);

/// Instruction-set variants of the kernels, from the most portable to the fastest.
typedef enum {
  UNFOLD_VARIANT_BASELINE = 0,
  UNFOLD_VARIANT_AVX2 = 1,
  UNFOLD_VARIANT_AVX512 = 2,
} UnfoldVariant;

/// The best variant that this processor has and whose self-check agrees with the baseline, or the
/// one that the environment variable UNFOLD_ISA names, if the processor has it.
UnfoldVariant unfold_best_variant(void);

/// Whether this processor can run `variant`.
bool unfold_supports_variant(UnfoldVariant variant);

/// Whether `variant` gives the baseline's bits on a small problem.
bool unfold_check_variant(UnfoldVariant variant);

/// Finds a variant by its name; false if there is none.
bool unfold_variant_named(const char *name, UnfoldVariant *variant);

/// The name of a variant as written in checkpoints and in UNFOLD_ISA.
const char *unfold_variant_name(UnfoldVariant variant);

/// What the results of a product start from: row r of C from `values` + r · `stride`, or, given
/// `rows`, from `values` + rows[r] · `stride`; from zero without `values`. A stride of 0 is a bias.
typedef struct {
  const float *_Nullable values;
  size_t stride;
  const int32_t *_Nullable rows;
} UnfoldStart;

/// How the streams of a window lie in leaves: where each ends, or NULL for one leaf.
typedef struct {
  const size_t *_Nullable ends;
  /// A power of two, at most UNFOLD_MOST_LEAVES.
  size_t count;
} UnfoldLeaves;

enum { UNFOLD_MOST_LEAVES = 1024 };

/// A window, or some consecutive time steps of one.
typedef struct {
  size_t time_steps, streams;
  UnfoldLeaves leaves;
} UnfoldWindow;

/// A row of a window, its symbol and its leaf.
typedef struct {
  int32_t symbol, leaf, row;
} UnfoldSymbolRow;

/// Inputs of a window, and the sums [·, width] of their products with its gradients.
typedef struct {
  /// [T, B, width]
  const float *_Nullable values;
  size_t width;
  /// [T, B], set where the values count as zero.
  const uint8_t *_Nullable zero_rows;
  float *_Nullable sums;
} UnfoldWindowInput;

/// Rows of values that outputs are compared with. A target that is NaN does not count: its outputs'
/// gradients are 0. Means over a row's targets are Σ w · loss / Σ w, the first sum over those that
/// count, the second over all of them.
typedef struct {
  size_t count;
  /// The targets of a row.
  size_t width;
  /// [count, width]
  const float *targets;
  /// [count]: how much each row counts.
  const float *weights;
  /// w [width]; all 1 without.
  const float *_Nullable target_weights;
  /// [count], written.
  double *losses;
  /// [count], written: the part of Σ w that counts.
  double *shares;
} UnfoldValueRows;

/// The same rows of some time steps of the LSTM; gates are i, f, g, o. Pointers are those of the first time
/// step; the rows of the next one lie `streams` rows behind them.
typedef struct {
  size_t time_steps, streams, rows, hidden;
  /// The width of the inputs whose products are added, 0 for none.
  size_t inputs;
  /// What the sums start from, [·, 4H]; the values are given.
  UnfoldStart start;
  /// [rows, inputs], and the packed units of W_ih.
  const float *_Nullable input;
  const float *_Nullable input_weight;
  /// [rows, H], and the packed units of W_hh.
  const float *previous_hidden;
  const float *hidden_weight;
  /// [rows, H]
  const float *previous_memory;
  /// [rows, 4H], written: the activations.
  float *gates;
  /// [rows, H], written.
  float *memory;
  float *memory_tanh;
  float *output;
} UnfoldLSTMSteps;

/// The table of one variant's kernels. Sizes are in elements, `ld…` are row strides in elements.
typedef struct {
  UnfoldVariant variant;

  /// Columns in a packed panel.
  size_t panel_width;
  /// Units in a block of packed units.
  size_t unit_width;
  /// So few columns of gradients need no packed inputs.
  size_t few_columns;
  /// As many columns of gradients as a window's product sums at a time.
  size_t window_columns;
  /// So many floats of gradients and inputs that are not packed stay in a cache.
  size_t gathered_floats;
  /// As many rows as a product packs at a time; fewer would read B more often.
  size_t block_rows;
  /// Floats of scratch that a product needs.
  size_t product_scratch;

  // MARK: Packing: panels of `panel_width` columns, [panel][k][panel_width], zero-padded and aligned
  // to 64 bytes

  /// B = Wᵀ [columns, rows], with which x·Wᵀ takes an input forward, and B = W [rows, columns], with
  /// which gradient·W takes a gradient back: those that are given, for some groups of `panel_width`
  /// rows of W.
  void (*_Nonnull pack_weight)(
      const float *weight, size_t rows, size_t columns, size_t first_group, size_t end_group,
      float *_Nullable forward, float *_Nullable backward);
  /// What a window's gradients, if more than `few_columns`, are multiplied with, for k in [first, end):
  /// (width of both inputs + 1) floats for each k.
  void (*_Nonnull pack_window)(
      UnfoldWindowInput left, UnfoldWindowInput right, UnfoldWindow window, size_t first, size_t end,
      float *packed);
  /// The weight [gates · H, columns] in blocks of `unit_width` units, [block][columns][gate][unit_width],
  /// zero-padded: some blocks. If at most half as many units are left for the last block it is half as wide.
  void (*_Nonnull pack_unit_weight)(
      const float *weight, size_t gates, size_t hidden, size_t columns, size_t first_block,
      size_t end_block, float *packed);

  // MARK: Products

  /// C[rows, n] = start + A[rows, k] · B, for the given panels of B.
  /// The start goes by pointer: a copy of it would wait for the stores of its parts.
  void (*_Nonnull product)(
      const float *a, size_t lda, size_t rows, size_t k, const float *packed, size_t n,
      size_t first_panel, size_t end_panel, const UnfoldStart *start, float *c, size_t ldc,
      float *scratch);
  /// sums[i, n] = Σ over (b, t) of G[t, b, i] · values[t, b, n], leaf by leaf, for i in [first, end), for
  /// one or two inputs that share the gradients G [T, B, width]; an input of width 0 is none. Nothing
  /// is written where T · B is 0. In the same way column_sums[i], if given, gets Σ over (b, t) of
  /// G[t, b, i]. Scratch is (halvings of the leaves + 1) · columns · (width of both inputs + 1) floats, and
  /// behind them `product_scratch`. The columns are `window_columns`; without packed inputs they are
  /// those given, in whole panels.
  void (*_Nonnull window_product)(
      const float *gradients, UnfoldWindow window, size_t width, size_t first, size_t end,
      UnfoldWindowInput left, UnfoldWindowInput right, const float *_Nullable packed,
      float *_Nullable column_sums, float *scratch);
  /// The same sums of each leaf by itself, for all columns, and while gradients are formed: of a block of
  /// time steps, added to those of the blocks after it if it `continues`. A leaf's sums are
  /// (width of both inputs + 1) · columns floats in whole panels. As many floats may be read behind the
  /// gradients as a panel has columns. Scratch is (width of both inputs + 1) floats for each k of a leaf,
  /// and behind them `panel_width`.
  void (*_Nonnull sum_time_steps)(
      const float *gradients, UnfoldWindow block, size_t width, UnfoldWindowInput left,
      UnfoldWindowInput right, bool continues, float *leaf_sums, float *scratch);
  /// Adds the leaves' sums as a tree, and puts the total in its place.
  void (*_Nonnull place_leaf_sums)(
      size_t leaves, size_t width, UnfoldWindowInput left, UnfoldWindowInput right,
      float *_Nullable column_sums, float *leaf_sums);

  // MARK: Rows

  /// out = a + b.
  void (*_Nonnull add)(const float *a, const float *b, size_t count, float *out);
  /// out[r] = table[symbols[r]].
  void (*_Nonnull gather_rows)(
      const float *table, size_t width, const int32_t *symbols, size_t rows, float *out);
  /// table[symbol, i] = Σ over the symbol's rows of source[row, i], leaf by leaf, for i in
  /// [first, end) and for the symbols that have rows. The rows are sorted by symbol and then in the k
  /// order of a window. Spare is as many floats as there are halvings of the leaves, times end − first.
  void (*_Nonnull sum_by_symbol)(
      const float *source, size_t width, const UnfoldSymbolRow *rows, size_t count, size_t leaves,
      size_t first, size_t end, float *table, float *spare);
  /// out = x ⊙ mask / (1 − rate) for one row; the mask is keyed by all that follows.
  void (*_Nonnull dropout)(
      const float *x, size_t width, float rate, uint64_t seed, uint32_t layer, uint32_t stream,
      uint64_t time_step, float *out);

  // MARK: Activations

  /// Saturates outside [-87.3, 88.3], where the result would leave the normal range.
  void (*_Nonnull exponential)(const float *x, size_t count, float *out);
  void (*_Nonnull hyperbolic_tangent)(const float *x, size_t count, float *out);
  void (*_Nonnull sigmoid)(const float *x, size_t count, float *out);

  // MARK: Cells, for `rows` consecutive rows of one time step

  /// The sums start + x·W_ihᵀ + h·W_hhᵀ, in this order, and what the gates make of them, time step by time
  /// step.
  void (*_Nonnull lstm_steps)(const UnfoldLSTMSteps *steps);
  /// gates [rows, 4H] (i, f, g, o): sums in, activations out.
  void (*_Nonnull lstm_forward)(
      size_t rows, size_t hidden, float *gates, const float *previous_memory, float *memory,
      float *memory_tanh, float *output);
  /// gates: activations in, gradients of the sums out. memory_gradient: ∂/∂c_t in, ∂/∂c_{t−1} out. The
  /// rows of the time step before lie `streams` rows before these.
  void (*_Nonnull lstm_backward)(
      size_t rows, size_t hidden, size_t streams, float *gates, const float *previous_memory,
      const float *memory_tanh, const float *output_gradient, const float *hidden_gradient,
      float *memory_gradient);
  /// gates, recurrent [rows, 3H] (r, z, n): sums in; gates: activations out.
  void (*_Nonnull gru_forward)(
      size_t rows, size_t hidden, float *gates, const float *recurrent,
      const float *previous_hidden, float *output);
  /// Both become gradients of their sums; hidden_gradient becomes what passes by the gates.
  void (*_Nonnull gru_backward)(
      size_t rows, size_t hidden, float *gates, float *recurrent, const float *previous_hidden,
      const float *output_gradient, float *hidden_gradient);
  void (*_Nonnull elman_forward)(
      size_t rows, size_t hidden, bool rectified, const float *gates, float *output);
  void (*_Nonnull elman_backward)(
      size_t rows, size_t hidden, bool rectified, float *gates, const float *output,
      const float *output_gradient, const float *hidden_gradient);

  // MARK: Losses: outputs [rows, width] become gradients of the weighted sum; a loss for each row

  /// Cross-entropy of softmax in nats. hits[r]: whether the largest output is the target's.
  void (*_Nonnull softmax_cross_entropy)(
      size_t rows, size_t width, float *outputs, const int32_t *targets, const float *weights,
      double *losses, uint8_t *hits);
  /// Mean over the targets of the squared error.
  void (*_Nonnull mean_squared_error)(UnfoldValueRows rows, float *outputs);
  /// Mean over the targets of the absolute error.
  void (*_Nonnull mean_absolute_error)(UnfoldValueRows rows, float *outputs);
  /// Mean over the targets of half the squared error within delta, and beyond it of
  /// delta · (absolute error − delta / 2).
  void (*_Nonnull huber)(UnfoldValueRows rows, float delta, float *outputs);
  /// Mean over the targets and levels of max(level · rest, (level − 1) · rest), where the rest is the
  /// target less the output. outputs [rows, width, levels].
  void (*_Nonnull quantile)(
      UnfoldValueRows rows, const float *levels, size_t level_count, float *outputs);
  /// Mean over the targets of −log density of a normal distribution, in nats. outputs [rows, width, 2]:
  /// mean and log deviation. The variance is at least 1e-6, the slope as if it were not.
  void (*_Nonnull gaussian)(UnfoldValueRows rows, float *outputs);
  /// Mean over the targets of (error · scale)². scales [sequences, width]; sequences[r]: whose row r is.
  void (*_Nonnull nash_sutcliffe)(
      UnfoldValueRows rows, const int32_t *sequences, const float *scales, float *outputs);
  /// Sum over the labels of binary cross-entropy of the logistic function, in nats.
  /// hits[r]: whether every label is on the right side of one half.
  void (*_Nonnull binary_cross_entropy)(
      size_t rows, size_t width, float *outputs, const float *targets, const float *weights,
      double *losses, uint8_t *hits);

  // MARK: Update: g is a sum, scale brings it to the clipped mean

  double (*_Nonnull sum_of_squares)(const float *x, size_t count);
  void (*_Nonnull clip_values)(float *g, size_t count, float scale, float limit);
  void (*_Nonnull apply_sgd)(
      float *w, const float *g, size_t count, float scale, float rate, float decay);
  void (*_Nonnull apply_momentum)(
      float *w, const float *g, float *velocity, size_t count, float scale, float rate,
      float decay, float momentum, float dampening, bool nesterov, bool first);
  void (*_Nonnull apply_rmsprop)(
      float *w, const float *g, float *square, float *_Nullable mean, float *_Nullable velocity,
      size_t count, float scale, float rate, float decay, double alpha, float epsilon,
      float momentum);
  void (*_Nonnull apply_adam)(
      float *w, const float *g, float *mean, float *square, size_t count, float scale, float rate,
      float decay, bool decoupled, double beta1, double beta2, float epsilon, float correction1,
      float correction2);

  // MARK: Yardsticks

  /// Multiplies and adds in registers only; returns the floating-point operations done.
  double (*_Nonnull multiply_add_peak)(size_t iterations);
  /// Go through memory and do next to nothing; in four places at once if `spread`.
  float (*_Nonnull read_memory)(const float *x, size_t count, bool spread);
  void (*_Nonnull write_memory)(float *x, size_t count, bool spread);
  void (*_Nonnull update_memory)(float *x, size_t count, bool spread);
} UnfoldKernels;

/// The kernels of one variant, which the processor must support.
const UnfoldKernels *unfold_kernels(UnfoldVariant variant);

/// Makes `variant` the process's choice. Called once, before any kernel runs.
void unfold_activate_variant(UnfoldVariant variant);

/// The process's choice; the best variant until one is activated.
const UnfoldKernels *unfold_active_kernels(void);

#pragma clang assume_nonnull end

#endif
