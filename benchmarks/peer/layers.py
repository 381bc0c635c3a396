"""The texture stage's blocks (docs/method.md, section 4) as one writes them plainly in PyTorch, NCHW."""

# pyright: reportMissingImports=false
# Torch is in an environment of its own.

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

SLOPE = 0.1


def conv(inputs: int, outputs: int, size: int = 3, padding: int | None = None, bias: bool = False) -> nn.Module:
    """A spectrally normalised convolution that keeps the size."""
    return spectral_norm(nn.Conv2d(inputs, outputs, size, padding=size // 2 if padding is None else padding, bias=bias))


def up_conv(inputs: int, outputs: int) -> nn.Module:
    """A spectrally normalised transposed convolution that doubles height and width."""
    layer = nn.ConvTranspose2d(inputs, outputs, 3, stride=2, padding=1, output_padding=1)
    return spectral_norm(layer)


class ResBlock(nn.Module):
    """act, conv, act, conv, beside a 1x1 shortcut; both pooled with `down`."""

    def __init__(self, inputs: int, outputs: int, hidden: int, down: bool = False, slope: float = SLOPE) -> None:
        super().__init__()
        self.conv_1, self.conv_2 = conv(inputs, hidden), conv(hidden, outputs)
        self.shortcut, self.down, self.slope = conv(inputs, outputs, 1), down, slope

    def forward(self, x: Any) -> Any:
        residual = self.conv_2(F.leaky_relu(self.conv_1(F.leaky_relu(x, self.slope)), self.slope))
        if self.down:  # a 1x1 convolution and pooling commute
            return F.avg_pool2d(residual, 2) + self.shortcut(F.avg_pool2d(x, 2))
        return residual + self.shortcut(x)


class FirstBlock(nn.Module):
    """conv, act, conv, pool, beside pool and a 1x1 convolution."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv_1, self.conv_2 = conv(inputs, outputs), conv(outputs, outputs)
        self.shortcut = conv(inputs, outputs, 1)

    def forward(self, x: Any) -> Any:
        residual = F.avg_pool2d(self.conv_2(F.leaky_relu(self.conv_1(x), SLOPE)), 2)
        return residual + self.shortcut(F.avg_pool2d(x, 2))


class UpBlock(nn.Module):
    """norm, act, conv, norm, act, transposed conv, beside a transposed conv."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.norm_1, self.norm_2 = (nn.InstanceNorm2d(c, affine=True) for c in (inputs, outputs))
        self.conv, self.up = conv(inputs, outputs), up_conv(outputs, outputs)
        self.shortcut = up_conv(inputs, outputs)

    def forward(self, x: Any) -> Any:
        y = self.conv(F.leaky_relu(self.norm_1(x), SLOPE))
        return self.up(F.leaky_relu(self.norm_2(y), SLOPE)) + self.shortcut(x)


class Output(nn.Module):
    """act, reflection pad, conv, tanh."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.conv = conv(inputs, 3, padding=0, bias=True)

    def forward(self, x: Any) -> Any:
        return torch.tanh(self.conv(F.pad(F.leaky_relu(x, SLOPE), (1, 1, 1, 1), mode="reflect")).float())


class Attention(nn.Module):
    """Masked short and long attention (equations 2-30 to 2-32); without `memory` the short one alone."""

    def __init__(self, channels: int, memory: bool) -> None:
        super().__init__()
        self.query = nn.Conv2d(channels, channels // 4, 1, bias=False)
        self.gamma_d = nn.Parameter(torch.zeros(()))
        if memory:
            self.gamma_e = nn.Parameter(torch.zeros(()))
            self.fusion = ResBlock(2 * channels, channels, channels, slope=0.01)

    def forward(self, x: Any, memory: Any = None, visible: Any = None) -> Any:
        query = self.query(x).flatten(2)
        beta = torch.softmax((query.transpose(1, 2) @ query).float(), dim=-1).to(x.dtype)

        def gather(features: Any) -> Any:
            return (features.flatten(2) @ beta.transpose(1, 2)).view_as(features)

        short = self.gamma_d * gather(x) + x
        if memory is None:
            return short
        mask = F.avg_pool2d(visible, visible.shape[-1] // x.shape[-1])
        long = self.gamma_e * (1 - mask) * gather(memory) + mask * memory
        return self.fusion(torch.cat([short, long], dim=1))
