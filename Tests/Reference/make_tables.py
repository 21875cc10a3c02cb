#!/usr/bin/env python3
"""Writes the tables that the Swift tests read back, as NumPy and Python's zipfile and wave write them.

    python3 -m pip install numpy
    python3 Tests/Reference/make_tables.py [FOLDER]

The folder is `tables` beside this script unless another is given. The number in row t, from 0, and
column c, from 0, is (7 t + 3 c) mod 100, with a point five added for floating-point types, 50
subtracted for types with a sign, and what is not 0 as true for bool. There are 40 rows.
"""

import argparse
import wave
import zipfile
from io import BytesIO
from pathlib import Path

import numpy

ROWS = 40
TYPES = ["<f4", "<f8", ">f4", ">f8", "|i1", "<i2", "<i4", "<i8", ">i2", ">i4", ">i8",
         "|u1", "<u2", "<u4", "<u8", ">u2", ">u4", ">u8", "|b1"]


def matrix(columns, kind):
    values = (7 * numpy.arange(ROWS)[:, None] + 3 * numpy.arange(columns)[None, :]) % 100
    kind = numpy.dtype(kind)
    if kind.kind == "f":
        return (values + 0.5 - 50).astype(kind)
    if kind.kind == "i":
        return (values - 50).astype(kind)
    return values.astype(kind)


def name(kind):
    order = {"<": "little", ">": "big", "|": "byte"}[kind[0]]
    return f"{order}-{kind[1:]}"


def write_arrays(folder):
    for kind in TYPES:
        numpy.save(folder / f"{name(kind)}.npy", matrix(3, kind))
    numpy.save(folder / "vector.npy", matrix(1, "<f8")[:, 0])
    numpy.save(folder / "fortran.npy", numpy.asfortranarray(matrix(3, "<f4")))
    for version in [(2, 0), (3, 0)]:
        with open(folder / f"version-{version[0]}.npy", "wb") as file:
            numpy.lib.format.write_array(file, matrix(3, "<i2"), version=version)


def write_sets(folder):
    arrays = {
        "u": matrix(1, "<f4")[:, 0],
        "x": matrix(2, "<f8"),
        "order": numpy.asfortranarray(matrix(3, "<i2")),
        "unit": numpy.repeat(numpy.arange(4), ROWS // 4),
        "rate": numpy.float64(51.2),
        "short": numpy.zeros(5),
    }
    numpy.savez(folder / "stored.npz", **arrays)
    numpy.savez_compressed(folder / "deflated.npz", **arrays)
    # The directory of a ZIP64 file, which zipfile writes only beyond 4 GiB or 65,535 entries.
    zipfile.ZIP64_LIMIT = 0
    with zipfile.ZipFile(folder / "large.npz", "w", allowZip64=True) as file:
        for key in ["u", "x"]:
            content = BytesIO()
            numpy.save(content, arrays[key])
            file.writestr(zipfile.ZipInfo(f"{key}.npy"), content.getvalue())


def write_sounds(folder):
    for bits in [16, 24, 32]:
        with wave.open(str(folder / f"pcm-{bits}.wav"), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(bits // 8)
            file.setframerate(44100)
            values = (matrix(2, "<i4").astype("<i8") << (bits - 8)).astype("<i4")
            raw = values.reshape(-1, 1).view("u1").reshape(-1, 4)[:, : bits // 8]
            file.writeframes(raw.tobytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path(__file__).parent / "tables")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    write_arrays(folder)
    write_sets(folder)
    write_sounds(folder)


if __name__ == "__main__":
    main()
