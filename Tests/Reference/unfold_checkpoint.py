"""Reads Unfold's checkpoints into PyTorch and computes losses as `unfold evaluate` defines them."""

import hashlib
import json
from pathlib import Path

import torch
import yaml
from safetensors.torch import load_file

from reference_model import ReferenceModel, losses


class UnfoldCheckpoint:
    """A checkpoint's folder: model.safetensors, config.yaml and data.json."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.config = yaml.safe_load((self.folder / "config.yaml").read_text(encoding="utf-8"))
        self.data = json.loads((self.folder / "data.json").read_text(encoding="utf-8"))
        self.loss = self.config["loss"]

    def weights(self):
        """The parameters by their names, which are PyTorch's."""
        return load_file(self.folder / "model.safetensors")

    def new_model(self):
        """A model of the checkpoint's architecture with PyTorch's own initial weights."""
        weights, model = self.weights(), self.config["model"]
        embedding = weights.get("embedding.weight")
        return ReferenceModel(
            model["cell"],
            weights["rnn.weight_ih_l0"].shape[1],
            model["hidden"],
            model["layers"],
            weights["readout.bias"].shape[0],
            symbols=None if embedding is None else embedding.shape[0],
            activation=model.get("activation") or "tanh",
            tie=bool(model.get("tie")),
        )

    def model(self):
        """The model with the checkpoint's weights, loaded by name; every name must fit."""
        model, weights = self.new_model(), self.weights()
        if self.config["model"].get("tie"):
            weights["readout.weight"] = weights["embedding.weight"]
        model.load_state_dict(weights)
        return model

    def symbols(self, path):
        """The symbol numbers of a text file, by the checkpoint's vocabulary."""
        vocabulary, contents = self.data["vocabulary"], Path(path).read_bytes()
        if vocabulary["unit"] == "byte":
            return list(contents)
        numbers = {symbol: number for number, symbol in enumerate(vocabulary["symbols"])}
        text = contents.decode("utf-8")
        if vocabulary["unit"] == "character":
            return [numbers[character] for character in text]
        words = []
        for index, line in enumerate(text.split("\n")):
            words += ["<eos>"] * (index > 0) + line.split()
        return [numbers.get(word, numbers["<unk>"]) for word in words]

    def rows(self, path):
        """The normalised rows of a CSV file, whose first line may be a header."""
        normalization = self.data["normalization"]
        lines = Path(path).read_text(encoding="utf-8").split("\n")
        lines = [line.split(",") for line in lines if line.strip()]
        try:
            first = [[float(cell) for cell in lines[0]]]
        except ValueError:
            first = []
        rows = first + [[float(cell) for cell in line] for line in lines[1:]]
        mean, deviation = (
            torch.tensor(normalization[key], dtype=torch.float64) for key in ("mean", "deviation")
        )
        return (torch.tensor(rows, dtype=torch.float64) - mean) / deviation

    def sequences(self, path):
        """Inputs, targets and weights [T, 1, …] of each line of a JSON Lines file."""
        for line in Path(path).read_text(encoding="utf-8").split("\n"):
            if line.strip():
                yield sequence_tensors(json.loads(line), self.loss, self.new_model().readout)


def sequence_tensors(record, loss, readout):
    """One sequence with a batch axis: inputs, targets and weights."""
    inputs, targets = record["inputs"], record.get("targets")
    if targets is None:
        inputs, targets = inputs[:-1], inputs[1:]
    elif not record.get("per_step"):
        targets = [None] * (len(inputs) - 1) + [targets]
    weights = torch.tensor([[0.0 if target is None else 1.0] for target in targets])
    if loss == "cross-entropy":
        values = torch.tensor([[0 if target is None else target] for target in targets])
    else:
        values = torch.zeros(len(targets), 1, readout.out_features, dtype=torch.float64)
        for row, target in zip(values, targets):
            if target is not None and loss == "binary-cross-entropy":
                row[0, target] = 1
            elif target is not None:
                row[0] = torch.tensor(target)
    return torch.tensor(inputs)[:, None], values, weights


def loss_of_stream_set(model, kind, inputs, targets, streams):
    """Sum and count over one long sequence, cut into contiguous streams that differ in length by
    at most one time step (the longer ones first) and all start from the zero state."""
    size, larger = divmod(len(inputs), streams)
    starts = [index * size + min(index, larger) for index in range(streams)]
    total = count = 0
    state = model.zero_state(streams)
    for first in range(0, size, 512):
        places = [torch.arange(start + first, start + min(first + 512, size)) for start in starts]
        places = torch.stack(places, dim=1)
        outputs, state = model(inputs[places], state)
        total += losses(kind, outputs, targets[places]).sum().item()
        count += places.numel()
    if larger:
        places = torch.tensor([[start + size for start in starts[:larger]]])
        state = tuple(None if part is None else part[:, :larger].contiguous() for part in state)
        outputs, _ = model(inputs[places], state)
        total += losses(kind, outputs, targets[places]).sum().item()
        count += places.numel()
    return total, count


def evaluate(checkpoint, model, path, streams=1, last_fraction=None):
    """Sum and count of the losses over a text, CSV or JSON Lines file, in float64.

    Of a text or CSV file, `last_fraction` takes the last ⌊n · fraction⌋ elements only.
    """
    model = model.double().eval()
    with torch.no_grad():
        if checkpoint.config["data"]["kind"] == "sequences":
            total = count = 0
            for inputs, targets, weights in checkpoint.sequences(path):
                inputs = inputs.double() if model.embedding is None else inputs
                outputs, _ = model(inputs, model.zero_state(1))
                total += (losses(checkpoint.loss, outputs, targets) * weights).sum().item()
                count += int(weights.sum())
            return total, count
        is_text = checkpoint.config["data"]["kind"] == "text"
        values = torch.tensor(checkpoint.symbols(path)) if is_text else checkpoint.rows(path)
        if last_fraction is not None:
            values = values[len(values) - int(len(values) * last_fraction) :]
        return loss_of_stream_set(model, checkpoint.loss, values[:-1], values[1:], streams)


def write_manifest(folder, step):
    """Writes the list of a checkpoint's files that makes it complete."""
    files = []
    for path in sorted(folder.iterdir()):
        if path.name != "checkpoint.json":
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            files.append({"name": path.name, "bytes": path.stat().st_size, "sha256": digest})
    lines = [f"unfold-checkpoint 1 {step}"]
    lines += [f"{file['name']} {file['bytes']} {file['sha256']}" for file in files]
    manifest = {
        "format": "unfold-checkpoint",
        "version": 1,
        "step": step,
        "files": files,
        "sha256": hashlib.sha256("\n".join(lines).encode()).hexdigest(),
    }
    (folder / "checkpoint.json").write_text(json.dumps(manifest, indent=2), encoding="utf-8")
