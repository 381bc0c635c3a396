"""The parsing network's encoder: EfficientNet-Lite0 without its last stage and head.

Tan and Le, EfficientNet, ICML 2019; Lite: without squeeze and excitation, ReLU6 for swish. It may start from weights of
ImageNet (`imagenet.py`); a few hundred labelled photos alone teach a network too little of what photos look like. Batch
norms are fixed: what is left of them is a factor and an offset for each channel, which are trained like the kernels.
"""

from __future__ import annotations

from typing import Any, Final

import keras
import tensorflow as tf

from tf_tryon.layers import compat, seeds

# Side of the depthwise kernels, stride of the first block, expansion, channels.
STAGES: Final = ((3, 1, 1, 16), (3, 2, 6, 24), (5, 2, 6, 40), (3, 2, 6, 80), (5, 1, 6, 112), (5, 2, 6, 192))
BLOCKS: Final = (1, 2, 2, 3, 3, 4)  # of each stage, as ImageNet's weights have them
STEM: Final = 32
# The last stage of each resolution, from 1/2 to 1/32 of the input's, and its channels.
TAPS: Final = (0, 1, 2, 4, 5)
WIDTHS: Final = tuple(STAGES[i][-1] for i in TAPS)
_HE: Final = 2.0


class ScaledConvolution(keras.layers.Layer):
    """Convolution, or depthwise convolution (`filters` None), times a factor plus an offset by channel.

    (B, H, W, C) -> (B, H / stride, W / stride, filters or C).
    """

    def __init__(self, filters: int | None, size: int, stride: int = 1, active: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filters, self.size, self.stride, self.active = filters, size, stride, active

    def build(self, input_shape: Any) -> None:
        channels = int(input_shape[-1])
        fan_in = self.size**2 * (1 if self.filters is None else channels)
        start = seeds.normal((_HE / fan_in) ** 0.5)
        shape = (self.size, self.size, channels, self.filters or 1)
        self.kernel = compat.add_weight(self, "kernel", shape, start)
        self.scale = compat.add_weight(self, "scale", (self.filters or channels,), "ones")
        self.offset = compat.add_weight(self, "offset", (self.filters or channels,), "zeros")
        self.built = True

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        kernel, scale = tf.convert_to_tensor(self.kernel), tf.convert_to_tensor(self.scale)
        # The factor is cheaper on the kernel than on the map.
        if self.filters is None:
            kernel, strides = tf.cast(kernel * scale[:, None], inputs.dtype), (1, self.stride, self.stride, 1)
            outputs = tf.nn.depthwise_conv2d(inputs, kernel, strides, "SAME")
        else:
            outputs = tf.nn.conv2d(inputs, tf.cast(kernel * scale, inputs.dtype), self.stride, "SAME")
        outputs = tf.nn.bias_add(outputs, tf.cast(tf.convert_to_tensor(self.offset), outputs.dtype))
        return tf.nn.relu6(outputs) if self.active else outputs

    def get_config(self) -> dict[str, Any]:
        names = ("filters", "size", "stride", "active")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class InvertedResidual(keras.layers.Layer):
    """Widened, convolved depthwise, narrowed; plus the input where the shapes agree.

    Sandler et al., MobileNetV2, CVPR 2018.
    """

    def __init__(self, filters: int, size: int, stride: int, expansion: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filters, self.size, self.stride, self.expansion = filters, size, stride, expansion

    def build(self, input_shape: Any) -> None:
        channels, policy = int(input_shape[-1]), self.dtype_policy
        wide = channels * self.expansion
        self.expand = None
        if self.expansion != 1:
            self.expand = ScaledConvolution(wide, 1, dtype=policy, name="expand")
            self.expand.build((None, None, None, channels))
        self.depthwise = ScaledConvolution(None, self.size, self.stride, dtype=policy, name="depthwise")
        self.depthwise.build((None, None, None, wide))
        self.project = ScaledConvolution(self.filters, 1, active=False, dtype=policy, name="project")
        self.project.build((None, None, None, wide))
        self.added = self.stride == 1 and channels == self.filters
        self.built = True

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        x = inputs if self.expand is None else self.expand(inputs)
        x = self.project(self.depthwise(x))
        return x + inputs if self.added else x

    def get_config(self) -> dict[str, Any]:
        names = ("filters", "size", "stride", "expansion")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class Encoder(keras.layers.Layer):
    """RGB (B, H, W, 3) in [-1, 1] and `hint` (B, H / 4, W / 4, 24), which is added there -> five maps, 1/2 to 1/32.

    Args:
      numbers: of blocks in each stage.
    """

    def __init__(self, numbers: tuple[int, ...] = BLOCKS, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.numbers = tuple(numbers)

    def build(self, input_shape: Any) -> None:
        policy = self.dtype_policy
        self.stem = ScaledConvolution(STEM, 3, 2, dtype=policy, name="stem")
        self.stem.build((None, None, None, 3))
        self.blocks, channels = [], STEM
        for number, (size, stride, expansion, filters) in zip(self.numbers, STAGES, strict=True):
            for i in range(number):
                name = f"block_{len(self.blocks)}"
                block = InvertedResidual(filters, size, stride if i == 0 else 1, expansion, dtype=policy, name=name)
                block.build((None, None, None, channels))
                self.blocks.append(block)
                channels = filters
        self.built = True

    def call(self, inputs: tf.Tensor, hint: tf.Tensor) -> list[tf.Tensor]:
        x, blocks, maps = self.stem(inputs), iter(self.blocks), []
        for stage, number in enumerate(self.numbers):
            for _ in range(number):
                x = next(blocks)(x)
            if stage == 1:
                x = x + tf.cast(hint, x.dtype)
            if stage in TAPS:
                maps.append(x)
        return maps

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "numbers": self.numbers}
