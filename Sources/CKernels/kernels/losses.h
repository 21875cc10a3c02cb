// Losses of some rows of outputs, which become the gradients of the weighted sum.

// MARK: A loss of classes

INLINE float row_maximum(const float *x, size_t width) {
  vec best = splat(x[0]);
  size_t i = 0;
  for (; i + W <= width; i += W) best = vmax(best, load(x + i));
  float maximum = best[0];
  for (int lane = 1; lane < W; lane++) maximum = best[lane] > maximum ? best[lane] : maximum;
  for (; i < width; i++) maximum = x[i] > maximum ? x[i] : maximum;
  return maximum;
}

/// Whether the row's first maximum is the target's.
INLINE bool is_first_maximum(const float *x, size_t target, float maximum) {
  if (x[target] != maximum) return false;
  for (size_t i = 0; i < target; i++) {
    if (x[i] == maximum) return false;
  }
  return true;
}

static void softmax_cross_entropy(
    size_t rows, size_t width, float *outputs, const int32_t *targets, const float *weights,
    double *losses, uint8_t *hits) {
  for (size_t r = 0; r < rows; r++) {
    float *row = outputs + r * width;
    size_t target = (size_t)targets[r];
    float maximum = row_maximum(row, width), target_output = row[target];
    hits[r] = is_first_maximum(row, target, maximum);
    lane_sums sums = {};
    FOR_LANES(j, part, width, left) {
      vec e = vexp(load_some(row + j, left) - maximum);
      store_some(row + j, e, left);
      sums.part[part] = sums.part[part] + first_lanes(e, left);
    }
    float total = lane_total(sums);
    losses[r] = natural_logarithm((double)total) + (double)(maximum - target_output);
    float scale = weights[r] / total;
    FOR_VECTORS(j, width, left) store_some(row + j, load_some(row + j, left) * scale, left);
    row[target] -= weights[r];
  }
}

// MARK: Losses of values, target by target

/// A target that counts, with the outputs that are meant to tell it.
typedef struct {
  /// Outputs in, their gradients out.
  float *outputs;
  float value;
  /// What the gradient of the target's loss is multiplied by.
  float slope;
  size_t row, target;
} counted_target;

/// The loss of one target; its outputs become their gradients.
typedef double target_loss(counted_target at, const void *settings);

/// The mean over a row's targets, of which those that are NaN do not count. Inlined with its loss,
/// this is one plain loop.
INLINE void losses_of_rows(
    UnfoldValueRows rows, size_t outputs_of_target, float *outputs, target_loss *loss,
    const void *settings) {
  double total = (double)rows.width;
  if (rows.target_weights) {
    total = 0;
    for (size_t i = 0; i < rows.width; i++) total += (double)rows.target_weights[i];
  }
  for (size_t r = 0; r < rows.count; r++) {
    double sum = 0, present = 0;
    float part = rows.weights[r] / (float)total;
    for (size_t i = 0; i < rows.width; i++) {
      size_t place = r * rows.width + i;
      float value = rows.targets[place];
      float weight = rows.target_weights ? rows.target_weights[i] : 1;
      float *own = outputs + place * outputs_of_target;
      if (value != value) {
        for (size_t k = 0; k < outputs_of_target; k++) own[k] = 0;
        continue;
      }
      sum += (double)weight * loss((counted_target){own, value, part * weight, r, i}, settings);
      present += (double)weight;
    }
    rows.losses[r] = sum / total;
    rows.shares[r] = present / total;
  }
}

INLINE void losses_of_values(
    UnfoldValueRows rows, size_t outputs_of_target, float *outputs, target_loss *loss,
    const void *settings) {
  if (rows.width == 1 && !rows.target_weights) {
    // Where a compiler knows it there is nothing to divide by.
    rows.width = 1;
    rows.target_weights = NULL;
    losses_of_rows(rows, outputs_of_target, outputs, loss, settings);
  } else {
    losses_of_rows(rows, outputs_of_target, outputs, loss, settings);
  }
}

INLINE double squared_error(counted_target at, const void *settings) {
  (void)settings;
  float error = at.outputs[0] - at.value;
  at.outputs[0] = error * (2 * at.slope);
  return (double)error * error;  // a product that a double holds exactly
}

static void mean_squared_error(UnfoldValueRows rows, float *outputs) {
  losses_of_values(rows, 1, outputs, squared_error, NULL);
}

INLINE float sign_of(float x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }

INLINE double absolute_error(counted_target at, const void *settings) {
  (void)settings;
  float error = at.outputs[0] - at.value;
  at.outputs[0] = sign_of(error) * at.slope;
  return fabs((double)error);
}

static void mean_absolute_error(UnfoldValueRows rows, float *outputs) {
  losses_of_values(rows, 1, outputs, absolute_error, NULL);
}

INLINE double huber_error(counted_target at, const void *settings) {
  float delta = *(const float *)settings, error = at.outputs[0] - at.value;
  // A NaN is in neither part, and reaches the loss by the second.
  if (fabsf(error) <= delta) {
    at.outputs[0] = error * at.slope;
    return 0.5 * ((double)error * error);
  }
  at.outputs[0] = delta * sign_of(error) * at.slope;
  return (double)delta * (fabs((double)error) - 0.5 * (double)delta);
}

static void huber(UnfoldValueRows rows, float delta, float *outputs) {
  losses_of_values(rows, 1, outputs, huber_error, &delta);
}

typedef struct {
  const float *levels;
  size_t count;
} quantile_levels;

INLINE double pinball_error(counted_target at, const void *settings) {
  const quantile_levels *all = settings;
  double sum = 0;
  for (size_t k = 0; k < all->count; k++) {
    float level = all->levels[k], rest = at.value - at.outputs[k];
    sum += (double)rest * (rest > 0 ? (double)level : (double)level - 1);
    float slope = at.slope / (float)all->count;
    at.outputs[k] = rest > 0 ? -level * slope : rest < 0 ? (1 - level) * slope : 0;
  }
  return sum / (double)all->count;
}

static void quantile(
    UnfoldValueRows rows, const float *levels, size_t level_count, float *outputs) {
  quantile_levels all = {levels, level_count};
  losses_of_values(rows, level_count, outputs, pinball_error, &all);
}

INLINE double gaussian_error(counted_target at, const void *settings) {
  (void)settings;
  const double least = -13.815510557964274;  // log 1e-6
  float error = at.outputs[0] - at.value, precision, variance_by_floored = 1;
  double log_variance = 2 * (double)at.outputs[1];
  if (log_variance < least) {
    // The slope is that of a variance which is not floored, though its value is.
    variance_by_floored = vexp(splat((float)(log_variance - least)))[0];
    log_variance = least;
    precision = 1e6f;
  } else {
    precision = vexp(splat((float)-log_variance))[0];
  }
  at.outputs[0] = error * precision * at.slope;
  at.outputs[1] = (1 - error * error * precision) * variance_by_floored * at.slope;
  double square = (double)error * error;
  const double half_log_two_pi = 0.91893853320467274;
  return half_log_two_pi + 0.5 * (log_variance + square * (double)precision);
}

static void gaussian(UnfoldValueRows rows, float *outputs) {
  losses_of_values(rows, 2, outputs, gaussian_error, NULL);
}

typedef struct {
  const int32_t *sequences;
  const float *scales;
  size_t width;
} sequence_scales;

INLINE double scaled_error(counted_target at, const void *settings) {
  const sequence_scales *all = settings;
  float scale = all->scales[(size_t)all->sequences[at.row] * all->width + at.target];
  float error = at.outputs[0] - at.value;
  at.outputs[0] = error * (2 * at.slope) * scale * scale;
  double scaled = (double)error * scale;
  return scaled * scaled;
}

static void nash_sutcliffe(
    UnfoldValueRows rows, const int32_t *sequences, const float *scales, float *outputs) {
  sequence_scales all = {sequences, scales, rows.width};
  losses_of_values(rows, 1, outputs, scaled_error, &all);
}

// MARK: A loss of labels

static void binary_cross_entropy(
    size_t rows, size_t width, float *outputs, const float *targets, const float *weights,
    double *losses, uint8_t *hits) {
  for (size_t r = 0; r < rows; r++) {
    float *output = outputs + r * width;
    const float *target = targets + r * width;
    lane_sums sums = {};
    ivec wrong = {};
    FOR_LANES(j, part, width, left) {
      vec x = load_some(output + j, left), y = load_some(target + j, left);
      vec positive = vmax((vec){}, x);
      vec e = vexp(x - positive - positive);  // exp(-|x|)
      vec loss = fused(-x, y, positive) + vlog1p(e);
      sums.part[part] = sums.part[part] + first_lanes(loss, left);
      wrong |= (x > 0.0f) ^ (y > 0.5f);
      // σ(x) - y, where σ(x) near 1 must not lose what is left to 1.
      vec rest = e / (1.0f + e);  // σ(-|x|)
      store_some(output + j, choose(x > 0.0f, 1.0f - y - rest, rest - y) * weights[r], left);
    }
    losses[r] = lane_total(sums);
    hits[r] = true;
    for (int lane = 0; lane < W; lane++) hits[r] &= wrong[lane] == 0;
  }
}
