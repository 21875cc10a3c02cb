#!/usr/bin/env python3
"""Writes a PyTorch model as a checkpoint that Unfold reads, and prints the model's loss.

    python3 -m pip install torch safetensors pyyaml
    python3 Tests/Reference/make_model.py TEMPLATE OUTPUT DATA [--seed N] [--streams N]

The architecture, the vocabulary and the config are those of TEMPLATE, a checkpoint that Unfold
saved; the weights are PyTorch's own random ones, saved as `model.state_dict()` has them. The loss
printed is the one that `unfold evaluate OUTPUT --data DATA --streams N` must give.
"""

import argparse
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save

from unfold_checkpoint import UnfoldCheckpoint, evaluate, write_manifest


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("template", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("data")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--streams", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    template = UnfoldCheckpoint(options.template)
    model = template.new_model()

    options.output.mkdir(parents=True)
    for name in ["config.yaml", "data.json"]:
        shutil.copyfile(options.template / name, options.output / name)
    weights = dict(model.state_dict())
    if template.config["model"].get("tie"):
        del weights["readout.weight"]
    (options.output / "model.safetensors").write_bytes(save(weights))
    write_manifest(options.output, step=0)

    total, count = evaluate(template, model, options.data, options.streams)
    print(json.dumps({"loss": total / count, "time_steps": count}))


if __name__ == "__main__":
    main()
