"""Shape stage for photos of real people at 128 px around the garment: every garment, dresses too."""

from ml_collections import ConfigDict

from tf_tryon.configs.shape import get_config as recommended


def get_config() -> ConfigDict:
    config = recommended()

    config.model.replaces = "garment"  # hands, hair and the other clothes stay the photo's
    config.model.local_temperature = 0.55  # fewer holes and legs of two lengths; lengths vary all the same

    data = config.data
    data.height = data.width = 128
    data.crop = "garment"  # a top has some 45 % of the pixels in place of 7
    data.targets.hat, data.targets.shoes = 0.15, 0.4
    data.dresses = True  # a dress is erased with trunk, arms and legs
    data.min_garments = 2  # a coat or a dress leaves many with shoes and one garment more
    data.augment.translate = 0.05  # of the crop, as boxes from a parser jitter
    data.augment.scale = 0.15
    data.augment.rotate = 0.0
    data.augment.hue = 0.02
    data.augment.saturation = 0.1
    data.augment.brightness = 0.1
    data.augment.contrast = 0.1
    return config
