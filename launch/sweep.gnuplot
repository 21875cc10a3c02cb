# Draws the speed of Unfold as a multiple of PyTorch's over hidden widths (up) and streams (across), a
# panel for each window length; launch/sweep.sh calls it with `points` (a file of hidden width,
# streams, time steps and ratio), `map` (the SVG file to write) and the values of the axes: `widths`,
# `counts`, `lengths`.
set terminal svg size 140 + 300 * words(lengths), 380 font "sans-serif,13" background "white"
set output map
place(list, value) = sum [i = 1:words(list)] (real(word(list, i)) == value ? i : 0)
set multiplot layout 1, words(lengths) title "Training step: Unfold ÷ PyTorch, tokens per second"
# Slower than PyTorch is red; the scale goes by doublings.
set palette defined (-1 "#d6604d", 0 "#f7f7f7", 1 "#c6dbef", 2 "#9ecae1", 3.5 "#6baed6")
set cbrange [-1:3.5]
unset colorbox
set xrange [0.5:words(counts) + 0.5]
set yrange [0.5:words(widths) + 0.5]
set xtics () scale 0
set ytics () scale 0
set style fill solid 1 border lc "white"
do for [i = 1:words(counts)] { set xtics add (word(counts, i) i) }
do for [i = 1:words(widths)] { set ytics add (word(widths, i) i) }
set xlabel "streams"
do for [length in lengths] {
  set title "T = ".length
  if (length eq word(lengths, 1)) { set ylabel "hidden" } else { unset ylabel }
  x(count, t) = t == real(length) ? place(counts, count) : NaN
  plot points using (x($2, $3)):(place(widths, $1)):(x($2, $3) - 0.5):(x($2, $3) + 0.5): \
    (place(widths, $1) - 0.5):(place(widths, $1) + 0.5):(log($4) / log(2)) \
    with boxxyerror fillcolor palette notitle, \
    points using (x($2, $3)):(place(widths, $1)):(sprintf("%.1f", $4)) \
    with labels notitle
}
unset multiplot
