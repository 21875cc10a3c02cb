#!/usr/bin/env python3
"""Prints the measurements that launch/sweep.sh wrote as CSV: ratios, and bandwidth at one stream."""

import argparse
import csv
import json
from statistics import median

from compare_table import table
from pytorch_bench import WORKLOADS

GATES = {"lstm": 4, "gru": 3, "elman": 1}


def read(path):
    """A row for each point, with the medians of its rounds."""
    points = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            row = {name: float(value or "nan") for name, value in row.items()}
            row["ratio"] = row["unfold"] / row["pytorch"]
            points.setdefault((row["hidden"], row["streams"], row["time_steps"]), []).append(row)
    return [
        {name: median(row[name] for row in rounds) for name in rounds[0]}
        for rounds in points.values()
    ]


def ratio_tables(rows):
    """For each window length a table of ratios: hidden widths down, streams across."""
    for length in dict.fromkeys(row["time_steps"] for row in rows):
        lines = {}
        for row in rows:
            if row["time_steps"] == length:
                line = lines.setdefault(row["hidden"], {f"T = {length:.0f}": f"H {row['hidden']:.0f}"})
                line[f"B {row['streams']:.0f}"] = f"{row['ratio']:.2f}"
        yield list(lines.values())


def bandwidth_lines(rows, memory, gates):
    """How fast one stream reads the recurrent weights, once a time step, in the forward pass."""
    speeds = memory["memory"]
    for row in rows:
        weight_bytes = 4 * gates * row["hidden"] ** 2
        if row["streams"] != 1:
            continue
        achieved = weight_bytes * row["time_steps"] / (row["forward_ms"] * 1e-3) * 1e-9
        # Each thread reads its part of the weights.
        part = weight_bytes / row["threads"]
        near = next((speed for speed in speeds if speed["bytes"] >= part), speeds[-1])
        limit = row["threads"] * near["read_gigabytes_per_second"]
        yield {
            "one stream": f"H {row['hidden']:.0f}, T {row['time_steps']:.0f}",
            "weights, MB": f"{weight_bytes / 1e6:.2f}",
            "read at GB/s": f"{achieved:.1f}",
            "cores can GB/s": f"{limit:.0f}",
            "of that": f"{achieved / limit:.0%}",
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("csv")
    parser.add_argument("memory", help="what `unfold bench kernels --json` printed")
    parser.add_argument("--workload", choices=WORKLOADS, required=True)
    parser.add_argument("--markdown", action="store_true", help="as Markdown tables")
    parser.add_argument("--points", action="store_true", help="only points and ratios, for the map")
    options = parser.parse_args()
    rows = read(options.csv)
    if options.points:
        for row in rows:
            print(row["hidden"], row["streams"], row["time_steps"], row["ratio"])
        return
    with open(options.memory, encoding="utf-8") as file:
        memory = json.load(file)
    for lines in ratio_tables(rows):
        print(table(lines, options.markdown) + "\n")
    lines = list(bandwidth_lines(rows, memory, GATES[WORKLOADS[options.workload].cell]))
    if lines:
        print(table(lines, options.markdown) + "\n")
    lowest = min(rows, key=lambda row: row["ratio"])
    print(
        f"lowest: {lowest['ratio']:.2f} × PyTorch at hidden {lowest['hidden']:.0f}, "
        f"streams {lowest['streams']:.0f}, time steps {lowest['time_steps']:.0f}"
    )


if __name__ == "__main__":
    main()
