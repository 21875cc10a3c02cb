// The Elman cell's function for `rows` rows of one time step; H is `hidden`.

static void elman_forward(
    size_t rows, size_t hidden, bool rectified, const float *gates, float *output) {
  FOR_VECTORS(j, rows * hidden, left) {
    vec a = load_some(gates + j, left);
    store_some(output + j, rectified ? vmax((vec){}, a) : vtanh(a), left);
  }
}

static void elman_backward(
    size_t rows, size_t hidden, bool rectified, float *gates, const float *output,
    const float *output_gradient, const float *hidden_gradient) {
  FOR_VECTORS(j, rows * hidden, left) {
    vec h = load_some(output + j, left);
    vec dh = load_some(output_gradient + j, left) + load_some(hidden_gradient + j, left);
    vec slope = rectified ? choose(h > 0.0f, splat(1), (vec){}) : slope_of_tanh(h);
    store_some(gates + j, dh * slope, left);
  }
}
