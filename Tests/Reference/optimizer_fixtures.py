"""What torch.optim and its schedulers do over a few steps.

    parameters               F32 [n], before the first step: SHAPES, flattened one after another
    gradients                F32 [steps, n], sums, to be divided by DIVISOR
    norms                    F64 [steps], the norms of the divided gradients
    CASE/parameters          F64 [steps, n], after each step
    CASE/moments.NAME        F64 [n], after the last step
    schedule.KIND/rates      F64 [...], the rate of each step, epoch, or after each validation
    schedule.plateau/losses  F64 [...], the validation losses

The metadata key "cases" holds the settings of each case as JSON; those not named are PyTorch's
defaults.
"""

import torch
from torch.optim import lr_scheduler

SHAPES = [(3, 5), (7,), (4, 2, 3), (1,), (2, 11)]
STEPS = 10
DIVISOR = 7
RATE = 0.05

SGD, RMSPROP, ADAM, ADAMW = (
    torch.optim.SGD,
    torch.optim.RMSprop,
    torch.optim.Adam,
    torch.optim.AdamW,
)

# Each case: the optimizer, its arguments, and a limit of the norm or of the values.
CASES = {
    "sgd": (SGD, {}, {}),
    "sgd-decay": (SGD, {"weight_decay": 0.1}, {}),
    "momentum": (SGD, {"momentum": 0.9}, {}),
    "momentum-dampening": (SGD, {"momentum": 0.8, "dampening": 0.3, "weight_decay": 0.05}, {}),
    "nesterov": (SGD, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.05}, {}),
    "rmsprop": (RMSPROP, {}, {}),
    "rmsprop-momentum": (RMSPROP, {"alpha": 0.9, "momentum": 0.7, "weight_decay": 0.05}, {}),
    "rmsprop-centered": (RMSPROP, {"alpha": 0.9, "centered": True, "eps": 1e-4}, {}),
    "rmsprop-centered-momentum": (
        RMSPROP,
        {"alpha": 0.95, "centered": True, "momentum": 0.5, "eps": 1e-4},
        {},
    ),
    "adam": (ADAM, {}, {}),
    "adam-decay": (ADAM, {"betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.1}, {}),
    "adamw": (ADAMW, {}, {}),
    "adamw-decay": (ADAMW, {"betas": (0.85, 0.98), "weight_decay": 0.3}, {}),
    "clip-norm-sgd": (SGD, {"momentum": 0.9}, {"norm": 1.1}),
    "clip-norm-adam": (ADAM, {"weight_decay": 0.1}, {"norm": 1.1}),
    "clip-value-sgd": (SGD, {}, {"value": 0.2}),
    "clip-value-rmsprop": (RMSPROP, {"momentum": 0.9}, {"value": 0.2}),
}


def make():
    """All tensors by name, and the settings of all cases by name."""
    generator = torch.Generator().manual_seed(1)
    count = sum(torch.Size(shape).numel() for shape in SHAPES)
    parameters = torch.randn(count, generator=generator)
    # Steps of different size, so that a limit of the norm binds at some and not at others.
    sizes = torch.linspace(0.3, 2.2, STEPS)[:, None]
    gradients = torch.randn(STEPS, count, generator=generator) * sizes
    tensors = {
        "parameters": parameters,
        "gradients": gradients,
        "norms": (gradients.double() / DIVISOR).norm(dim=1),
    }
    cases = {"divisor": DIVISOR, "learning_rate": RATE}
    for name, (kind, arguments, limit) in CASES.items():
        settings = {"kind": kind.__name__, **arguments, "limit": limit}
        cases[name] = settings
        for key, tensor in run(kind, arguments, limit, parameters, gradients).items():
            tensors[f"{name}/{key}"] = tensor
    tensors.update(schedules())
    return tensors, cases


def split(flat):
    """A flat arena as tensors of SHAPES, in float64."""
    sizes = [torch.Size(shape).numel() for shape in SHAPES]
    parts = flat.double().split(sizes)
    return [part.view(shape).clone() for part, shape in zip(parts, SHAPES)]


def flatten(tensors):
    return torch.cat([tensor.detach().flatten() for tensor in tensors])


def run(kind, arguments, limit, start, gradients):
    """The parameters after each step, and the moments after the last."""
    parameters = [part.requires_grad_() for part in split(start)]
    optimizer = kind(parameters, lr=RATE, **arguments)
    history = []
    for gradient in gradients:
        for parameter, part in zip(parameters, split(gradient.double() / DIVISOR)):
            parameter.grad = part
        if "norm" in limit:
            torch.nn.utils.clip_grad_norm_(parameters, limit["norm"])
        if "value" in limit:
            torch.nn.utils.clip_grad_value_(parameters, limit["value"])
        optimizer.step()
        history.append(flatten(parameters))
    result = {"parameters": torch.stack(history)}
    for name in optimizer.state[parameters[0]] if optimizer.state else []:
        if name != "step" and optimizer.state[parameters[0]][name] is not None:
            moments = [optimizer.state[parameter][name] for parameter in parameters]
            result[f"moments.{name}"] = flatten(moments)
    return result


def schedules():
    """The rates of the schedules, whose arguments LearningRateScheduleTests repeat."""
    losses = torch.tensor(
        [3.0, 2.5, 2.4999, 2.6, 2.4, 2.45, 2.41, 2.42, 2.43, 2.3, 2.31, 2.32, 2.33, 2.34]
        + [2.35, 2.36, 2.37, 2.38, 2.39, 2.4, 2.41, 2.42, 2.43, 2.44, 2.45, 2.46],
        dtype=torch.float64,
    )
    return {
        "schedule.step/rates": rates(
            12, lambda optimizer: lr_scheduler.MultiStepLR(optimizer, [4, 6, 8, 10], gamma=0.5)
        ),
        "schedule.cosine/rates": rates(25, warm_up_and_cosine),
        "schedule.plateau/losses": losses,
        "schedule.plateau/rates": plateau_rates(losses),
    }


def dummy_optimizer():
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)


def rates(count, make_scheduler):
    """The rate of each of `count` steps or epochs."""
    optimizer = dummy_optimizer()
    scheduler = make_scheduler(optimizer)
    result = []
    for _ in range(count):
        result.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return torch.tensor(result, dtype=torch.float64)


def warm_up_and_cosine(optimizer):
    """5 steps up to the full rate, reached at the fifth; 0.002 at step 25."""
    up = lr_scheduler.LinearLR(optimizer, start_factor=1 / 5, total_iters=4)
    down = lr_scheduler.CosineAnnealingLR(optimizer, T_max=20, eta_min=0.002)
    return lr_scheduler.SequentialLR(optimizer, [up, down], milestones=[4])


def plateau_rates(losses):
    """The rate after each validation."""
    optimizer = dummy_optimizer()
    scheduler = lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=0.3, patience=2, threshold=0.01, cooldown=2, min_lr=0.001
    )
    result = []
    for loss in losses:
        scheduler.step(loss)
        result.append(optimizer.param_groups[0]["lr"])
    return torch.tensor(result, dtype=torch.float64)
