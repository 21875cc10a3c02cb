"""The network that Unfold trains, in PyTorch, with the same parameter names."""

import torch
from torch import nn
from torch.nn import functional


class ReferenceModel(nn.Module):
    """Embedding or dense input, torch.nn.RNN, GRU or LSTM, and a linear readout.

    `symbols` is the number of input symbols, or None for vectors, whose width is `inputs` either
    way. A tied readout uses `embedding.weight` and has a bias of its own.
    """

    def __init__(
        self, cell, inputs, hidden, layers, outputs, symbols=None, activation="tanh", tie=False
    ):
        super().__init__()
        self.cell = cell
        self.embedding = None if symbols is None else nn.Embedding(symbols, inputs)
        if cell == "elman":
            self.rnn = nn.RNN(inputs, hidden, layers, nonlinearity=activation)
        else:
            self.rnn = {"gru": nn.GRU, "lstm": nn.LSTM}[cell](inputs, hidden, layers)
        self.readout = nn.Linear(hidden, outputs)
        if tie:
            self.readout.weight = self.embedding.weight

    def zero_state(self, streams):
        """(h, c) of every layer, [layers, streams, hidden]; c is None unless the cell has it."""
        weight = self.readout.bias
        zero = weight.new_zeros(self.rnn.num_layers, streams, self.rnn.hidden_size)
        return zero, zero.clone() if self.cell == "lstm" else None

    def forward(self, inputs, state):
        """Outputs [T, B, O] and the state after the last time step, without resets."""
        if self.embedding is not None:
            inputs = self.embedding(inputs)
        hidden, memory = state
        if self.cell == "lstm":
            outputs, (hidden, memory) = self.rnn(inputs, (hidden, memory))
        else:
            outputs, hidden = self.rnn(inputs, hidden)
        return self.readout(outputs), (hidden, memory)

    def forward_with_resets(self, inputs, state, resets):
        """Outputs and the states after each time step; where resets[t, b] is set, stream b's state
        is zero before time step t. The product with 0 also keeps the gradient from crossing."""
        outputs, states = [], []
        for time_step, reset in enumerate(resets):
            keep = (1 - reset.to(self.readout.bias.dtype))[None, :, None]
            state = tuple(None if part is None else part * keep for part in state)
            output, state = self(inputs[time_step : time_step + 1], state)
            outputs.append(output)
            states.append(state)
        return torch.cat(outputs), states


def losses(kind, outputs, targets):
    """The loss of each time step and stream, [T, B]: nats, nats summed over the labels, or the mean
    squared error over the outputs."""
    if kind == "cross-entropy":
        flat = functional.cross_entropy(outputs.flatten(0, 1), targets.flatten(), reduction="none")
        return flat.view(outputs.shape[:2])
    if kind == "mean-squared-error":
        return functional.mse_loss(outputs, targets, reduction="none").mean(-1)
    if kind == "binary-cross-entropy":
        return functional.binary_cross_entropy_with_logits(
            outputs, targets, reduction="none"
        ).sum(-1)
    raise ValueError(f"unknown loss {kind}")
