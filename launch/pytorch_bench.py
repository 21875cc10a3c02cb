#!/usr/bin/env python3
"""Times PyTorch's training step on the workloads of `configs/bench-NAME.yaml`; prints JSON.

    python3 launch/pytorch_bench.py --workload char-512 --threads 2

A step is forward, backward, clip by global norm 5 and update: of a language model on random tokens
by SGD from the mean cross-entropy, or of a model of values on random vectors by Adam from the mean
squared error. The state is carried from window to window and detached between them; no dropout.
--hidden, --layers, --streams and --time-steps replace the workload's sizes. With --processes N the
streams are shared out among N processes under DistributedDataParallel (gloo), each with --threads
threads, and tokens_per_second is that of all processes together.
"""

import argparse
import json
import os
import resource
import statistics
import time
from typing import NamedTuple

import torch
from torch import nn


CELLS = {"lstm": nn.LSTM, "gru": nn.GRU, "elman": nn.RNN}
SIZES = ("hidden", "layers", "streams", "time_steps")
SGD_RATE = 0.1
ADAM_RATE = 0.001
CLIP_NORM = 5.0


class LanguageModel(nn.Module):
    """Embedding, recurrent layers and readout; returns the loss, so that DDP sees one forward."""

    def __init__(self, workload):
        super().__init__()
        self.embedding = nn.Embedding(workload.symbols, workload.embedding)
        self.rnn = CELLS[workload.cell](workload.embedding, workload.hidden, workload.layers)
        self.readout = nn.Linear(workload.hidden, workload.symbols)

    def forward(self, inputs, targets, state):
        hidden, state = self.rnn(self.embedding(inputs), state)
        outputs = self.readout(hidden)
        loss = nn.functional.cross_entropy(outputs.flatten(0, 1), targets.flatten())
        return loss, state


class ValuesModel(nn.Module):
    """Recurrent layers on vectors and a readout of values; returns the loss, as above."""

    def __init__(self, workload):
        super().__init__()
        self.rnn = CELLS[workload.cell](workload.inputs, workload.hidden, workload.layers)
        self.readout = nn.Linear(workload.hidden, workload.outputs)

    def forward(self, inputs, targets, state):
        hidden, state = self.rnn(inputs, state)
        return nn.functional.mse_loss(self.readout(hidden), targets), state


class Workload(NamedTuple):
    """Next-symbol prediction."""

    cell: str
    symbols: int
    embedding: int
    hidden: int
    layers: int
    time_steps: int
    streams: int

    def model(self):
        return LanguageModel(self)

    def optimizer(self, parameters):
        return torch.optim.SGD(parameters, lr=SGD_RATE, fused=True)

    def windows(self, streams, count):
        """Inputs and targets [T, B] of consecutive windows of random tokens."""
        length = count * self.time_steps + 1
        tokens = torch.randint(self.symbols, (length, streams))
        for first in range(0, length - 1, self.time_steps):
            end = first + self.time_steps
            yield tokens[first:end], tokens[first + 1 : end + 1]


class ValuesWorkload(NamedTuple):
    """Values told from vectors at each time step."""

    cell: str
    inputs: int
    hidden: int
    layers: int
    outputs: int
    time_steps: int
    streams: int

    def model(self):
        return ValuesModel(self)

    def optimizer(self, parameters):
        return torch.optim.Adam(parameters, lr=ADAM_RATE, fused=True)

    def windows(self, streams, count):
        """Inputs [T, B, I] and targets [T, B, O] of random values, made window by window."""
        for _ in range(count):
            inputs, targets = (
                torch.rand(self.time_steps, streams, width) * 2 - 1
                for width in (self.inputs, self.outputs)
            )
            yield inputs, targets


WORKLOADS = {
    "zaremba-small": Workload("lstm", 10000, 200, 200, 2, 20, 20),
    "zaremba-medium": Workload("lstm", 10000, 650, 650, 2, 35, 20),
    "char-512": Workload("lstm", 65, 65, 512, 2, 64, 32),
    "char-128": Workload("lstm", 65, 65, 128, 2, 50, 50),
    "gru-128": Workload("gru", 32, 32, 128, 1, 50, 64),
    "elman-256": Workload("elman", 65, 65, 256, 1, 50, 32),
    "amp-16": ValuesWorkload("lstm", 1, 16, 1, 1, 1000, 50),
    "amp-40": ValuesWorkload("lstm", 1, 40, 1, 1, 1000, 50),
    "sysid-40": ValuesWorkload("lstm", 1, 40, 2, 1, 500, 64),
    "sysid-gru-32": ValuesWorkload("gru", 1, 32, 1, 1, 200, 32),
    "hydro-128": ValuesWorkload("lstm", 5, 128, 1, 1, 365, 256),
    "rul-64": ValuesWorkload("lstm", 14, 64, 2, 1, 50, 64),
}


def chosen_workload(options):
    """The workload with the sizes that the command line replaces."""
    sizes = {name: getattr(options, name) for name in SIZES if getattr(options, name)}
    return WORKLOADS[options.workload]._replace(**sizes)


def detached(state):
    """The state without its history; an LSTM's is a pair."""
    if isinstance(state, tuple):
        return tuple(part.detach() for part in state)
    return state.detach()


def measure(options, streams, wrap=lambda model: model):
    """The seconds of each step after warm-up, of a model that `wrap` may make parallel."""
    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    workload = chosen_workload(options)
    model = workload.model()
    parameters = list(model.parameters())
    optimizer = workload.optimizer(parameters)
    model = wrap(model)
    if options.compile:
        model = torch.compile(model)

    state, seconds = None, []
    for inputs, targets in workload.windows(streams, options.warmup + options.steps):
        started = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss, state = model(inputs, targets, state)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, CLIP_NORM)
        optimizer.step()
        state = detached(state)
        seconds.append(time.perf_counter() - started)
    return seconds[options.warmup :]


def peak_resident_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def run_rank(rank, options, results):
    """One process of DistributedDataParallel; rank 0's figures go to `results`."""
    torch.distributed.init_process_group("gloo", rank=rank, world_size=options.processes)
    streams = chosen_workload(options).streams // options.processes
    seconds = measure(options, streams, wrap=nn.parallel.DistributedDataParallel)
    if rank == 0:
        results.put((seconds, peak_resident_bytes()))
    torch.distributed.barrier()
    torch.distributed.destroy_process_group()


def run_processes(options):
    """The seconds of each step and the peak memory of rank 0 of several processes."""
    streams = chosen_workload(options).streams
    if streams % options.processes:
        raise SystemExit(f"--processes {options.processes} does not divide {streams} streams")
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", "29517")
    context = torch.multiprocessing.get_context("spawn")
    results = context.SimpleQueue()
    torch.multiprocessing.spawn(run_rank, (options, results), nprocs=options.processes)
    return results.get()


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--workload", choices=WORKLOADS, required=True)
    for name in SIZES:
        parser.add_argument("--" + name.replace("_", "-"), type=int)
    parser.add_argument("--threads", type=int, default=1, help="threads of each process")
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--warmup", type=int, default=5)
    parser.add_argument("--processes", type=int, default=1, help="2 or more: DDP over gloo")
    parser.add_argument(
        "--compile", action="store_true", help="use torch.compile, which needs a C++ compiler"
    )
    return parser.parse_args()


def main():
    options = parse_options()
    workload = chosen_workload(options)
    try:
        if options.processes > 1:
            seconds, memory = run_processes(options)
        else:
            seconds = measure(options, workload.streams)
            memory = peak_resident_bytes()
    except Exception as error:
        if not options.compile:
            raise
        reason = str(error).strip().split("\n")[0]
        raise SystemExit(f"torch.compile failed on {options.workload}: {reason}") from error
    step = statistics.median(seconds)
    figures = {
        "workload": options.workload,
        "tokens_per_second": workload.time_steps * workload.streams / step,
        "milliseconds": step * 1000,
        "threads": options.threads,
        "processes": options.processes,
        "compiled": options.compile,
        "peak_rss_bytes": memory,
        "torch": torch.__version__,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
