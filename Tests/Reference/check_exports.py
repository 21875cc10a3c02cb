#!/usr/bin/env python3
"""Trains small models of every kind, exports them in every format, and checks the files.

    python3 -m pip install onnx onnxruntime numpy
    python3 -m pip install neural-amp-modeler        # for nam; brings torch
    python3 Tests/Reference/check_exports.py .build/release/unfold [--formats onnx,c]

Each file is read by what users have for it, as `unfold export --check` does. `proteus` files are also
loaded into torch.nn.LSTM and GRU by name where torch is there. Prints a line for each and ends with 1
if one is wrong or has no reader.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

CELLS = {
    "elman": "cell: elman",
    "relu": "cell: elman, activation: relu, layers: 2",
    "gru": "cell: gru, layers: 2",
    "lstm": "cell: lstm",
    "lstm2": "cell: lstm, layers: 2",
}
# The data and the loss of each kind of model.
KINDS = {
    "plain": ("kind: random-values, input_width: 2, output_width: 3, samples: 80", ""),
    "next-row": ("kind: series, train: {folder}/series.csv", ""),
    "signal": ("kind: series, train: {folder}/series.csv, inputs: [u], targets: [y]", ""),
    "skip": (
        "kind: series, train: {folder}/series.csv, inputs: [u], targets: [y], normalize: none",
        "skip: input",
    ),
    "quantiles": (
        "kind: series, train: {folder}/series.csv, inputs: [u], targets: [y, z]",
        "loss: {kind: quantile, levels: [0.1, 0.75]}",
    ),
    "gaussian": (
        "kind: series, train: {folder}/series.csv, inputs: [u, v], targets: [z]",
        "loss: gaussian",
    ),
    "text": ("kind: text, train: {folder}/text.txt", ""),
    "symbols": ("kind: reber, samples: 24, validation_samples: 8", ""),
    "labels": ("kind: sequences, train: {folder}/labels.jsonl", "loss: binary-cross-entropy"),
}
AUDIO_KINDS = {"signal", "skip"}
SUITABLE = {
    "onnx": lambda cell, kind: True,
    "c": lambda cell, kind: True,
    "rtneural": lambda cell, kind: cell[:3] in ("gru", "lst") and kind in AUDIO_KINDS | {"plain"},
    "proteus": lambda cell, kind: cell[:3] in ("gru", "lst") and kind in AUDIO_KINDS | {"plain"},
    "nam": lambda cell, kind: cell[:3] == "lst" and kind == "signal",
}


def write_data(folder):
    rows = ["u,v,y,z"]
    for row in range(200):
        u, v = math.sin(row * 0.3), math.cos(row * 0.7)
        rows.append(f"{u},{4 + 2 * v},{0.3 * u - 0.1},{20 + 5 * u * v}")
    (folder / "series.csv").write_text("\n".join(rows) + "\n")
    (folder / "text.txt").write_text("a cab, a bed. " * 20)
    lines = [
        json.dumps({"inputs": [[index / 10, 1], [1, -0.5]], "targets": [index % 3]})
        for index in range(12)
    ]
    (folder / "labels.jsonl").write_text("\n".join(lines) + "\n")


def train(unfold, folder, cell, kind):
    data, extra = KINDS[kind]
    data = data.replace("{folder}", str(folder))
    if not data.startswith(("kind: random", "kind: reber")):
        data += f", cache: {folder}/cache"
    skip = f", {extra}" if extra.startswith("skip") else ""
    config = folder / "config.yaml"
    config.write_text(
        "\n".join(
            [
                f"data: {{{data}}}",
                extra if extra.startswith("loss") else "",
                f"model: {{{CELLS[cell]}, hidden: 7{skip}}}",
                "batch: {streams: 2}",
                "bptt: full" if kind in ("symbols", "labels") else "bptt: {k1: 6}",
                "optimizer: {kind: adam, learning_rate: 0.01}",
                "training: {steps: 20}",
            ]
        )
    )
    run = folder / f"{cell}-{kind}"
    subprocess.run([unfold, "train", config, "--output", run], check=True, capture_output=True)
    return run


def check_with_torch(path):
    """The largest difference of torch's layers with a proteus file's weights; None without torch."""
    try:
        import torch
    except ImportError:
        return None
    file = json.loads(path.read_text())
    vector = json.loads(Path(f"{path}.test.json").read_text())
    sizes = file["model_data"]
    layers = getattr(torch.nn, sizes["unit_type"])(
        sizes["input_size"], sizes["hidden_size"], sizes["num_layers"]
    )
    readout = torch.nn.Linear(sizes["hidden_size"], sizes["output_size"])
    tensors = {name: torch.tensor(values) for name, values in file["state_dict"].items()}
    for module, prefix in [(layers, "rec."), (readout, "lin.")]:
        own = {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}
        module.load_state_dict(own)
    inputs = torch.tensor(vector["inputs"] * 2)
    with torch.no_grad():
        outputs = readout(layers(inputs)[0])
        if sizes["skip"]:
            outputs = outputs + inputs[:, : sizes["skip"]]
    expected = torch.tensor(vector["outputs"] + vector["carried_outputs"])
    difference = float((outputs - expected).abs().max())
    if not difference <= vector["tolerance"]:
        raise SystemExit(f"{path}: torch differs by {difference}")
    return difference


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("unfold")
    parser.add_argument("--formats", default=",".join(SUITABLE))
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_data(folder)
        for cell in CELLS:
            for kind in KINDS:
                run = train(options.unfold, folder, cell, kind)
                for form in options.formats.split(","):
                    if not SUITABLE[form](cell, kind):
                        continue
                    path = folder / f"{cell}_{kind.replace('-', '_')}.{form}"
                    command = [options.unfold, "export", run, "--format", form, "--output", path]
                    result = subprocess.run(
                        command + ["--check"], capture_output=True, text=True
                    )
                    words = (result.stdout + result.stderr).strip().split("\n")
                    said = [w for w in words if w.startswith("checked") or result.returncode != 0]
                    print(f"{cell:6} {kind:10} {form:9} {'; '.join(said)}", flush=True)
                    failed += result.returncode != 0
                    if form == "proteus" and result.returncode == 0:
                        difference = check_with_torch(path)
                        if difference is not None:
                            print(f"{'':27} torch: largest difference {difference}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
