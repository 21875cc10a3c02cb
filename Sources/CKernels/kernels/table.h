// One variant of every kernel: included once for each instruction set, which has set W (floats in
// a vector), TILE_ROWS, VARIANT and TABLE, and the target attribute.
#include "vector.h"

#include "activations.h"
#include "lstm_cell.h"
#include "gru_cell.h"
#include "elman_cell.h"
#include "dropout.h"
#include "losses.h"
#include "blocks.h"
#include "window_order.h"
#include "packing.h"
#include "rows.h"
#include "narrow_product.h"
#include "single_column.h"
#include "product.h"
#include "column_product.h"
#include "window_product.h"
#include "leaf_sums.h"
#include "lstm_steps.h"
#include "update.h"
#include "yardsticks.h"

const UnfoldKernels TABLE = {
    .variant = VARIANT,
    .panel_width = NR,
    .unit_width = W,
    .gathered_floats = GATHERED_FLOATS,
    .block_rows = BLOCK_ROWS,
    .window_columns = WINDOW_PANELS * NR,
    .few_columns = FEW_COLUMNS,
    .product_scratch = NR + (PRODUCT_FLOATS > GATHERED_FLOATS ? PRODUCT_FLOATS : GATHERED_FLOATS),
    .pack_weight = pack_weight,
    .pack_window = pack_window,
    .pack_unit_weight = pack_unit_weight,
    .product = product,
    .window_product = window_product,
    .sum_time_steps = sum_time_steps,
    .place_leaf_sums = place_leaf_sums,
    .add = add,
    .gather_rows = gather_rows,
    .sum_by_symbol = sum_by_symbol,
    .dropout = dropout,
    .exponential = exponential,
    .hyperbolic_tangent = hyperbolic_tangent,
    .sigmoid = sigmoid,
    .lstm_steps = lstm_steps,
    .lstm_forward = lstm_forward,
    .lstm_backward = lstm_backward,
    .gru_forward = gru_forward,
    .gru_backward = gru_backward,
    .elman_forward = elman_forward,
    .elman_backward = elman_backward,
    .softmax_cross_entropy = softmax_cross_entropy,
    .mean_squared_error = mean_squared_error,
    .mean_absolute_error = mean_absolute_error,
    .huber = huber,
    .quantile = quantile,
    .gaussian = gaussian,
    .nash_sutcliffe = nash_sutcliffe,
    .binary_cross_entropy = binary_cross_entropy,
    .sum_of_squares = sum_of_squares,
    .clip_values = clip_values,
    .apply_sgd = apply_sgd,
    .apply_momentum = apply_momentum,
    .apply_rmsprop = apply_rmsprop,
    .apply_adam = apply_adam,
    .multiply_add_peak = multiply_add_peak,
    .read_memory = read_memory,
    .write_memory = write_memory,
    .update_memory = update_memory,
};
