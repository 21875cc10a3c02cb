# Draws the speed of Unfold as a multiple of PyTorch's; launch/compare.sh --chart calls it with
# `summary` (label and ratio, tab-separated) and `chart`, the SVG file to write.
set terminal svg size 960,440 font "sans-serif,13" background "white"
set output chart
set datafile separator "\t"
set style fill solid 0.9 noborder
set boxwidth 0.7
set title "Training step, tokens per second: Unfold ÷ PyTorch (workload × threads)"
set yrange [0:*]
set offsets 0.5, 0.5, 0.2, 0
set xtics rotate by -35 nomirror
set ytics nomirror
set grid ytics
set border 3
set arrow from graph 0, first 1 to graph 1, first 1 nohead front linewidth 2 linecolor "#b03a2e"
plot summary using 0:2:xtic(1) with boxes linecolor "#1f6f8b" notitle, \
  "" using 0:2:2 with labels offset 0, 0.7 notitle
