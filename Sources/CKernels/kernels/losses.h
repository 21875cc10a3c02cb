// Losses of `rows` rows of outputs, which become the gradients of the weighted sum.

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

static void mean_squared_error(
    size_t rows, size_t width, float *outputs, const float *targets, const float *weights,
    double *losses) {
  for (size_t r = 0; r < rows; r++) {
    double sum = 0;
    float slope = 2 * weights[r] / (float)width;
    for (size_t i = r * width; i < (r + 1) * width; i++) {
      float error = outputs[i] - targets[i];
      sum += (double)error * error;  // a product that a double holds exactly
      outputs[i] = error * slope;
    }
    losses[r] = sum / (double)width;
  }
}

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
