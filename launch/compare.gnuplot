# Draws tokens per second of Unfold beside PyTorch; launch/compare.sh --chart calls it with
# `summary` (label, Unfold, PyTorch; tab-separated) and `chart`, the SVG file to write.
set terminal svg size 960,440 font "sans-serif,13" background "white"
set output chart
set datafile separator "\t"
set style data histograms
set style histogram clustered gap 1
set style fill solid border -1
set boxwidth 0.9
set logscale y
set ylabel "tokens per second"
set xtics rotate by -35 nomirror
set ytics nomirror
set grid ytics
set key top left
plot summary using 2:xtic(1) title "Unfold" linecolor "#1f6f8b", \
  "" using 3 title "PyTorch" linecolor "#e0a458"
