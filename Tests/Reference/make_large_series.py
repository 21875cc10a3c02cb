#!/usr/bin/env python3
"""Writes a series that is larger than memory allows: a filtered random input, as an array of NumPy.

    python3 Tests/Reference/make_large_series.py FILE.npy [GIGABYTES]

Columns 1 and 2 are u and y, float64. It is written in chunks, so the script itself takes little memory.
"""

import sys

import numpy

CHUNK = 1 << 20


def main(path, gigabytes=4.0):
    rows = int(gigabytes * 1e9 / 16) // CHUNK * CHUNK
    table = numpy.lib.format.open_memmap(path, mode="w+", dtype="<f8", shape=(rows, 2))
    random = numpy.random.default_rng(1)
    for first in range(0, rows, CHUNK):
        u = random.uniform(-1, 1, CHUNK)
        # y follows the mean of the last four inputs; a chunk begins anew.
        y = numpy.tanh(2 * numpy.convolve(u, numpy.ones(4) / 4)[:CHUNK])
        table[first : first + CHUNK, 0] = u
        table[first : first + CHUNK, 1] = y
        table.flush()
    print(f"{path}: {rows} rows, {rows * 16 / 1e9:.2f} GB")


if __name__ == "__main__":
    main(sys.argv[1], *map(float, sys.argv[2:]))
