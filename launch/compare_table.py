#!/usr/bin/env python3
"""Prints the medians and ratios of the measurements that launch/compare.sh wrote as CSV."""

import argparse
import csv
import statistics
from collections import defaultdict


def read(path):
    """Lists of measurements by (workload, layout) and program, in the file's order."""
    measurements = defaultdict(lambda: defaultdict(list))
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            measurements[row["workload"], row["layout"]][row["program"]].append(row)
    return measurements


def median(rows, name):
    """The median of a column, or None where it is empty."""
    values = [float(row[name]) for row in rows if row[name]]
    return statistics.median(values) if values else None


def summarise(measurements):
    """One row a workload and layout, for those that both programs were measured on."""
    for (workload, layout), programs in measurements.items():
        unfold, pytorch = programs["unfold"], programs["pytorch"]
        if not unfold or not pytorch:
            continue
        ours, theirs = (median(rows, "tokens_per_second") for rows in (unfold, pytorch))
        # Ratios of one round each, whose two measurements were taken one after the other.
        ratios = [
            float(mine["tokens_per_second"]) / float(other["tokens_per_second"])
            for mine, other in zip(unfold, pytorch)
        ]
        # Others on the machine only take away.
        fastest = [
            max(float(row["tokens_per_second"]) for row in rows) for rows in (unfold, pytorch)
        ]
        peak = median(unfold, "fraction_of_peak")
        # What the ratio would be if the step did nothing but multiply and add.
        bounds = [
            ratio / float(row["fraction_of_peak"])
            for ratio, row in zip(ratios, unfold)
            if row["fraction_of_peak"]
        ]
        memory = [median(rows, "peak_rss_bytes") for rows in (unfold, pytorch)]
        yield {
            "workload": workload,
            "layout": layout.replace("x", " × "),
            "Unfold tokens/s": f"{ours:,.0f}",
            "PyTorch tokens/s": f"{theirs:,.0f}",
            "PyTorch's form": pytorch[0]["form"],
            "ratio": f"{statistics.median(ratios):.2f}",
            "lowest–highest": f"{min(ratios):.2f}–{max(ratios):.2f}",
            "fastest": f"{fastest[0] / fastest[1]:.2f}",
            "of peak": "" if peak is None else f"{peak:.0%}",
            "ratio at peak": f"{statistics.median(bounds):.2f}" if bounds else "",
            "memory, MB": " / ".join("?" if size is None else f"{size / 1e6:.0f}" for size in memory),
        }


LSTM_WORKLOADS = ("zaremba-small", "zaremba-medium", "char-512", "char-128")
VALUES_WORKLOADS = ("amp-16", "amp-40", "sysid-40", "sysid-gru-32", "hydro-128", "rul-64")


def means(rows):
    """Geometric means of the ratios of each layout: of all workloads, and of two kinds of them."""
    for layout in dict.fromkeys(row["layout"] for row in rows):
        every = [row for row in rows if row["layout"] == layout]
        groups = {"geometric mean": every}
        kinds = {"of LSTMs on symbols": LSTM_WORKLOADS, "of those on values": VALUES_WORKLOADS}
        for name, workloads in kinds.items():
            groups[name] = [row for row in every if row["workload"] in workloads]
        for name, chosen in groups.items():
            if len(chosen) > 1:
                yield dict.fromkeys(rows[0], "") | {
                    "workload": name,
                    "layout": layout,
                    "ratio": geometric_mean(chosen, "ratio"),
                    "fastest": geometric_mean(chosen, "fastest"),
                    "ratio at peak": geometric_mean(chosen, "ratio at peak"),
                }


def geometric_mean(rows, name):
    values = [float(row[name]) for row in rows if row[name]]
    return f"{statistics.geometric_mean(values):.2f}" if values else ""


def table(rows, markdown):
    """The rows as aligned columns: the first to the left, the others to the right."""
    lines = [list(rows[0])] + [list(row.values()) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = []
    for line in lines:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]
        text.append(f"| {' | '.join(cells)} |" if markdown else "  ".join(cells))
    if markdown:
        rules = ["-" * widths[0]] + ["-" * (width - 1) + ":" for width in widths[1:]]
        text.insert(1, f"| {' | '.join(rules)} |")
    return "\n".join(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("csv")
    parser.add_argument("--markdown", action="store_true", help="as a Markdown table")
    parser.add_argument("--tabs", action="store_true", help="labels and ratios, for a chart")
    options = parser.parse_args()
    rows = list(summarise(read(options.csv)))
    if not rows:
        raise SystemExit(f"{options.csv}: no workload was measured with both programs")
    if not options.tabs:
        print(table(rows + list(means(rows)), options.markdown))
        return
    layouts = list(dict.fromkeys(row["layout"] for row in rows))
    print("workload", *layouts, sep="\t")
    for workload in dict.fromkeys(row["workload"] for row in rows):
        ratios = {row["layout"]: row["ratio"] for row in rows if row["workload"] == workload}
        print(workload, *(ratios.get(layout, "nan") for layout in layouts), sep="\t")


if __name__ == "__main__":
    main()
