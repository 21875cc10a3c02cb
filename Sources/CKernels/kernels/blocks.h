// How products are cut. A tile of TILE_ROWS × NR results stays in registers while k runs. k is cut in
// blocks, and rows in blocks of tiles, so that what is packed of A and a panel's block of B stay in
// the second-level cache; results continue from memory, so the cut does not show in the bits.
#define NR (2 * W)
#define GROUP 16

#define BLOCK_K 512
// Processors with vectors for tiles of 12 rows have at least 1 MiB of it, others from 256 KiB.
#define BLOCK_ROWS (TILE_ROWS == 12 ? 216 : 96)
// Sums over a window run over so much of k at a time, for so many panels, whose rows of gradients lie
// side by side.
#define WINDOW_K 512
#define WINDOW_PANELS 4
// A block of gradients and gathered inputs stays in the second-level cache, and so many columns of it,
// packed, in the first.
#define GATHERED_FLOATS (1 << 16)
#define GATHERED_COLUMNS 32
#define PRODUCT_FLOATS (BLOCK_ROWS * BLOCK_K)

INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

INLINE size_t larger(size_t a, size_t b) { return a > b ? a : b; }

INLINE size_t rounded_up(size_t count, size_t unit) { return (count + unit - 1) / unit * unit; }

/// How something is cut in parts, none of which is more than one larger than another.
typedef struct {
  size_t count, size, larger;
} EvenCut;

/// The least number of parts of at most so many.
INLINE EvenCut even_cut(size_t whole, size_t most) {
  if (whole <= most) return (EvenCut){whole > 0, whole, 0};  // without a division
  size_t count = (whole + most - 1) / most;
  return (EvenCut){count, whole / count, whole % count};
}

INLINE size_t part_start(EvenCut cut, size_t part) {
  return part * cut.size + smaller(part, cut.larger);
}
