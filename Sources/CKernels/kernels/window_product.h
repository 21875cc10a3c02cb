// Sums over a window of the products of its gradients and its inputs, leaf by leaf. Gradients are the
// vectors; inputs, and a one that stands for the bias, are their factors. Inputs that several workers
// read, or that are read for several groups of columns, were packed for the whole window; others are
// gathered for each block of k, and stay in the cache until they are used.

/// The sums over a window of some columns of its gradients while they are formed: [panel][rows][NR],
/// where the rows are what the gradients are multiplied with.
typedef struct {
  const float *gradients;
  UnfoldWindow window;
  size_t width, columns;
  /// So many columns of gradients are packed at a time.
  size_t packed_columns;
  UnfoldWindowInput left, right;
  /// In tiles, [tile][k][rows], or null.
  const float *packed;
  /// Those of a block, [k][rows].
  float *gathered;
  size_t rows;
  EvenCut cut;
  /// The longest block of k.
  size_t block;
  float *panels;
} WindowColumns;

/// Puts the sums over these leaves in their place, while a tile is in registers.
static void multiply_leaves(
    const WindowColumns *sum, size_t first_leaf, size_t leaf_count, float *sums) {
  UnfoldWindow window = sum->window;
  size_t begin = leaf_start(window, first_leaf);
  size_t k = leaf_start(window, first_leaf + leaf_count) - begin;
  size_t whole = window.time_steps * window.streams;
  size_t lengths[1 << LEAF_LEVELS];
  for (size_t leaf = 0; leaf < leaf_count; leaf++) {
    lengths[leaf] =
        leaf_start(window, first_leaf + leaf + 1) - leaf_start(window, first_leaf + leaf);
  }
  // Only one leaf may be longer than a block.
  size_t length = k > sum->block ? block_length(k, sum->block, 1) : k;
  size_t done = 0;
  do {
    size_t ks = smaller(length, k - done);
    if (leaf_count == 1) lengths[0] = ks;
    WindowPlace place = place_in_leaf(window, first_leaf, done);
    if (!sum->packed) gather_inputs(sum->left, sum->right, window, place, ks, sum->gathered);
    for (size_t first = 0; first < sum->columns; first += sum->packed_columns) {
      size_t columns = smaller(sum->packed_columns, sum->columns - first);
      pack_gradients(
          sum->gradients + first, window, place, sum->width, columns, ks, sum->panels);
      for (size_t tile = 0; tile < sum->cut.count; tile++) {
        size_t r = part_start(sum->cut, tile), rows = part_start(sum->cut, tile + 1) - r;
        const float *inputs = sum->packed ? sum->packed + r * whole + (begin + done) * rows
                                          : sum->gathered + r;
        for (size_t c = 0; c < columns; c += NR) {
          TILES_FOR(columns - c, leaf_tiles)[rows - 1](
              (LeafRun){lengths, leaf_count}, inputs, sum->packed ? rows : sum->rows,
              &(LeafGradients){sum->panels + c * ks, NR, 1, 0}, done > 0,
              sums + (first + c) * sum->rows + r * NR, NR);
        }
      }
    }
    done += ks;
  } while (done < k);
}

/// The sums over some leaves, a power of two: the left half's and the right half's, added. The memory
/// behind them holds the right half's.
static void sum_leaves(
    const WindowColumns *sum, size_t first_leaf, size_t leaf_count, float *sums) {
  size_t k =
      leaf_start(sum->window, first_leaf + leaf_count) - leaf_start(sum->window, first_leaf);
  if (k <= sum->block || leaf_count == 1) {
    multiply_leaves(sum, first_leaf, leaf_count, sums);
    return;
  }
  size_t count = sum->rows * rounded_up(sum->columns, NR);
  sum_leaves(sum, first_leaf, leaf_count / 2, sums);
  sum_leaves(sum, first_leaf + leaf_count / 2, leaf_count / 2, sums + count);
  add(sums, sums + count, count, sums);
}

/// Puts columns of sums [·, NR] in their place as rows, so many at a time as the nearest cache holds.
static void place_sums(
    const float *sums, UnfoldWindowInput input, size_t column, size_t columns) {
  const size_t width = input.width, block = 64;
  for (size_t first = 0; first < width; first += block) {
    size_t end = smaller(first + block, width);
    for (size_t c = 0; c < columns; c += 4) {
      float *out = input.sums + (column + c) * width;
      size_t n = first;
      for (; c + 4 <= columns && n + 4 <= end; n += 4) {
        transpose4(sums + n * NR + c, NR, out + n, width);
      }
      for (; n < end; n++) {
        for (size_t i = 0; i < smaller(4, columns - c); i++) {
          out[i * width + n] = sums[n * NR + c + i];
        }
      }
    }
  }
}

/// Puts sums of some columns [panel][rows][NR] in their place.
static void place_panels(
    const float *sums, UnfoldWindowInput left, UnfoldWindowInput right, size_t first_column,
    size_t columns, float *column_sums) {
  size_t rows = window_rows(left, right);
  for (size_t c = 0; c < columns; c += NR) {
    size_t column = first_column + c, count = smaller(NR, columns - c);
    const float *panel = sums + c * rows;
    place_sums(panel, left, column, count);
    place_sums(panel + left.width * NR, right, column, count);
    if (column_sums) {
      memcpy(column_sums + column, panel + (rows - 1) * NR, count * sizeof(float));
    }
  }
}

static void window_product(
    const float *gradients, UnfoldWindow window, size_t width, size_t first_column,
    size_t end_column, UnfoldWindowInput left, UnfoldWindowInput right, const float *packed,
    float *column_sums, float *scratch) {
  if (window.time_steps * window.streams == 0) return;
  if (width <= FEW_COLUMNS) {
    for (size_t column = first_column; column < end_column; column++) {
      WindowColumn of_window = {gradients + column, window, width, {left, right}};
      column_product(&of_window, column, column_sums ? column_sums + column : NULL, scratch);
    }
    return;
  }
  size_t rows = window_rows(left, right), partials = 1;
  for (size_t halves = window.leaves.count; halves > 1; halves /= 2) partials++;
  size_t group = packed ? WINDOW_PANELS * NR : rounded_up(end_column - first_column, NR);
  size_t packed_columns = packed ? group : smaller(group, GATHERED_COLUMNS);
  float *sums = scratch, *panels = scratch + partials * group * rows;
  size_t block = packed ? WINDOW_K : larger(1, GATHERED_FLOATS / (group + rows));
  for (size_t first = first_column; first < end_column; first += group) {
    WindowColumns columns = {
        .gradients = gradients + first,
        .window = window,
        .width = width,
        .columns = smaller(group, end_column - first),
        .packed_columns = packed_columns,
        .left = left,
        .right = right,
        .packed = packed,
        .gathered = panels + block * packed_columns,
        .rows = rows,
        .cut = even_cut(rows, TILE_ROWS),
        .block = block,
        .panels = panels,
    };
    sum_leaves(&columns, 0, window.leaves.count, sums);
    place_panels(sums, left, right, first, columns.columns, column_sums);
  }
}
