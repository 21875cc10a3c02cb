// Operands as tiles read them. B lies in panels of NR columns, [panel][k][NR], zero-padded. A lies
// in tiles of at most TILE_ROWS rows; a tile that comes from rows keeps GROUP neighbours of a row
// together, [k / GROUP][rows][GROUP], and one that comes from columns is [k][rows]: in both forms
// packing moves whole pieces of memory and the tile finds every row at a fixed distance.
/// Copies `whole` floats, a number of vectors, or `count` of them followed by zeros.
INLINE void copy_padded(const float *in, size_t count, const int whole, float *out) {
  if (count >= (size_t)whole) {
    memcpy(out, in, (size_t)whole * sizeof(float));
    return;
  }
  UNROLL for (size_t i = 0; i < (size_t)whole; i += W) {
    store(out + i, i < count ? load_some(in + i, count - i) : (vec){});
  }
}

/// Copies the first `columns` of some rows.
INLINE void copy_columns(
    const float *in, size_t in_stride, size_t rows, size_t columns, float *out,
    size_t out_stride) {
  for (size_t r = 0; r < rows; r++) {
    for (size_t i = 0; i < columns; i++) out[r * out_stride + i] = in[r * in_stride + i];
  }
}

// MARK: Packing of B

/// Whether packed weights are larger than what caches would keep of them until they are read.
INLINE bool exceeds_caches(size_t k, size_t n) { return k * n >= 1 << 20; }

/// Puts rows of a panel in their place, past the caches if so told.
INLINE void put_rows(const float *rows, size_t count, bool past_caches, float *out) {
  if (past_caches) {
    for (size_t i = 0; i < count * NR; i += W) {
      __builtin_nontemporal_store(load(rows + i), (vec *)(out + i));
    }
  } else {
    memcpy(out, rows, count * NR * sizeof(float));
  }
}

/// What went past the caches is in order with other stores only after a fence.
INLINE void finish_rows(bool past_caches) {
  if (past_caches) __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

typedef float vec4 __attribute__((vector_size(16)));
typedef float loose_vec4 __attribute__((vector_size(16), aligned(4)));

/// Four rows × four columns, transposed: rows are `in_stride` apart, columns `out_stride`.
INLINE void transpose4(const float *in, size_t in_stride, float *out, size_t out_stride) {
  vec4 row0 = *(const loose_vec4 *)in, row1 = *(const loose_vec4 *)(in + in_stride);
  vec4 row2 = *(const loose_vec4 *)(in + 2 * in_stride);
  vec4 row3 = *(const loose_vec4 *)(in + 3 * in_stride);
  vec4 low01 = __builtin_shufflevector(row0, row1, 0, 4, 1, 5);
  vec4 high01 = __builtin_shufflevector(row0, row1, 2, 6, 3, 7);
  vec4 low23 = __builtin_shufflevector(row2, row3, 0, 4, 1, 5);
  vec4 high23 = __builtin_shufflevector(row2, row3, 2, 6, 3, 7);
  *(loose_vec4 *)out = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
  *(loose_vec4 *)(out + out_stride) = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
  *(loose_vec4 *)(out + 2 * out_stride) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
  *(loose_vec4 *)(out + 3 * out_stride) = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}

/// `rows` rows of the result from as many columns of the source.
INLINE void transpose_rows(
    const float *in, size_t ld, size_t rows, size_t columns, float *out, size_t out_stride) {
  size_t column = 0, whole = rows / 4 * 4;
  for (; column + 4 <= columns; column += 4) {
    for (size_t row = 0; row < whole; row += 4) {
      transpose4(in + column * ld + row, ld, out + row * out_stride + column, out_stride);
    }
    for (size_t c = column; c < column + 4; c++) {
      for (size_t row = whole; row < rows; row++) out[row * out_stride + c] = in[c * ld + row];
    }
  }
  for (; column < columns; column++) {
    for (size_t row = 0; row < rows; row++) out[row * out_stride + column] = in[column * ld + row];
  }
}

/// `columns` rows of Wᵀ, which make one panel, from `rows` ≤ NR rows of W.
INLINE void pack_forward(
    const float *in, size_t rows, size_t columns, bool past_caches, float *panel) {
  float group[GROUP * NR];
  if (rows < NR) memset(group, 0, sizeof group);
  for (size_t column = 0; column < columns; column += GROUP) {
    size_t count = smaller(GROUP, columns - column);
    transpose_rows(in + column, columns, count, rows, group, NR);
    put_rows(group, count, past_caches, panel + column * NR);
  }
}

/// `rows` rows of W in every panel, each of which has `stride` floats.
INLINE void pack_backward(
    const float *in, size_t rows, size_t columns, bool past_caches, size_t stride,
    float *panels) {
  for (size_t column = 0; column < columns; column += NR, panels += stride) {
    for (size_t row = 0; row < rows; row++) {
      const float *from = in + row * columns + column;
      if (columns - column >= NR) {
        put_rows(from, 1, past_caches, panels + row * NR);
      } else {
        copy_padded(from, columns - column, NR, panels + row * NR);
      }
    }
  }
}

static void pack_weight(
    const float *source, size_t rows, size_t columns, size_t first_group, size_t end_group,
    float *forward, float *backward) {
  bool past_caches = exceeds_caches(rows, columns);
  for (size_t group = first_group; group < end_group; group++) {
    size_t first = group * NR, count = smaller(NR, rows - first);
    const float *in = source + first * columns;
    if (forward) pack_forward(in, count, columns, past_caches, forward + first * columns);
    if (backward) {
      pack_backward(in, count, columns, past_caches, rows * NR, backward + first * NR);
    }
  }
  finish_rows(past_caches);
}

// MARK: Packing of a window's gradients

/// Time steps lie too far apart for the processor to foresee them: so many ahead they are asked for.
#define STEPS_AHEAD 4

/// Columns of a window's gradients in panels, for `k` from a place on.
static void pack_gradients(
    const float *source, UnfoldWindow window, WindowPlace place, size_t width, size_t columns,
    size_t k, float *packed) {
  ptrdiff_t ahead = -(ptrdiff_t)(STEPS_AHEAD * window.streams * width);
  for (size_t done = 0, count; done < k; done += count) {
    count = rows_side_by_side(place, k - done);
    const float *in = source + row_of_place(window, place) * width;
    for (size_t i = 0; i < count; i++, in += width, packed += NR) {
      for (size_t c = 0; c < columns; c += NR) {
        __builtin_prefetch(in + ahead + (ptrdiff_t)c);
        __builtin_prefetch(in + ahead + (ptrdiff_t)c + NR - 1);
        copy_padded(in + c, columns - c, NR, packed + c * k);
      }
    }
    advance(&place, window, count);
  }
}

// MARK: Packing of A

/// Rows of A in tiles of nearly equal height: 16 rows are 8 + 8 rather than 12 + 4.
INLINE size_t tile_height(size_t rows) {
  size_t tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
  return tiles ? (rows + tiles - 1) / tiles : 1;
}

/// Rows of one tile: [k / GROUP][rows][GROUP].
static void pack_rows(const float *a, size_t lda, size_t rows, size_t k, float *packed) {
  for (size_t i = 0; i < k; i += GROUP) {
    for (size_t r = 0; r < rows; r++, packed += GROUP) {
      copy_padded(a + r * lda + i, k - i, GROUP, packed);
    }
  }
}

/// The rows that a window's gradients are multiplied with: both inputs' columns, and ones.
INLINE size_t window_rows(UnfoldWindowInput left, UnfoldWindowInput right) {
  return left.width + right.width + 1;
}

/// As many rows of a window are packed at a time; of more, whose distance may be a power of two, a
/// cache would not keep all.
#define WINDOW_GROUP 4

/// Columns [first, first + count) of a row, or zeros.
INLINE void copy_input(
    UnfoldWindowInput input, size_t row, size_t first, size_t count, float *out) {
  if (count == 0) return;
  bool is_zero = input.zero_rows && input.zero_rows[row];
  const float *in = input.values + row * input.width + first;
  FOR_VECTORS(j, count, left) store_some(out + j, is_zero ? (vec){} : load_some(in + j, left), left);
}

/// Whether any of these rows is zero.
INLINE bool has_zeros(UnfoldWindowInput input, const size_t *rows, size_t count) {
  bool found = false;
  for (size_t i = 0; input.zero_rows && i < count; i++) found |= input.zero_rows[rows[i]] != 0;
  return found;
}

/// [tile][k][rows]
static void pack_window(
    UnfoldWindowInput left, UnfoldWindowInput right, UnfoldWindow window, size_t first_k,
    size_t end_k, float *packed) {
  if (first_k == end_k) return;
  size_t rows = window_rows(left, right), whole = window.time_steps * window.streams;
  EvenCut cut = even_cut(rows, TILE_ROWS);
  WindowPlace place = place_in_window(window, first_k);
  for (size_t k = first_k; k < end_k; k += WINDOW_GROUP) {
    size_t count = smaller(WINDOW_GROUP, end_k - k), sources[WINDOW_GROUP];
    for (size_t i = 0; i < count; i++) {
      sources[i] = row_of_place(window, place);
      advance(&place, window, 1);
    }
    // A tile moves TILE_ROWS floats where those behind its columns may be read, and their places are
    // still to be written: fewer are moved slower.
    bool is_followed = k + count + TILE_ROWS <= end_k;
    bool is_whole[] = {
        is_followed && !has_zeros(left, sources, count),
        is_followed && !has_zeros(right, sources, count)};
    for (size_t tile = 0; tile < cut.count; tile++) {
      size_t r = part_start(cut, tile), of_tile = part_start(cut, tile + 1) - r;
      float *out = packed + r * whole + k * of_tile;
      int side = r >= left.width;
      UnfoldWindowInput input = side ? right : left;
      size_t first = side ? r - left.width : r;
      if (first + TILE_ROWS <= input.width && is_whole[side]) {
        const float *in = input.values + first;
        for (size_t i = 0; i < count; i++) {
          memcpy(out + i * of_tile, in + sources[i] * input.width, TILE_ROWS * sizeof(float));
        }
        continue;
      }
      size_t end = r + of_tile, of_left = r < left.width ? smaller(end, left.width) - r : 0;
      size_t of_right = smaller(end, rows - 1) - r - of_left;
      for (size_t i = 0; i < count; i++, out += of_tile) {
        copy_input(left, sources[i], r, of_left, out);
        copy_input(right, sources[i], r + of_left - left.width, of_right, out + of_left);
        if (end == rows) out[of_tile - 1] = 1;
      }
    }
  }
}

/// One row of an input; returns what is behind it. Vectors reach further.
INLINE float *gather_row(UnfoldWindowInput input, size_t row, ptrdiff_t ahead, float *out) {
  const float *in = input.values + row * input.width;
  __builtin_prefetch(in + ahead);
  bool is_zero = input.zero_rows && input.zero_rows[row];
  size_t j = 0;
  for (; j + W <= input.width; j += W) store(out + j, is_zero ? (vec){} : load(in + j));
  if (j < input.width) {
    store(out + j, is_zero ? (vec){} : load_some(in + j, input.width - j));
  }
  return out + input.width;
}

/// [k][rows]. Vectors reach into the next k, which is still to be written, or behind the last.
static void gather_inputs(
    UnfoldWindowInput left, UnfoldWindowInput right, UnfoldWindow window, WindowPlace place,
    size_t k, float *gathered) {
  ptrdiff_t ahead = -(ptrdiff_t)(STEPS_AHEAD * window.streams);
  ptrdiff_t left_ahead = ahead * (ptrdiff_t)left.width;
  ptrdiff_t right_ahead = ahead * (ptrdiff_t)right.width;
  float *out = gathered;
  for (size_t done = 0, count; done < k; done += count) {
    count = rows_side_by_side(place, k - done);
    size_t first = row_of_place(window, place);
    for (size_t row = first; row < first + count; row++) {
      out = gather_row(left, row, left_ahead, out);
      out = gather_row(right, row, right_ahead, out);
      *out++ = 1;
    }
    advance(&place, window, count);
  }
}
