"""Losses and gradients of one window of an LSTM, for every loss of values.

The tensors are those of gradient_fixtures.py, in which a target that is NaN does not count, and

    sequences         I32 [T, B], the sequence that each row is of
    scales            F32 [sequences, targets], what errors of a sequence are multiplied by
    initial.loss      F32 [B, 2 · targets], for the error-to-signal ratio: the error and the value of
                      each target before the window

`loss` is the numerator and `count` the denominator of the cost. The cases are named
LOSS.KIND.FORM, with the form plain, masked (missing targets, and weights of targets) or skip (inputs
added to the outputs).
"""

import math

import torch
from torch.nn import functional

import gradient_fixtures

TARGETS = 3
SEQUENCES = 3
LOSSES = {
    "mean-squared-error": {},
    "mean-absolute-error": {},
    "huber": {"delta": 0.5},
    "quantile": {"levels": [0.125, 0.5, 0.875]},
    "gaussian": {},
    "nash-sutcliffe": {},
    "error-to-signal": {},
}
OUTPUTS_OF_TARGET = {"quantile": 3, "gaussian": 2}


def all_cases():
    """The name and the sizes of each case."""
    for loss in LOSSES:
        for kind in ["window", "overlap"]:
            yield f"{loss}.{kind}.plain", case(loss, kind)
            yield f"{loss}.{kind}.masked", case(loss, kind, weights=[1, 0.5, 2])
    for loss in ["mean-squared-error", "error-to-signal"]:
        yield f"{loss}.window.skip", case(loss, "window", skip=True)


def case(loss, kind, **changes):
    """The sizes of a case; those not given are small."""
    sizes = gradient_fixtures.case("lstm", loss, kind)
    outputs = TARGETS * OUTPUTS_OF_TARGET.get(loss, 1)
    return {**sizes, **LOSSES[loss], "layers": 1, "outputs": outputs, **changes}


def make():
    """All tensors by name, and the sizes of all cases by name."""
    tensors, cases = {}, {}
    for seed, (name, sizes) in enumerate(all_cases()):
        generator = torch.Generator().manual_seed(5000 + seed)
        cases[name] = sizes
        for key, tensor in compute(sizes, generator).items():
            tensors[f"{name}/{key}"] = tensor
    return tensors, cases


def compute(sizes, generator):
    """The tensors of one case."""
    model = gradient_fixtures.random_model(sizes, generator)
    batch = random_batch(sizes, generator)
    state = gradient_fixtures.random_state(model, sizes, generator)
    inputs = batch["inputs"].double()
    outputs, states = model.forward_with_resets(inputs, state, batch["resets"])
    if sizes.get("skip"):
        outputs = outputs + inputs[..., :TARGETS]
    if sizes["loss"] == "error-to-signal":
        loss, count = error_to_signal(sizes, outputs, batch)
    else:
        loss, count = sum_of_rows(sizes, outputs, batch)
    loss.backward()

    result = {**batch, "loss": loss.view(1), "count": count.view(1), "outputs": outputs}
    for index, part in enumerate(["hidden", "memory"]):
        result[f"initial.{part}"] = state[index].float()
        result[part] = torch.stack([after[index] for after in states])
    for name, parameter in model.named_parameters():
        result[f"parameters.{name}"] = parameter.float()
        result[f"gradients.{name}"] = parameter.grad
    return result


def random_batch(sizes, generator):
    """Inputs, targets, weights, resets, sequences and scales of a window."""
    shape = (sizes["k2"], sizes["streams"])
    resets, weights = gradient_fixtures.resets_and_weights(sizes, generator)
    targets = torch.randn(*shape, TARGETS, generator=generator)
    if "weights" in sizes:
        targets[torch.rand(targets.shape, generator=generator) < 0.25] = math.nan
    batch = {
        "inputs": torch.randn(*shape, sizes["inputs"], generator=generator),
        "targets": targets,
        "weights": weights,
        "resets": resets,
        "sequences": torch.randint(SEQUENCES, shape, generator=generator, dtype=torch.int32),
        "scales": torch.rand(SEQUENCES, TARGETS, generator=generator) + 0.5,
    }
    if sizes["loss"] == "error-to-signal":
        batch["initial.loss"] = torch.randn(sizes["streams"], 2 * TARGETS, generator=generator)
    return batch


def weights_of_targets(sizes):
    """How much each target counts."""
    return torch.tensor(sizes.get("weights", [1] * TARGETS), dtype=torch.float64)


def sum_of_rows(sizes, outputs, batch):
    """Σ weight · loss and Σ weight · share of a loss of single time steps."""
    targets = batch["targets"].double()
    present = ~targets.isnan()
    targets = torch.where(present, targets, 0.0)
    scales = batch["scales"].double()[batch["sequences"].long()]
    losses = torch.where(present, losses_of_targets(sizes, outputs, targets, scales), 0.0)
    own = weights_of_targets(sizes)
    weights = batch["weights"].double()
    loss = ((losses * own).sum(-1) / own.sum() * weights).sum()
    count = ((present * own).sum(-1) / own.sum() * weights).sum()
    return loss, count


def losses_of_targets(sizes, outputs, targets, scales):
    """The loss of each target, [T, B, targets]."""
    kind = sizes["loss"]
    if kind == "mean-squared-error":
        return functional.mse_loss(outputs, targets, reduction="none")
    if kind == "mean-absolute-error":
        return functional.l1_loss(outputs, targets, reduction="none")
    if kind == "huber":
        return functional.huber_loss(outputs, targets, reduction="none", delta=sizes["delta"])
    if kind == "quantile":
        levels = torch.tensor(sizes["levels"], dtype=torch.float64)
        rest = targets[..., None] - outputs.view(*targets.shape, len(levels))
        return torch.maximum(levels * rest, (levels - 1) * rest).mean(-1)
    if kind == "gaussian":
        mean, deviation = outputs.view(*targets.shape, 2).unbind(-1)
        variance = (2 * deviation).exp()
        return functional.gaussian_nll_loss(
            mean, targets, variance, full=True, eps=1e-6, reduction="none"
        )
    if kind == "nash-sutcliffe":
        return ((targets - outputs) * scales) ** 2
    raise ValueError(f"unknown loss {kind}")


def error_to_signal(sizes, outputs, batch):
    """The numerator and the denominator of the error-to-signal ratio (Wright et al. 2019, 2020)."""
    targets = batch["targets"].double()
    present = ~targets.isnan()
    values = torch.where(present, targets, 0.0)
    errors = torch.where(present, values - outputs, 0.0)
    own = weights_of_targets(sizes)
    weights = batch["weights"].double()[..., None] * present * own
    memory = batch["initial.loss"].double().view(-1, 2, TARGETS)
    keep = (1 - batch["resets"].double())[..., None]

    def emphasise(signal, before):
        return signal - 0.85 * keep * torch.cat([before[None], signal[:-1]])

    epsilon = 1e-5 * weights.sum()
    emphasised = (weights * emphasise(values, memory[:, 1]) ** 2).sum() + epsilon
    plain = (weights * values**2).sum() + epsilon
    counts = weights.sum(0)
    offsets = (weights * errors).sum(0) ** 2 / counts.clamp(min=1e-300)
    error = (weights * emphasise(errors, memory[:, 0]) ** 2).sum()
    return 0.75 * error + 0.25 * emphasised / plain * offsets.sum(), emphasised
