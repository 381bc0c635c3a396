"""The configuration of a run: every field with its reason, the thesis's settings as defaults, and the checks across
fields.

A configuration is an `ml_collections.ConfigDict` with locked keys (unknown keys are refused). `configs/*.py` start from
`thesis(stage)` and change fields by name; absl flags override single fields (`--config.train.batch_size=4`).
Section numbers are those of docs/method.md.
"""

from __future__ import annotations

import importlib.util
import json
import math
import os

from ml_collections import ConfigDict

from tf_tryon import baselines, stages
from tf_tryon.baselines import BASELINES
from tf_tryon.errors import BadFileError
from tf_tryon.files import json_file
from tf_tryon.files.json_file import Value
from tf_tryon.files.saved_config import update
from tf_tryon.stages import STAGES

_REMEDY = "a configuration is expected that a run or a bundle has saved"
_LARGEST = {"data.height": 4096, "data.width": 4096, "model.latent_channels": 1024, "model.width": 8.0,
            "model.encoder_head_std": 1.0}  # fmt: skip
_LEAST = {"data.box_widen": 1.0, "loss.kl_anneal_steps": 0, "loss.kl_free_nats": 0.0, "loss.adversarial_start": 0,
          "train.batch_size": 1, "train.accumulate": 1, "train.steps": 1, "train.learning_rate": 0.0,
          "train.discriminator_learning_rate": 0.0, "train.warmup_steps": 0, "train.clip_norm": 0.0,
          "train.evaluate_people": 1, "train.log_every": 1}  # fmt: skip
_SMALLEST_CROP = 16  # VGG's last layer looked at sees it four times halved
AUTO = "auto"
PRECISIONS = (AUTO, "float32", "mixed_bfloat16", "mixed_float16")
_CHOICES = {
    "stage": STAGES,
    "model.family": ("tryon", *BASELINES),
    "data.crop": ("person", "garment"),
    "data.shape_frame": ("garment", "box"),
    "model.latent_layout": ("tiled", "aligned"),
    "model.replaces": stages.REPLACES,
    "model.prior": ("independent", "autoregressive"),
    "model.decoder_norm": ("instance", "spade"),
    "model.upsample": ("transposed", "resize"),
    "model.spectral_norm": ("native", "addons", "none"),
    "loss.kl_schedule": ("constant", "annealed", "free_bits", "target"),
    "loss.region": ("picture", "erased"),
    "loss.perceptual": ("vgg19", "vgg16", "none"),
    "loss.random_codes": ("normal", "prior"),
    "train.networks": ("all", "prior", "finer"),
    "train.precision": PRECISIONS,
}


def thesis(stage: str) -> ConfigDict:
    """The thesis's settings for one stage ("shape" or "texture"); every recommended option is off.

    Two are not the thesis's (section 3): `data.augment.flip` is on, and `data.dresses` off.
    """
    config, own = ConfigDict(), stages.THESIS[stage]
    config.stage = stage
    config.seed = 0  # the only seed: data order, augmentation, initial weights and latent noise follow from it

    data = config.data = ConfigDict()
    data.height, data.width = 256, 256  # of the networks' input; multiples of 32 * model.generator_pool
    data.crop = "person"  # that the input shows: the whole person, or the region around the erased "garment"
    data.crop_margin = 1.35  # longer side of the crop "garment", relative to the erased box's
    # How often each garment is the erased one, among those that a person shows.
    data.targets = ConfigDict({"hat": 0.0, "top": 1.0, "bottom": 1.0, "shoes": 0.0})
    data.min_garments = 3  # compatibility needs context (section 1)
    data.dresses = False  # a dress erases nearly the whole person: context only, unless asked for
    data.box_widen = 1.1  # of the erased box, in x
    data.keypoint_radius = 5 / 256  # half side of a keypoint's square, relative to the height
    data.shape_frame = "garment"  # x_s and z_s in the RoI of the garment's own box, or of the erased "box"
    # Joint augmentation of photo, parsing and keypoints; 0 is off. With the crop "garment", translate and scale move
    # the crop, so that the photo is sampled once.
    data.augment = ConfigDict(
        {"flip": True, "translate": 0.0, "scale": 0.0, "rotate": 0.0,
         "hue": 0.0, "saturation": 0.0, "brightness": 0.0, "contrast": 0.0}
    )  # fmt: skip

    model = config.model = ConfigDict()
    model.family = "tryon"  # or "finet", "bicyclegan": `baseline` makes their configurations
    model.latent_channels = 8  # z is spatial: (height / stride, width / stride, channels)
    model.latent_shared = 0  # how many of them are one value for the whole picture, such as both sleeves' length
    model.latent_centred = False  # the others have mean 0, so that what all cells have alike is told by the shared ones
    model.replaces = "erased"  # of the photo: all that is erased, or the "garment" alone (models/replacing.py)
    model.local_temperature = 1.0  # of the channels that are not shared, where codes are drawn; lower: cells agree more
    model.latent_stride = 32  # pixels that a cell of z spans, 4 to 32 times encoder_pool; 32: the trunk's 8x8 at 256 px
    model.latent_layout = "tiled"  # z repeated over the picture, or laid "aligned" into the garment's box
    model.prior = "independent"  # cells of z given the context, or "autoregressive" so that they agree
    model.encoder_context = False  # encoders also see the generator's inputs, cropped like the garment
    model.encoder_pool = 1  # posterior and prior encoder see their inputs averaged over squares of this side: cheaper,
    model.context_pool = 1  # and the same cells of z with one block less
    model.generator_pool = 1  # or 2: the generator works at half the size, and a sixth UpBlock doubles what it makes
    model.input_skips = False  # the decoder sees the pooled inputs again at its last three UpBlocks and outputs
    model.decoder_norm = "instance"  # or "spade": instance norm modulated by z, classes and mean visible colours
    model.upsample = "transposed"  # convolutions, or "resize" and convolve: no weave
    model.width = 1.0  # multiplies the channels of generator, encoders and discriminator
    # Initial spread of the autoregressive prior's last kernel, and of the encoders' own where spectral_norm is "none":
    # a spectrally normalised kernel starts with singular value 1 whatever its spread.
    model.encoder_head_std = 0.02
    model.output_scales = own.output_scales  # k: the last k UpBlocks each have an output
    model.attention = True
    # "none", or "addons": tensorflow-addons' layer, to reproduce old results with Keras 2 (docs/method.md, section 10)
    model.spectral_norm = "native"
    model.discriminator = own.discriminator
    model.two_stage = True  # False: texture from 18 keypoint maps instead of the 8 classes ("w/o two-stage")

    loss = config.loss = ConfigDict()
    # beta in ELBO units: 1 weighs the KL (summed over z, nats) against the summed cross-entropy of a picture.
    # The thesis's lambda_KL = 20 on mean KL and mean cross-entropy is beta = 20 * pixels / latents = 2560 at 256 px
    # (section 8).
    loss.beta = 2560.0
    loss.kl_schedule = "constant"
    loss.kl_anneal_steps = 1000  # annealed: linear from 0
    loss.kl_free_nats = 0.0  # free_bits: nats per garment below which the KL costs nothing
    loss.kl_target_nats = 15.0  # target: beta is steered until the KL has this many nats
    loss.kl_prior = 1.0  # KL(N(0, I) || q), relative to the first KL: keeps z near the prior that is sampled
    loss.latent_regression = 0.0  # L1 between a random code and the posterior mean of its picture
    # Texture. Content and style weights by layer: section 5.
    loss.appearance = 20.0
    loss.adversarial = 1.0
    loss.perceptual = "vgg19"
    loss.perceptual_weights = ""  # a weights file; empty: Keras's ImageNet weights
    loss.perceptual_normalised = False  # divide each layer by its mean activation on real pictures
    loss.perceptual_crop = 0  # side in pixels of the random crop of the erased box that VGG sees; 0: the whole picture
    loss.pixel = 1 / 32  # content weight of the pixels themselves, at each output scale, for I_bar and I_norm
    loss.pixel_box = 0.0  # extra weight of pixels inside the erased box, in L1 and cross-entropy
    loss.content = (1 / 16, 1 / 8, 1 / 4, 1.0, 1.0)
    loss.style = (1 / 1.6, 1 / 2.3, 1 / 1.8, 1 / 2.8, 10 / 0.8)
    loss.region = "picture"  # that reconstruction terms look at, or only what is "erased" (FiNet)
    loss.random_codes = "normal"  # I_norm from N(0, I), or from the "prior" that test time samples
    loss.adversarial_start = 0  # step at which the GAN terms begin

    train = config.train = ConfigDict()
    train.batch_size = 16  # global, over all replicas
    train.accumulate = 1  # micro-batches per update
    train.steps = own.steps
    train.learning_rate = 1e-4
    train.discriminator_learning_rate = 1e-4
    train.warmup_steps = 0
    train.final_learning_rate = 1.0  # factor reached by cosine decay at the last step; 1: constant
    train.beta_1, train.beta_2 = 0.5, 0.999
    train.clip_norm = 0.0  # global norm of the generator's gradients; 0: off
    train.ema = 0.0  # decay of the averaged weights that evaluation and export use; 0: off
    train.precision = "float32"  # or "auto": bfloat16 where processor or GPU has it (tf_tryon/training/precision.py)
    train.precision_auto = False  # in a run's folder: "auto" was asked for, and the value above is what it became
    train.jit = False
    train.init_from = ""  # a run's folder or weights file to start from (for instance 64 px before 128)
    # That learn: "all", or a part of init_from's run: the "prior", by its KL to the posterior as it stands, or the
    # "finer" block alone, which generator_pool = 2 adds.
    train.networks = "all"
    train.shape_run = ""  # texture: a shape run whose outputs replace some true parsings, as at test time
    train.shape_fraction = 0.0  # how many of them
    train.log_every = 50
    train.picture_every = 1000
    train.evaluate_every = 0  # steps between looks at the loss of held-out people (the split "test"); 0: none
    train.evaluate_people = 100  # of each garment that is trained on, and of dresses, measured by themselves
    train.checkpoint_minutes = 5.0
    train.keep_every = 0  # additionally keep every Nth step's checkpoint
    train.weights_every = 0  # write the (averaged) weights alone every Nth step and at the end, in halves; 0: never
    return config.lock()


def baseline(family: str, stage: str, size: int = 256) -> ConfigDict:
    """A baseline's settings for one stage: the published ones as far as they are published (docs/experiments.md).

    Args:
      family: one of BASELINES.
      stage: BicycleGAN has no stages: "texture" is its only one.
      size: height and width; at each of them lambda_KL is as published.
    """
    config = thesis(stage)
    config.data.height = config.data.width = size
    model, loss = config.model, config.loss
    model.family, model.attention, model.spectral_norm, model.output_scales = family, False, "none", 1
    model.discriminator = model.two_stage = False
    loss.kl_prior = 0.0
    if family == "finet":
        model.two_stage = True
        loss.region = "erased"
        loss.beta = 0.1 * elbo_weights(config)  # lambda_KL = 0.1 on the KL in nats, beside means over pixels
        loss.appearance = 1.0
        return config
    model.discriminator = True
    loss.beta = 0.01 * elbo_weights(config)  # KL 0.01, summed over z
    loss.appearance, loss.pixel = 1.0, 10.0  # L1 10
    loss.perceptual = "none"
    loss.latent_regression = 0.5
    config.train.learning_rate = config.train.discriminator_learning_rate = 2e-4
    return config


def latent_shape(config: ConfigDict) -> tuple[int, int, int]:
    """Shape (h, w, c) of one picture's codes."""
    if config.model.family in BASELINES:
        return 1, 1, config.model.latent_channels
    stride = config.model.latent_stride
    return config.data.height // stride, config.data.width // stride, config.model.latent_channels


def elbo_weights(config: ConfigDict) -> int:
    """Pixels of a picture: a mean over pixels times this is the sum that beta = 1 refers to."""
    return config.data.height * config.data.width


def validate(config: ConfigDict) -> None:
    """Raise ValueError, naming field, value and remedy, for values or combinations that can't work."""
    flat = _flatten(config)
    for name, choices in _CHOICES.items():
        if flat[name] not in choices:
            raise ValueError(f"config.{name} = {flat[name]!r}: choose one of {', '.join(map(repr, choices))}")
    for name, largest in _LARGEST.items():
        if not 0 < flat[name] <= largest:
            raise ValueError(f"config.{name} = {flat[name]}: must be positive and at most {largest}")
    data, model, loss, train = config.data, config.model, config.loss, config.train
    if model.spectral_norm == "addons" and importlib.util.find_spec("tensorflow_addons") is None:
        raise ValueError(
            "config.model.spectral_norm = 'addons' needs tensorflow-addons, which goes with Python 3.11 and TensorFlow "
            "2.15 only: install tf-tryon[addons] in an environment of its own, or choose 'native'"
        )
    if model.generator_pool not in (1, 2):
        raise ValueError(f"config.model.generator_pool = {model.generator_pool}: choose 1 or 2")
    multiple = max(32 * model.generator_pool, model.latent_stride)
    for side in ("height", "width"):
        if data[side] % multiple:
            raise ValueError(
                f"config.data.{side} = {data[side]}: the nets halve it {int(math.log2(multiple))} times; use a multiple"
                f" of {multiple}"
            )
    if data.crop_margin < 1:
        raise ValueError(f"config.data.crop_margin = {data.crop_margin}: the crop must hold the erased box; at least 1")
    if data.crop == "garment" and data.augment.rotate:
        raise ValueError(
            "config.data.augment.rotate goes with crop = 'person': the crop 'garment' is moved and scaled, not turned"
        )
    if min(data.targets.values()) < 0 or sum(data.targets.values()) <= 0:
        raise ValueError("config.data.targets: weights must not be negative, and one must be positive")
    for name in ("train.evaluate_every", "train.weights_every", "train.picture_every", "train.keep_every"):
        if flat[name] < 0:
            raise ValueError(f"config.{name} = {flat[name]}: must not be negative; 0: never")
    for name, least in _LEAST.items():
        if not flat[name] >= least:
            raise ValueError(f"config.{name} = {flat[name]}: must be at least {least}")
    if train.batch_size % train.accumulate:
        raise ValueError(f"config.train.accumulate = {train.accumulate} does not divide {train.batch_size}")
    if not 1 <= model.output_scales <= 5:
        raise ValueError(f"config.model.output_scales = {model.output_scales}: there are five UpBlocks, use 1 to 5")
    if model.latent_stride not in (4, 8, 16, 32, 64, 128):
        raise ValueError(
            f"config.model.latent_stride = {model.latent_stride}: choose 4, 8, 16, 32 (the whole trunk), or 64 or 128"
            " of pooled inputs"
        )
    if not 0 <= model.latent_shared <= model.latent_channels:
        raise ValueError(
            f"config.model.latent_shared = {model.latent_shared}: choose 0 to latent_channels = {model.latent_channels}"
        )
    if not 0 <= model.local_temperature <= 1:
        raise ValueError(f"config.model.local_temperature = {model.local_temperature}: choose 0 to 1")
    if model.latent_centred and (config.stage == "shape" or model.latent_layout == "tiled" or not model.latent_shared):
        raise ValueError(
            "config.model.latent_centred leaves what all cells have alike to the shared channels of the texture stage's"
            " laid codes: it goes with latent_shared > 0 and latent_layout = 'aligned'"
        )
    for name in ("encoder_pool", "context_pool"):
        if model[name] not in (1, 2, 4, 8) or not 4 <= model.latent_stride // model[name] <= 32:
            raise ValueError(
                f"config.model.{name} = {model[name]}: choose 1, 2, 4 or 8, from latent_stride / 32 to"
                " latent_stride / 4"
            )
    if model.family in BASELINES:
        own = baseline(model.family, config.stage)
        baselines.validate(config, own)
        if loss.beta == own.loss.beta and elbo_weights(config) != elbo_weights(own):
            raise ValueError(
                f"config.loss.beta = {loss.beta} is {model.family}'s at {own.data.height} px, whose picture has another"
                " number of pixels: make the configuration by tf_tryon.config.baseline(family, stage, size)"
            )
    reads_parsing = model.decoder_norm == "spade" or model.latent_layout == "aligned" or model.encoder_context
    if not model.two_stage and reads_parsing:
        raise ValueError(
            "config.model.two_stage = False goes with decoder_norm = 'instance', latent_layout = 'tiled' and"
            " encoder_context = False: the others read the parsing, which there is none of without the first stage"
        )
    stages.validate(config)
    if loss.region == "erased" and loss.pixel_box:
        raise ValueError("config.loss.pixel_box weighs the box against the rest, which region = 'erased' leaves out")
    if loss.region == "erased" and model.discriminator and model.family == "tryon":
        raise ValueError(
            "config.loss.region = 'erased' goes with model.discriminator = False: I_norm has no target but what is"
            " visible, and a discriminator would tell it by that alone"
        )
    if model.discriminator and min(data.height, data.width) < 64:
        raise ValueError("config.model.discriminator needs pictures of at least 64 px")
    if train.networks == "prior" and model.family == "bicyclegan":
        raise ValueError("config.train.networks = 'prior': bicyclegan's prior is fixed; choose 'all'")
    if train.networks == "finer" and (model.generator_pool == 1 or model.discriminator):
        raise ValueError(
            "config.train.networks = 'finer' trains the block that config.model.generator_pool = 2 adds, without a"
            " discriminator"
        )
    if not 0 <= train.ema < 1:
        raise ValueError(f"config.train.ema = {train.ema}: a decay lies in [0, 1)")
    if loss.kl_schedule == "target" and loss.kl_target_nats <= 0:
        raise ValueError("config.loss.kl_target_nats must be positive when kl_schedule is 'target'")
    if loss.perceptual_crop and loss.perceptual_crop < _SMALLEST_CROP:
        raise ValueError(
            f"config.loss.perceptual_crop = {loss.perceptual_crop}: VGG halves it four times; use at least"
            f" {_SMALLEST_CROP}, or 0 for the whole picture"
        )
    if len(loss.content) != 5 or len(loss.style) != 5:
        raise ValueError("config.loss.content and style have five weights, one for each VGG layer")


def _flatten(config: ConfigDict, prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in config.items():
        flat.update(_flatten(value, f"{prefix}{key}.") if isinstance(value, ConfigDict) else {prefix + key: value})
    return flat


def to_json(config: ConfigDict) -> str:
    """The effective configuration, as it is saved with a run."""
    return json.dumps(config.to_dict(), indent=2, default=list) + "\n"


def read(path: str | os.PathLike[str]) -> ConfigDict:
    """`from_json` of a file; MissingFileError where there is none."""
    return _from_value(json_file.read(path, _REMEDY))


def from_json(text: str | bytes, source: str) -> ConfigDict:
    """The configuration that `to_json` wrote; fields that a later version added get their defaults.

    Raises:
      BadFileError: not such a configuration, or one that can't work; names `source` and the field.
    """
    return _from_value(json_file.parse(text, source, _REMEDY))


def _from_value(saved: Value) -> ConfigDict:
    config = thesis(saved["stage"].choice(STAGES))
    update(config, saved)
    try:
        validate(config)
    except ValueError as error:
        raise BadFileError(f"{saved.source}: {error}") from error
    return config
