"""Texture stage, recommended: people in varied colours at 256 px. Each change from the thesis has its reason."""

from ml_collections import ConfigDict

from tf_tryon.config import thesis


def get_config() -> ConfigDict:
    config = thesis("texture")

    data = config.data
    data.augment.translate = 0.03
    data.augment.scale = 0.05
    data.augment.rotate = 3.0
    data.augment.brightness = 0.05
    data.augment.contrast = 0.05

    model = config.model
    model.latent_stride = 16  # fine enough for the phase of stripes and checks
    model.output_scales = 1  # coarse outputs cost more than they help once the decoder sees the inputs
    model.latent_layout = "aligned"
    model.prior = "autoregressive"
    model.encoder_context = True
    model.context_pool = 2  # the other garments' colours and kinds need no more; the posterior keeps every thread
    model.input_skips = True  # the parsing reaches the decoder at full size: limbs and hems, not a smear
    model.decoder_norm = "spade"  # a broadcast z is removed by instance norm; a modulation after it is not
    model.upsample = "resize"  # transposed convolutions leave a weave
    model.encoder_head_std = 0.002

    loss = config.loss
    loss.beta = 1.0
    loss.kl_schedule = "target"
    loss.kl_target_nats = 60.0  # cloth has more to tell than a silhouette
    loss.kl_prior = 0.0  # samples come from the learned prior, so nothing need be near N(0, I)
    # Appearance: L1 mainly inside the erased box is the yardstick (weight 1), everything else is relative to it.
    loss.appearance = 1.0
    loss.pixel = 1.0
    loss.pixel_box = 4.0
    loss.perceptual = "vgg16"
    loss.perceptual_normalised = True  # the weights below say what a layer counts
    loss.perceptual_crop = 64  # of the box: a quarter of the cost of the whole picture
    loss.content = (0.1, 0.1, 0.1, 0.1, 0.0)
    loss.style = (0.1, 0.1, 0.1, 0.1, 0.0)
    loss.adversarial = 0.15
    loss.adversarial_start = 4_000  # colours and skin right first
    loss.random_codes = "prior"  # what test time samples

    train = config.train
    train.learning_rate = 3e-4
    train.batch_size = 8
    train.warmup_steps = 200
    train.final_learning_rate = 0.1
    train.clip_norm = 5.0
    train.ema = 0.999
    train.precision = "auto"
    return config
