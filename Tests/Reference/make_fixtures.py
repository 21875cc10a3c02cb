#!/usr/bin/env python3
"""Writes the fixtures that the Swift tests compare with, as PyTorch computes them.

    python3 -m pip install torch safetensors
    python3 Tests/Reference/make_fixtures.py [FOLDER]

The folder is that of this script unless another is given. All random numbers come from fixed
seeds. Inputs and parameters are float32 numbers; everything expected of them is computed and stored
in float64, so a difference is the tested code's rounding and not PyTorch's.

gradients.safetensors    see gradient_fixtures.py
losses.safetensors       see loss_fixtures.py
optimizers.safetensors   see optimizer_fixtures.py
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save

import gradient_fixtures
import loss_fixtures
import optimizer_fixtures


def write(path, tensors, description):
    """Writes tensors with a description, as JSON, under the one metadata key "cases"."""
    tensors = {name: tensor.detach().contiguous() for name, tensor in sorted(tensors.items())}
    metadata = {"cases": json.dumps(description, sort_keys=True)}
    path.write_bytes(save(tensors, metadata))
    print(f"{path}: {len(tensors)} tensors, {path.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent)
    folder = parser.parse_args().folder
    torch.set_num_threads(1)
    write(folder / "gradients.safetensors", *gradient_fixtures.make())
    write(folder / "losses.safetensors", *loss_fixtures.make())
    write(folder / "optimizers.safetensors", *optimizer_fixtures.make())


if __name__ == "__main__":
    main()
