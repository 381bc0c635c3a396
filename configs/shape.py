"""Shape stage, recommended: diverse and whole garments at 256 px. Each change from the thesis has its reason."""

from ml_collections import ConfigDict

from tf_tryon.config import thesis


def get_config() -> ConfigDict:
    config = thesis("shape")

    data = config.data
    data.shape_frame = "box"  # the erased box is known at test time, the garment's own is not
    data.augment.translate = 0.03  # framing of photos differs more than Studio's does
    data.augment.scale = 0.05
    data.augment.rotate = 3.0

    model = config.model
    model.latent_layout = "aligned"  # a cell speaks of the same part of the garment in encoder and generator
    model.prior = "autoregressive"  # and the cells are drawn given one another: parts of a garment that fit
    model.latent_shared = 4  # half of the channels are one value for both sides: sleeves and legs of one length
    model.encoder_context = True  # z need not tell what pose and skin tell already
    model.encoder_pool = 2  # half the pixels tell a silhouette, and a third of the time is saved
    model.context_pool = 2
    model.decoder_norm = "spade"  # codes and pose act after the norms, which would remove them
    model.input_skips = True  # pose and face reach the decoder past the 1/32 bottleneck
    model.upsample = "resize"  # transposed convolutions leave a weave
    model.encoder_head_std = 0.002  # the prior starts near N(0, .69^2 I), whatever it sees

    loss = config.loss
    loss.beta = 1.0  # where the steering starts
    loss.kl_schedule = "target"  # the KL in nats decides diversity and validity, not beta
    loss.kl_target_nats = 20.0  # 7-20 is diverse and valid; below 2 all alike, above 100 patchwork
    loss.kl_prior = 0.0  # samples come from the learned prior, so nothing need be near N(0, I)
    loss.pixel_box = 2.0  # what is visible is copied anyway

    train = config.train
    train.learning_rate = 3e-4
    train.warmup_steps = 200
    train.final_learning_rate = 0.1
    train.clip_norm = 5.0
    train.ema = 0.999  # averaged weights: cleaner borders than any single step's
    train.precision = "auto"  # bfloat16 is twice as fast on CPUs and GPUs that have it, as good in trials
    return config
