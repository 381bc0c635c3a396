"""The texture stage's networks at the thesis's settings, and VGG-19's five maps, in PyTorch."""

# pyright: reportMissingImports=false
# Torch is in an environment of its own.

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from benchmarks.peer.layers import SLOPE, Attention, FirstBlock, Output, ResBlock, UpBlock, conv

CODES, SCALES = 8, 4  # channels of z; UpBlocks that have an output
GIVEN, GARMENT, CONTEXT = 14, 3, 12  # channels of the generator's inputs without codes, of x_a and of x_c
_UPS = (128, 128, 128, 64, 32)
_VGG = (2, 2, 4, 4, 2), (64, 128, 256, 512, 512)  # convolutions of each block, as far as needed, and their channels


class Trunk(nn.ModuleList):
    """FirstBlock, four down ResBlocks; gives the map of each."""

    def __init__(self, inputs: int) -> None:
        sizes = ((32, 64, 32), (64, 128, 64), (128, 128, 128), (128, 128, 128))
        super().__init__([FirstBlock(inputs, 32), *(ResBlock(i, o, h, down=True) for i, o, h in sizes)])


class Encoder(nn.Module):
    """Pictures -> mean and std of codes."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.trunk, self.head = Trunk(inputs), ResBlock(128, 2 * CODES, 128)

    def forward(self, x: Any) -> Any:
        for block in self.trunk:
            x = block(x)
        mean, raw = self.head(x).float().chunk(2, dim=1)
        return mean, F.softplus(raw) + 1e-4


class Generator(nn.Module):
    """Inputs with codes, and where the picture is visible -> four pictures, coarse to fine."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = Trunk(GIVEN + CODES)
        first = len(_UPS) - SCALES
        inputs = [128, *(c + 3 * (i >= first) for i, c in enumerate(_UPS[:-1]))]
        self.ups = nn.ModuleList(UpBlock(i, o) for i, o in zip(inputs, _UPS, strict=True))
        self.outputs = nn.ModuleList(Output(c) for c in _UPS[first:])
        self.attention = Attention(128, memory=True)

    def forward(self, x: Any, visible: Any) -> list[Any]:
        maps, outputs = [], []
        for block in self.trunk:
            x = block(x)
            maps.append(x)
        for index, up in enumerate(self.ups):
            x = up(torch.cat([x, outputs[-1].to(x.dtype)], dim=1) if outputs else x)
            if index == 1:
                x = self.attention(x, maps[2], visible)
            if index >= len(_UPS) - SCALES:
                outputs.append(self.outputs[index - len(_UPS) + SCALES](x))
        return outputs


class Discriminator(nn.Module):
    """Pictures -> scores."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk, self.attention = Trunk(3), Attention(128, memory=False)
        self.last, self.score = ResBlock(128, 128, 128), conv(128, 1, padding=0)

    def forward(self, x: Any) -> Any:
        for index, block in enumerate(self.trunk):
            x = block(x)
            if index == 2:
                x = self.attention(x)
        return self.score(F.leaky_relu(self.last(x), SLOPE)).float()


class Vgg(nn.Module):
    """VGG-19's conv1_2 to conv5_2 after ReLU, with random weights: only its speed counts here."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks, inputs = nn.ModuleList(), 3
        for count, channels in zip(*_VGG, strict=True):
            block = nn.ModuleList()
            for _ in range(count):
                block.append(nn.Conv2d(inputs, channels, 3, padding=1))
                nn.init.kaiming_normal_(block[-1].weight)
                inputs = channels
            self.blocks.append(block)
        self.requires_grad_(False)

    def forward(self, x: Any) -> list[Any]:
        x, features = x * 2.2, []
        for index, block in enumerate(self.blocks):
            if index:
                x = F.max_pool2d(x, 2)
            for place, layer in enumerate(block):
                x = F.relu(layer(x))
                if place == 1:
                    features.append(x)
        return features
