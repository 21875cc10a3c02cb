// Losses of `rows` rows of outputs, which become the gradients of the weighted sum.

INLINE float row_maximum(const float *x, size_t width, size_t *where) {
  float best = x[0];
  *where = 0;
  for (size_t i = 1; i < width; i++) {
    if (x[i] > best) best = x[i], *where = i;
  }
  return best;
}

static void softmax_cross_entropy(
    size_t rows, size_t width, float *outputs, const int32_t *targets, const float *weights,
    double *losses, uint8_t *hits) {
  for (size_t r = 0; r < rows; r++) {
    float *row = outputs + r * width;
    size_t largest, target = (size_t)targets[r];
    float maximum = row_maximum(row, width, &largest);
    float target_output = row[target];
    vec sums = {};
    FOR_VECTORS(j, width, left) {
      vec e = vexp(load_some(row + j, left) - maximum);
      store_some(row + j, e, left);
      sums = sums + load_some(row + j, left);
    }
    float total = lane_sum(sums);
    losses[r] = log((double)total) + (double)(maximum - target_output);
    hits[r] = largest == target;
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
      sum += (double)error * error;
      outputs[i] = error * slope;
    }
    losses[r] = sum / (double)width;
  }
}

static void binary_cross_entropy(
    size_t rows, size_t width, float *outputs, const float *targets, const float *weights,
    double *losses, uint8_t *hits) {
  for (size_t r = 0; r < rows; r++) {
    double sum = 0;
    bool right = true;
    for (size_t i = r * width; i < (r + 1) * width; i++) {
      double x = outputs[i], y = targets[i];
      sum += (x > 0 ? x : 0) - x * y + log1p(exp(-fabs(x)));
      right = right && (x > 0) == (y > 0.5);
      outputs[i] = (float)(1 / (1 + exp(-x)) - y) * weights[r];
    }
    losses[r] = sum;
    hits[r] = right;
  }
}
