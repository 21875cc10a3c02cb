#!/usr/bin/env python3
"""Trains an amplifier's model in PyTorch as `configs/amplifier.yaml` does in Unfold; prints JSON.

    python3 -m pip install torch numpy safetensors
    python3 Tests/Reference/make_amplifier.py FOLDER
    python3 Tests/Reference/amplifier_pytorch.py FOLDER --epochs 30
    python3 Tests/Reference/amplifier_pytorch.py FOLDER --measure --weights model.safetensors

The network is torch.nn.LSTM, a linear readout and the input added to it. The loss of a window is
that of Wright et al. 2019-2020 over the whole minibatch, of the error e = y - o of targets y and
outputs o:

    0.75 * sum e_p^2 / (sum y_p^2 + eps) + 0.25 * sum_b n_b * (mean_t e)^2 / (sum y^2 + eps)

where eps is 1e-5 for each counted sample, the mean is over the counted samples of a stream b, of
which there are n_b, and x_p[t] = x[t] - 0.85 * x[t - 1]. The filter's memory is zero at a segment's
start and carried over its windows. The first samples of a segment (--warm-up) run through network
and filter but do not count; then each window of --window samples is an update, by Adam, and state
and memory go on by value.

An epoch deals the segments of the training part out anew, --streams at a time. Each is preceded by a
warm-up from before it, so every sample but the first ones counts once an epoch. --measure trains
nothing: it cuts the training part into --streams streams as Unfold does with `data.piece: null`, and
prints the loss of each window of a checkpoint's weights, to be compared with the losses that
`unfold train` has with `--initialize-from` these weights and a learning rate of 1e-30; the first
window holds the warm-up.
The test's `esr` is sum e^2 / sum y^2 after a warm-up, of one stream from the zero state, without
filter.
"""

import argparse
import json
import time
import wave
from pathlib import Path

import numpy
import torch
from torch import nn

PRE_EMPHASIS = 0.85
EPSILON = 1e-5


class Amplifier(nn.Module):
    """An LSTM, a readout and the input added; parameters have Unfold's names."""

    def __init__(self, hidden):
        super().__init__()
        self.rnn = nn.LSTM(1, hidden)
        self.readout = nn.Linear(hidden, 1)

    def forward(self, inputs, state):
        hidden, state = self.rnn(inputs, state)
        return self.readout(hidden) + inputs, state


class ErrorToSignal:
    """The loss of the windows of a set of streams, one after the other."""

    def __init__(self, streams, like):
        # The last error and target of each stream, which the filter remembers.
        self.error = like.new_zeros(1, streams, 1)
        self.target = like.new_zeros(1, streams, 1)

    def emphasise(self, values, memory):
        """values[t] - 0.85 * values[t - 1], [T, B, 1]."""
        return values - PRE_EMPHASIS * torch.cat([memory, values[:-1]])

    def pass_over(self, outputs, targets):
        """Time steps that do not count."""
        self.error = (targets - outputs)[-1:].detach()
        self.target = targets[-1:]

    def __call__(self, outputs, targets):
        error = targets - outputs
        emphasised = self.emphasise(error, self.error)
        signal = self.emphasise(targets, self.target)
        floor = EPSILON * targets.numel()
        main = emphasised.square().sum() / (signal.square().sum() + floor)
        offset = len(targets) * error.mean(dim=0).square().sum()
        self.pass_over(outputs, targets)
        return 0.75 * main + 0.25 * offset / (targets.square().sum() + floor)


def read(path):
    """The samples of a file of 16-bit PCM of one channel, in [-1, 1)."""
    with wave.open(str(path), "rb") as file:
        if file.getsampwidth() != 2 or file.getnchannels() != 1:
            raise SystemExit(f"{path}: expected one channel of 16-bit PCM")
        samples = numpy.frombuffer(file.readframes(file.getnframes()), "<i2")
    return torch.from_numpy(samples.astype(numpy.float32) / 32768)


def pair(folder, part):
    """Inputs and targets [T] of a part."""
    return tuple(read(folder / f"{part}-{kind}.wav") for kind in ("clean", "amplified"))


def segments(inputs, targets, length, warm_up):
    """Pairs of inputs and targets [warm_up + length]; the last, shorter one is left out."""
    starts = range(0, len(inputs) - length - warm_up + 1, length)
    return [
        (inputs[start : start + warm_up + length], targets[start : start + warm_up + length])
        for start in starts
    ]


def minibatches(parts, streams):
    """Inputs and targets [T, B, 1] of segments in a random order."""
    order = torch.randperm(len(parts)).tolist()
    for first in range(0, len(order), streams):
        chosen = [parts[index] for index in order[first : first + streams]]
        yield tuple(torch.stack(side, dim=1)[:, :, None] for side in zip(*chosen))


def train_on(model, optimizer, inputs, targets, options):
    """The updates of one set of segments; the losses of its windows and their counts."""
    loss_function = ErrorToSignal(inputs.shape[1], inputs)
    with torch.no_grad():
        outputs, state = model(inputs[: options.warm_up], None)
        loss_function.pass_over(outputs, targets[: options.warm_up])
    losses = []
    for first in range(options.warm_up, len(inputs), options.window):
        place = slice(first, first + options.window)
        optimizer.zero_grad(set_to_none=True)
        outputs, state = model(inputs[place], state)
        loss = loss_function(outputs, targets[place])
        loss.backward()
        optimizer.step()
        state = tuple(part.detach() for part in state)
        losses.append((loss.item(), targets[place].numel()))
    return losses


def train(model, options):
    """Trains; the mean loss and the seconds of each epoch, and the first losses."""
    optimizer = torch.optim.Adam(model.parameters(), lr=options.learning_rate)
    parts = segments(*pair(options.folder, "train"), options.segment, options.warm_up)
    if not parts:
        raise SystemExit("the training part is shorter than one segment")
    epochs, first_losses = [], []
    best, best_state = float("inf"), None
    for epoch in range(options.epochs):
        started = time.perf_counter()
        losses = []
        for inputs, targets in minibatches(parts, options.streams):
            losses += train_on(model, optimizer, inputs, targets, options)
        seconds = time.perf_counter() - started
        if epoch == 0:
            first_losses = [loss for loss, _ in losses[:10]]
        validation = signal_ratio(model, "validation", options)
        if validation < best:
            best = validation
            best_state = {name: value.clone() for name, value in model.state_dict().items()}
        count = sum(count for _, count in losses)
        epochs.append(
            {
                "loss": sum(loss * count for loss, count in losses) / count,
                "validation_esr": validation,
                "seconds": seconds,
                "steps": len(losses),
                "samples_per_second": count / seconds,
            }
        )
    if best_state is not None:
        model.load_state_dict(best_state)
    return {"first_losses": first_losses, "epochs": epochs}


@torch.no_grad()
def signal_ratio(model, part, options):
    """sum e^2 / sum y^2 of one stream after a warm-up."""
    inputs, targets = pair(options.folder, part)
    outputs, _ = model(inputs[:, None, None], None)
    error = (targets - outputs[:, 0, 0])[options.warm_up :].double()
    return (error.square().sum() / targets[options.warm_up :].double().square().sum()).item()


@torch.no_grad()
def measure(model, options):
    """The losses of the first windows of the training part, as Unfold cuts it into streams."""
    inputs, targets = pair(options.folder, "train")
    size = len(inputs) // options.streams
    # Each but the first begins in its predecessor's end, by the warm-up.
    starts = [max(0, stream * size - options.warm_up) for stream in range(options.streams)]
    inputs, targets = (
        torch.stack([values[start : start + size] for start in starts], dim=1)[:, :, None]
        for values in (inputs, targets)
    )
    # In float64, so that a difference is the other's rounding.
    model, inputs, targets = model.double(), inputs.double(), targets.double()
    loss_function = ErrorToSignal(options.streams, inputs)
    state, losses = None, []
    for first in range(0, min(size, options.windows * options.window), options.window):
        place = slice(first, min(first + options.window, size))
        outputs, state = model(inputs[place], state)
        skipped = options.warm_up if first == 0 else 0
        if skipped:
            loss_function.pass_over(outputs[:skipped], targets[place][:skipped])
        losses.append(loss_function(outputs[skipped:], targets[place][skipped:]).item())
    return {"losses": losses}


def load(model, path):
    """Takes weights that Unfold saved, by their names."""
    from safetensors.torch import load_file

    model.load_state_dict(load_file(path))


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--weights", help="a checkpoint's model.safetensors to start from")
    parser.add_argument("--measure", action="store_true", help="only measure these weights")
    parser.add_argument("--windows", type=int, default=1, help="of --measure")
    parser.add_argument("--hidden", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--streams", type=int, default=40)
    parser.add_argument("--segment", type=int, default=22050)
    parser.add_argument("--window", type=int, default=1000)
    parser.add_argument("--warm-up", type=int, default=200)
    parser.add_argument("--learning-rate", type=float, default=0.005)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.window <= options.warm_up:
        parser.error("--window must be longer than --warm-up")
    return options


def main():
    options = parse_options()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    model = Amplifier(options.hidden)
    if options.weights:
        load(model, options.weights)
    if options.measure:
        print(json.dumps(measure(model, options)))
        return
    figures = train(model, options)
    figures["test_esr"] = signal_ratio(model, "test", options)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
