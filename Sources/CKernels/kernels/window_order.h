// The k of a window in order: leaf by leaf; within a leaf time step by time step, the last one first;
// within a time step stream by stream.

/// A k of a window: a time step of a stream of a leaf. It is known with the streams of its leaf.
typedef struct {
  size_t leaf, first_stream, end_stream, time_step, stream;
} WindowPlace;

/// The first stream of a leaf, or behind the last one's streams.
INLINE size_t leaf_stream(UnfoldWindow window, size_t leaf) {
  if (leaf == 0) return 0;
  return window.leaves.ends ? window.leaves.ends[leaf - 1] : window.streams;
}

/// Where a leaf begins in k.
INLINE size_t leaf_start(UnfoldWindow window, size_t leaf) {
  return leaf_stream(window, leaf) * window.time_steps;
}

/// The place of a leaf's k, the first of which is 0.
INLINE WindowPlace place_in_leaf(UnfoldWindow window, size_t leaf, size_t k) {
  size_t first = leaf_stream(window, leaf), end = leaf_stream(window, leaf + 1);
  size_t streams = end - first;
  return (WindowPlace){leaf, first, end, window.time_steps - 1 - k / streams, first + k % streams};
}

INLINE WindowPlace place_in_window(UnfoldWindow window, size_t k) {
  size_t leaf = 0;
  while (leaf_start(window, leaf + 1) <= k) leaf++;
  return place_in_leaf(window, leaf, k - leaf_start(window, leaf));
}

INLINE size_t row_of_place(UnfoldWindow window, WindowPlace place) {
  return place.time_step * window.streams + place.stream;
}

/// The place `count` on, at most at the end of the leaf's time step.
INLINE void advance(WindowPlace *place, UnfoldWindow window, size_t count) {
  place->stream += count;
  if (place->stream < place->end_stream) return;
  place->stream = place->first_stream;
  if (place->time_step-- > 0) return;
  *place = place->leaf + 1 < window.leaves.count ? place_in_leaf(window, place->leaf + 1, 0)
                                                 : (WindowPlace){0};
}

/// Rows that lie side by side and are next in k, at most `most` of them.
INLINE size_t rows_side_by_side(WindowPlace place, size_t most) {
  return smaller(place.end_stream - place.stream, most);
}
