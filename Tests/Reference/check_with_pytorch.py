#!/usr/bin/env python3
"""Computes the loss of a model that Unfold saved, in PyTorch.

    python3 -m pip install torch safetensors pyyaml
    python3 Tests/Reference/check_with_pytorch.py CHECKPOINT DATA [--streams N]

CHECKPOINT is a checkpoint's own folder, such as RUN/checkpoints/step-1000. Its weights are loaded
by name into torch.nn.LSTM, GRU or RNN. DATA is a text, CSV or JSON Lines file, as the checkpoint's
`data.kind` has it. The loss printed is that of `unfold evaluate CHECKPOINT --data DATA --streams N`.
With --last-fraction F it is that of the training run's validation, if DATA is its `data.train`, F
its `data.validation_fraction` and N its `batch.streams`.
"""

import argparse
import json

from unfold_checkpoint import UnfoldCheckpoint, evaluate


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("checkpoint")
    parser.add_argument("data")
    parser.add_argument("--streams", type=int, default=1)
    parser.add_argument("--last-fraction", type=float)
    options = parser.parse_args()
    checkpoint = UnfoldCheckpoint(options.checkpoint)
    total, count = evaluate(
        checkpoint, checkpoint.model(), options.data, options.streams, options.last_fraction
    )
    print(json.dumps({"loss": total / count, "time_steps": count}))


if __name__ == "__main__":
    main()
