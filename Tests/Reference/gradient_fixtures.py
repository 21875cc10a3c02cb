"""Losses, gradients and states of one window, for every cell, loss and kind of truncation.

The tensors of a case are named CASE/NAME:

    inputs            I32 [T, B] symbols, or F32 [T, B, I] vectors
    targets           I32 [T, B] classes, or F32 [T, B, O] values or labels
    weights           F32 [T, B], 1 where a time step counts and 0 where it does not
    resets            U8 [T, B], 1 where a sequence starts
    initial.hidden    F32 [layers, B, H], the state at the window's left edge
    initial.memory    the same for the memory of an LSTM
    parameters.NAME   F32, under PyTorch's names
    gradients.NAME    F64, of the *sum* of the losses of all counted time steps
    hidden, memory    F64 [T, layers, B, H], the states after each time step
    outputs           F64 [T, B, O], what the readout gives
    loss, count       F64 [1], the sum of the losses, and the number of counted time steps

The metadata key "cases" holds the sizes of each case as JSON. Kinds of truncation:

    window    k1 = k2: all time steps may count, the initial state is not zero
    overlap   k1 < k2: only the last k1 of the window's k2 time steps count
    full      each stream holds one whole sequence from the left edge, starting from zero; time
              steps past a shorter end have weight 0
"""

import torch

from reference_model import ReferenceModel, losses

CELLS = {"elman-tanh": "elman", "elman-relu": "elman", "gru": "gru", "lstm": "lstm"}
LOSSES = ["cross-entropy", "mean-squared-error", "binary-cross-entropy"]
KINDS = {"window": (8, 8), "overlap": (3, 9), "full": (7, 7)}
SMALL = {"layers": 2, "hidden": 5, "inputs": 4, "symbols": 6, "streams": 3, "tie": False}


def all_cases():
    """The name and the sizes of each case."""
    for cell in CELLS:
        for loss in LOSSES:
            for kind in KINDS:
                yield f"{cell}.{loss}.{kind}", case(cell, loss, kind)
    for cell in CELLS:
        name = f"{cell}.cross-entropy"
        yield f"{name}.tied", case(cell, "cross-entropy", "window", inputs=5, tie=True)
        yield f"{name}.deep", case(cell, "cross-entropy", "window", layers=3)
        # Wider than one panel or tile of any product kernel, and a multiple of none.
        wide = {"layers": 1, "hidden": 19, "inputs": 17, "symbols": 37, "streams": 9}
        yield f"{name}.wide", case(cell, "cross-entropy", "window", **wide)


def case(cell, loss, kind, **changes):
    """The sizes of a case; those not given are small."""
    k1, k2 = KINDS[kind]
    sizes = {**SMALL, **changes}
    has_symbols = loss == "cross-entropy"
    outputs = sizes["symbols"] if has_symbols else 3
    return {
        **sizes,
        "cell": CELLS[cell],
        "activation": "relu" if cell == "elman-relu" else "tanh",
        "loss": loss,
        "kind": kind,
        "k1": k1,
        "k2": k2,
        "symbols": sizes["symbols"] if has_symbols else 0,
        "outputs": outputs,
    }


def make():
    """All tensors by name, and the sizes of all cases by name."""
    tensors, cases = {}, {}
    for seed, (name, sizes) in enumerate(all_cases()):
        generator = torch.Generator().manual_seed(1000 + seed)
        cases[name] = sizes
        for key, tensor in compute(sizes, generator).items():
            tensors[f"{name}/{key}"] = tensor
    return tensors, cases


def compute(sizes, generator):
    """The tensors of one case."""
    model = random_model(sizes, generator)
    batch = random_batch(sizes, generator)
    state = random_state(model, sizes, generator)
    inputs, targets = (widen(batch[name]) for name in ("inputs", "targets"))
    outputs, states = model.forward_with_resets(inputs, state, batch["resets"])
    weights = batch["weights"].double()
    loss = (losses(sizes["loss"], outputs, targets) * weights).sum()
    loss.backward()

    result = {**batch, "loss": loss.view(1), "count": weights.sum().view(1), "outputs": outputs}
    for index, part in enumerate(["hidden", "memory"]):
        if state[index] is not None:
            result[f"initial.{part}"] = state[index].float()
            result[part] = torch.stack([after[index] for after in states])
    for name, parameter in model.named_parameters():
        result[f"parameters.{name}"] = parameter.float()
        result[f"gradients.{name}"] = parameter.grad
    return result


def random_model(sizes, generator):
    """A model in float64 whose parameters are uniform float32 numbers between -0.6 and 0.6."""
    model = ReferenceModel(
        sizes["cell"],
        sizes["inputs"],
        sizes["hidden"],
        sizes["layers"],
        sizes["outputs"],
        symbols=sizes["symbols"] or None,
        activation=sizes["activation"],
        tie=sizes["tie"],
    ).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.rand(parameter.shape, generator=generator) * 1.2 - 0.6)
    return model


def random_state(model, sizes, generator):
    """The state at the left edge: zero for whole sequences, else random float32 numbers."""
    state = model.zero_state(sizes["streams"])
    if sizes["kind"] != "full":
        for part in state:
            if part is not None:
                part.copy_(torch.rand(part.shape, generator=generator) * 1.6 - 0.8)
    return state


def random_batch(sizes, generator):
    """Inputs, targets, weights and resets of a window."""
    shape = (sizes["k2"], sizes["streams"])
    resets, weights = resets_and_weights(sizes, generator)
    if sizes["symbols"]:
        inputs = torch.randint(sizes["symbols"], shape, generator=generator, dtype=torch.int32)
        targets = torch.randint(sizes["outputs"], shape, generator=generator, dtype=torch.int32)
    else:
        inputs = torch.randn(*shape, sizes["inputs"], generator=generator)
        targets = torch.randn(*shape, sizes["outputs"], generator=generator)
        if sizes["loss"] == "binary-cross-entropy":
            targets = (targets > 0).float()
    return {"inputs": inputs, "targets": targets, "weights": weights, "resets": resets}


def resets_and_weights(sizes, generator):
    """Resets inside the window, and the time steps that count."""
    time_steps, streams = sizes["k2"], sizes["streams"]
    resets = torch.zeros(time_steps, streams, dtype=torch.uint8)
    weights = (torch.rand(time_steps, streams, generator=generator) < 0.75).float()
    if sizes["kind"] == "full":
        resets[0] = 1
        for stream in range(streams):
            weights[time_steps - stream :, stream] = 0
        return resets, weights
    # Stream 0 goes on throughout; stream 1 restarts twice, once at the left edge; and the others
    # once, at places that differ and fall on both sides of k1 and of k2 - k1.
    resets[0, 1] = 1
    resets[time_steps // 2, 1] = 1
    for stream in range(2, streams):
        resets[(3 * stream + time_steps - 8) % (time_steps - 1) + 1, stream] = 1
    weights[: time_steps - sizes["k1"]] = 0
    return resets, weights


def widen(tensor):
    """Symbols as int64 and numbers as float64, which the computation runs in."""
    return tensor.double() if tensor.is_floating_point() else tensor.long()
