// Sums over a window while its gradients are formed, the last time step first: each leaf keeps its own
// until all time steps are there. Gradients are read where they lie, since caches still hold them.

static void sum_time_steps(
    const float *gradients, UnfoldWindow block, size_t width, UnfoldWindowInput left,
    UnfoldWindowInput right, bool continues, float *leaf_sums, float *scratch) {
  size_t rows = window_rows(left, right), count = rows * rounded_up(width, NR);
  EvenCut cut = even_cut(rows, TILE_ROWS);
  for (size_t leaf = 0; leaf < block.leaves.count; leaf++, leaf_sums += count) {
    WindowPlace place = place_in_leaf(block, leaf, 0);
    size_t streams = place.end_stream - place.first_stream;
    gather_inputs(left, right, block, place, block.time_steps * streams, scratch);
    LeafGradients of_leaf = {
        .first = gradients + row_of_place(block, place) * width,
        .stride = width,
        .runs = block.time_steps,
        .back = (block.streams + streams) * width,
    };
    for (size_t c = 0; c < width; c += NR, of_leaf.first += NR) {
      for (size_t tile = 0; tile < cut.count; tile++) {
        size_t r = part_start(cut, tile), height = part_start(cut, tile + 1) - r;
        TILES_FOR(width - c, leaf_tiles)[height - 1](
            (LeafRun){&streams, 1}, scratch + r, rows, &of_leaf, continues,
            leaf_sums + c * rows + r * NR, NR);
      }
    }
  }
}

static void place_leaf_sums(
    size_t leaves, size_t width, UnfoldWindowInput left, UnfoldWindowInput right,
    float *column_sums, float *leaf_sums) {
  size_t of_leaf = window_rows(left, right) * rounded_up(width, NR);
  for (size_t distance = 1; distance < leaves; distance *= 2) {
    for (size_t leaf = 0; leaf < leaves; leaf += 2 * distance) {
      float *sums = leaf_sums + leaf * of_leaf;
      add(sums, sums + distance * of_leaf, of_leaf, sums);
    }
  }
  place_panels(leaf_sums, left, right, 0, width, column_sums);
}
