#!/usr/bin/env python3
"""Times PyTorch's steps on the Wiener-Hammerstein benchmark, as a config of Unfold has them.

    python3 -m pip install torch numpy pyyaml
    python3 Tests/Reference/wiener_hammerstein_pytorch.py CONFIG DATA.csv [--steps N] [--threads N]

CONFIG is one of configs/wiener-hammerstein-*.yaml, of which cell, layers, hidden, streams, k1, k2,
learning rate and clip are taken; DATA has the columns u and y. Rows 5,200 to 105,199 are the
training part; u and y are normalised by its mean and deviation and cut into streams end to end. A
step runs forward over k2 time steps, counts the last k1 of them, goes back through all, clips by
global norm and updates by Adam; the loss is the mean squared error. State is carried by value from
the next window's left edge. What is left over at a stream's end is dropped, and every time step
counts, also those of the warm-up. Prints JSON: milliseconds of each step, their median, time steps
per second, and the losses.
"""

import argparse
import json
import statistics
import time

import numpy
import torch
import yaml
from torch import nn

TRAINING = slice(5200, 105200)
CELLS = {"lstm": nn.LSTM, "gru": nn.GRU, "elman": nn.RNN}


class Model(nn.Module):
    """Recurrent layers and a linear readout."""

    def __init__(self, settings):
        super().__init__()
        self.rnn = CELLS[settings["cell"]](1, settings["hidden"], settings.get("layers", 1))
        self.readout = nn.Linear(settings["hidden"], 1)

    def forward(self, inputs, state, carried):
        """Outputs [T, B, 1], and the state after `carried` time steps."""
        hidden, after = self.rnn(inputs[:carried], state)
        if carried == len(inputs):
            return self.readout(hidden), after
        rest, _ = self.rnn(inputs[carried:], after)
        return self.readout(torch.cat([hidden, rest])), after


def detached(state):
    """The state without its history; an LSTM's is a pair."""
    if isinstance(state, tuple):
        return tuple(part.detach() for part in state)
    return state.detach()


def read(path, streams):
    """Normalised inputs and targets [T, B, 1] of the training part."""
    with open(path, encoding="utf-8") as file:
        names = file.readline().strip().split(",")
        rows = numpy.loadtxt(file, delimiter=",")
    rows = rows[TRAINING][:, [names.index("u"), names.index("y")]]
    rows = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    length = len(rows) // streams
    columns = rows[: length * streams].reshape(streams, length, 2).transpose(1, 0, 2)
    columns = torch.from_numpy(numpy.ascontiguousarray(columns, dtype=numpy.float32))
    return columns[:, :, :1].contiguous(), columns[:, :, 1:].contiguous()


def windows(length, k1, k2):
    """Where each window begins and ends, and where the next one begins, again and again."""
    while True:
        end = k1
        while end <= length:
            begin, next_begin = max(0, end - k2), max(0, end + k1 - k2)
            yield begin, end, next_begin
            end += k1


def measure(config, data, options):
    """The seconds and losses of the timed steps."""
    k1 = config["bptt"]["k1"]
    k2 = config["bptt"].get("k2", k1)
    inputs, targets = data
    if len(inputs) < k1:
        raise SystemExit(f"a stream has {len(inputs)} time steps, bptt.k1 is {k1}")
    model = Model(config["model"])
    optimizer = torch.optim.Adam(
        model.parameters(), lr=config["optimizer"]["learning_rate"], fused=True
    )
    limit = config.get("clip", {}).get("norm")
    state, seconds, losses = None, [], []
    for begin, end, next_begin in windows(len(inputs), k1, k2):
        if len(seconds) == options.warm_up + options.steps:
            break
        if begin == 0:
            state = None
        started = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        carried = next_begin - begin
        outputs, after = model(inputs[begin:end], state, carried or end - begin)
        loss = nn.functional.mse_loss(outputs[-k1:], targets[end - k1 : end])
        loss.backward()
        if limit:
            nn.utils.clip_grad_norm_(model.parameters(), limit)
        optimizer.step()
        # While windows still grow from the left edge, the state there stays.
        state = detached(after) if carried else state
        seconds.append(time.perf_counter() - started)
        losses.append(loss.item())
    return seconds[options.warm_up :], losses, k1 * inputs.shape[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config")
    parser.add_argument("data")
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--warm-up", type=int, default=5, help="steps that are not timed")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(options.seed)
    with open(options.config, encoding="utf-8") as file:
        config = yaml.safe_load(file)
    data = read(options.data, config["batch"]["streams"])
    seconds, losses, counted = measure(config, data, options)
    median = statistics.median(seconds)
    figures = {
        "median_milliseconds": 1000 * median,
        "time_steps_per_second": counted / median,
        "milliseconds": [round(1000 * value, 3) for value in seconds],
        "losses": losses,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
