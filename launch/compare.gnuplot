# Draws the speed of Unfold as a multiple of PyTorch's; launch/compare.sh calls it with `summary` (a
# line for each workload, a column for each layout, tab-separated, with a header) and `chart`, the
# SVG file to write.
set datafile separator "\t"
stats summary using 0 skip 1 nooutput
columns = STATS_columns
set terminal svg size 240 + 120 * STATS_records, 460 font "sans-serif,13" background "white"
set output chart
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.9 noborder
set boxwidth 0.9
set title "Training step, tokens per second: Unfold ÷ PyTorch, by processes × threads"
set yrange [0:*]
set offsets 0, 0, 0.3, 0
set xtics nomirror
set ytics nomirror
set grid ytics
set border 3
set key top left
set arrow from graph 0, first 1 to graph 1, first 1 nohead front linewidth 2 linecolor "#b03a2e"
array colours[6] = ["#9ecae1", "#1f6f8b", "#e3a857", "#7a5195", "#5b8c5a", "#999999"]
bars = columns - 1
plot for [i = 2:columns] summary using i:xtic(1) title columnheader(i) linecolor rgb colours[i - 1], \
  for [i = 2:columns] summary using ($0 + (i - 1 - (bars + 1) / 2.0) / (bars + 1)):i:i every ::1 \
  with labels offset 0, 0.6 font ",10" notitle
