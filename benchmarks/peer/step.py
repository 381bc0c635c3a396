"""A full training step of the texture stage, thesis's settings, plainly in PyTorch (docs/method.md, section 5).

One update of both sides from the same weights, as ours: D's loss on photo, I_bar and I_norm without their gradients,
then the generator's loss through a D that is held still.
"""

# pyright: reportMissingImports=false
# Torch is in an environment of its own.

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from benchmarks.peer.networks import CODES, CONTEXT, GARMENT, GIVEN, Discriminator, Encoder, Generator, Vgg

_CONTENT = (1 / 16, 1 / 8, 1 / 4, 1.0, 1.0)
_STYLE = (1 / 1.6, 1 / 2.3, 1 / 1.8, 1 / 2.8, 10 / 0.8)
_APPEARANCE, _PIXEL, _KL = 20.0, 1 / 32, 2560.0
_LAST = torch.channels_last


class Step:
    """Networks, both optimizers, one random batch; `step()` updates once."""

    def __init__(self, size: int, batch: int, bfloat16: bool, vgg: bool) -> None:
        torch.manual_seed(0)
        self.generator, self.encoder, self.context_encoder = Generator(), Encoder(GARMENT), Encoder(CONTEXT)
        self.discriminator = Discriminator()
        self.vgg = Vgg().to(memory_format=_LAST) if vgg else None
        self.models = {
            "generator": self.generator, "encoder": self.encoder, "context_encoder": self.context_encoder,
            "discriminator": self.discriminator,
        }  # fmt: skip
        for model in self.models.values():
            model.to(memory_format=_LAST)
        own = [p for name, model in self.models.items() if name != "discriminator" for p in model.parameters()]
        options: dict[str, Any] = {"lr": 1e-4, "betas": (0.5, 0.999), "fused": True}
        self.optimizer = torch.optim.Adam(own, **options)
        self.judge_optimizer = torch.optim.Adam(self.discriminator.parameters(), **options)
        self.autocast = torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16)
        visible = torch.ones(batch, 1, size, size)
        visible[:, :, size // 4 : size // 2, size // 4 : -size // 4] = 0
        self.visible = visible.contiguous(memory_format=_LAST)
        self.photo, self.given, self.garment, self.context = (
            (torch.rand(batch, c, size, size) * 2 - 1).contiguous(memory_format=_LAST)
            for c in (3, GIVEN, GARMENT, CONTEXT)
        )
        self.noise = torch.randn(2, batch, CODES, size // 32, size // 32)

    def parameters(self) -> dict[str, int]:
        """How many are trained, by network."""
        return {name: sum(p.numel() for p in model.parameters()) for name, model in self.models.items()}

    def step(self) -> float:
        """One update; returns the generator's loss."""
        photo, visible, repeats = self.photo, self.visible, self.photo.shape[-1] // self.noise.shape[-1]
        with self.autocast:
            mean, std = self.encoder(self.garment)
            codes = torch.cat([mean + std * self.noise[0], self.noise[1]])
            given = torch.cat([self.given, self.given])
            inputs = torch.cat([given, codes.repeat(1, 1, repeats, repeats)], dim=1)
            made = self.generator(inputs, torch.cat([visible, visible]))
        rebuilt, invented = zip(*(picture.chunk(2) for picture in made), strict=True)
        with self.autocast:
            scores = self.discriminator(torch.cat([photo, rebuilt[-1].detach(), invented[-1].detach()]))
            real, bar, norm = scores.chunk(3)
            judged = (real - 1).square().mean() + bar.square().mean() + norm.square().mean()
        self.judge_optimizer.zero_grad()
        judged.backward()

        self.discriminator.requires_grad_(False)
        with self.autocast:
            bar, norm = self.discriminator(torch.cat([rebuilt[-1], invented[-1]])).chunk(2)
            loss = (bar - real.detach()).square().mean() + (norm - 1).square().mean()
            loss = loss + _APPEARANCE * (_PIXEL * self._pixels(rebuilt, invented) + self._features(rebuilt, invented))
            loss = loss + _KL / photo[0, 0].numel() * self._kl(mean, std)
        self.optimizer.zero_grad()
        loss.backward()
        self.discriminator.requires_grad_(True)
        self.optimizer.step()
        self.judge_optimizer.step()
        return float(loss)

    def _pixels(self, rebuilt: tuple[Any, ...], invented: tuple[Any, ...]) -> Any:
        """L1 at each scale; of I_norm on visible pixels."""
        total = 0.0
        for bar, norm in zip(rebuilt, invented, strict=True):
            by = self.photo.shape[-1] // bar.shape[-1]
            photo, visible = F.avg_pool2d(self.photo, by), F.avg_pool2d(self.visible, by)
            total = total + (photo - bar).abs().mean() + ((photo - norm).abs() * visible).mean()
        return total

    def _features(self, rebuilt: tuple[Any, ...], invented: tuple[Any, ...]) -> Any:
        """Content and style on VGG-19's maps; of I_norm on visible pixels."""
        if self.vgg is None:
            return 0.0
        total = 0.0
        for truth, picture in ((self.photo, rebuilt[-1]), (self.photo * self.visible, invented[-1] * self.visible)):
            with torch.no_grad():
                real = self.vgg(truth)
            for a, b, content, style in zip(real, self.vgg(picture), _CONTENT, _STYLE, strict=True):
                a, b = a.float(), b.float()
                total = total + content * (a - b).abs().mean() + style * (_gram(a) - _gram(b)).abs().mean()
        return total

    def _kl(self, mean: Any, std: Any) -> Any:
        """KL(q || p) and KL(N(0, I) || q), in nats a person."""
        prior_mean, prior_std = self.context_encoder(self.context)
        ratio, inverse = (std / prior_std).square(), 1 / std.square()
        to_prior = ratio + ((mean - prior_mean) / prior_std).square() - 1 - ratio.log()
        from_standard = inverse * (1 + mean.square()) - 1 - inverse.log()
        return 0.5 * (to_prior + from_standard).sum() / len(mean)


def _gram(features: Any) -> Any:
    flat = features.flatten(2)
    with torch.autocast("cpu", enabled=False):
        return flat @ flat.transpose(1, 2) / flat.shape[-1]
