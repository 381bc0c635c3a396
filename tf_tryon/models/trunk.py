"""The trunk that encoders, generator and discriminator share: FirstBlock(32), then down ResBlocks 64, 128, 128, 128."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tf_tryon.layers.blocks import FirstBlock, ResBlock

# (output channels, hidden channels) of the four down ResBlocks.
DOWN_BLOCKS = ((64, 32), (128, 64), (128, 128), (128, 128))
FIRST_FILTERS = 32


def scaled(channels: int, width: float) -> int:
    """`channels` times the model's width, a multiple of 8 so that attention's C / 4 stays whole."""
    return channels if width == 1.0 else max(8, round(channels * width / 8) * 8)


class Trunk:
    """Not a layer: builds its blocks as attributes of `owner`, so that variable paths stay flat and stable.

    Args: depth: number of halvings, 2 to 5.
    """

    def __init__(self, depth: int, width: float, spectral: bool | str, dtype: Any) -> None:
        options: dict[str, Any] = {"spectral": spectral, "dtype": dtype}
        self.blocks: list[Any] = [FirstBlock(scaled(FIRST_FILTERS, width), name="first", **options)]
        for index, (filters, hidden) in enumerate(DOWN_BLOCKS[: depth - 1], start=1):
            block = ResBlock(scaled(filters, width), scaled(hidden, width), down=True, name=f"down_{index}", **options)
            self.blocks.append(block)

    def build(self, input_shape: Any) -> list[tuple[Any, ...]]:
        """Builds every block for inputs (B, H, W, C); returns the shape of each block's map."""
        shapes, shape = [], tuple(input_shape)
        for block in self.blocks:
            block.build(shape)
            shape = (shape[0], *(side and side // 2 for side in shape[1:3]), block.filters)
            shapes.append(shape)
        return shapes

    def __call__(self, inputs: tf.Tensor) -> list[tf.Tensor]:
        """The maps of all blocks, from half size downwards."""
        maps = []
        for block in self.blocks:
            inputs = block(inputs)
            maps.append(inputs)
        return maps
