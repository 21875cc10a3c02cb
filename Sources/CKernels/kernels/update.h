// What happens to gradients and weights: one pass over memory each.

static double sum_of_squares(const float *x, size_t count) {
  double total = 0;
  // Floats are summed over short runs only, so that the sum keeps double precision's accuracy.
  for (size_t first = 0; first < count; first += 256) {
    size_t end = smaller(first + 256, count);
    lane_sums sums = {};
    FOR_LANES(i, part, end - first, left) {
      vec v = load_some(x + first + i, left);
      sums.part[part] = fused(v, v, sums.part[part]);
    }
    double run = 0;
    for (int lane = 0; lane < SUM_LANES; lane++) run += (double)sums.part[lane / W][lane % W];
    total += run;
  }
  return total;
}

static void clip_values(float *g, size_t count, float scale, float limit) {
  for (size_t i = 0; i < count; i++) {
    float scaled = g[i] * scale;
    g[i] = scaled > limit ? limit : scaled < -limit ? -limit : scaled;
  }
}

static void apply_sgd(
    float *w, const float *g, size_t count, float scale, float rate, float decay) {
  const vec scales = splat(scale), rates = splat(-rate), decays = splat(decay);
  FOR_VECTORS(i, count, left) {
    vec weight = load_some(w + i, left);
    vec gradient = fused(decays, weight, load_some(g + i, left) * scales);
    store_some(w + i, fused(rates, gradient, weight), left);
  }
}

static void apply_momentum(
    float *w, const float *g, float *velocity, size_t count, float scale, float rate, float decay,
    float momentum, float dampening, bool nesterov, bool first) {
  const vec fresh = splat(first ? 1 : 1 - dampening), kept = splat(first ? 0 : momentum);
  FOR_VECTORS(i, count, left) {
    vec weight = load_some(w + i, left);
    vec gradient = fused(splat(decay), weight, load_some(g + i, left) * scale);
    vec speed = fused(kept, load_some(velocity + i, left), fresh * gradient);
    store_some(velocity + i, speed, left);
    vec step = nesterov ? fused(splat(momentum), speed, gradient) : speed;
    store_some(w + i, fused(splat(-rate), step, weight), left);
  }
}

static void apply_rmsprop(
    float *w, const float *g, float *square, float *mean, float *velocity, size_t count,
    float scale, float rate, float decay, double alpha, float epsilon, float momentum) {
  // 1 - alpha is formed before rounding: of a float alpha it would be wrong by some 1e-6 of itself.
  const float kept = (float)alpha, fresh = (float)(1 - alpha);
  FOR_VECTORS(i, count, left) {
    vec weight = load_some(w + i, left);
    vec gradient = fused(splat(decay), weight, load_some(g + i, left) * scale);
    vec variance =
        fused(splat(kept), load_some(square + i, left), fresh * gradient * gradient);
    store_some(square + i, variance, left);
    if (mean) {
      vec average = fused(splat(kept), load_some(mean + i, left), fresh * gradient);
      store_some(mean + i, average, left);
      variance = fused(-average, average, variance);
    }
    vec step = gradient / (square_root(vmax(variance, (vec){})) + epsilon);
    if (velocity) {
      step = fused(splat(momentum), load_some(velocity + i, left), step);
      store_some(velocity + i, step, left);
    }
    store_some(w + i, fused(splat(-rate), step, weight), left);
  }
}

static void apply_adam(
    float *w, const float *g, float *mean, float *square, size_t count, float scale, float rate,
    float decay, bool decoupled, double beta1, double beta2, float epsilon, float correction1,
    float correction2) {
  const float kept1 = (float)beta1, fresh1 = (float)(1 - beta1);
  const float kept2 = (float)beta2, fresh2 = (float)(1 - beta2);
  const float step = rate / correction1, root = 1 / sqrtf(correction2);
  const float shrink = decoupled ? 1 - rate * decay : 1, penalty = decoupled ? 0 : decay;
  FOR_VECTORS(i, count, left) {
    vec weight = load_some(w + i, left);
    vec gradient = fused(splat(penalty), weight, load_some(g + i, left) * scale);
    vec first = fused(splat(kept1), load_some(mean + i, left), fresh1 * gradient);
    vec second =
        fused(splat(kept2), load_some(square + i, left), fresh2 * gradient * gradient);
    store_some(mean + i, first, left);
    store_some(square + i, second, left);
    vec size = fused(square_root(second), splat(root), splat(epsilon));
    store_some(w + i, fused(weight, splat(shrink), -step * first / size), left);
  }
}
