"""Cuts: sleeves, hems, necklines, closures, fits and cloths by kind and style; conventions as in `outfit_tables`."""

from typing import Final

from tf_tryon.data.studio.outfit_tables import Weights

# Rows of a table stay on few lines.
# fmt: off
SLEEVES: Final[dict[str, tuple[float, float]]] = {
    "none": (0.0, 0.0), "short": (0.22, 0.38), "elbow": (0.5, 0.68), "long": (0.93, 1.0),
}
SLEEVES_OF: Final[dict[str, Weights]] = {
    "tshirt": {"short": 78, "elbow": 12, "long": 10},
    "tank": {"none": 1},
    "polo": {"short": 85, "long": 15},
    "shirt": {"short": 17, "elbow": 18, "long": 65},
    "blouse": {"none": 14, "short": 28, "elbow": 20, "long": 38},
    "sweater": {"none": 4, "short": 6, "elbow": 12, "long": 78},
    "hoodie": {"none": 3, "short": 5, "long": 92},
    "cardigan": {"short": 4, "elbow": 14, "long": 82},
    "blazer": {"elbow": 8, "long": 92},
    "jacket": {"none": 5, "long": 95},
    "coat": {"long": 1},
    "crop_top": {"none": 42, "short": 36, "elbow": 6, "long": 16},
    "summer_dress": {"none": 50, "short": 34, "elbow": 10, "long": 6},
    "sheath_dress": {"none": 38, "short": 30, "elbow": 16, "long": 16},
    "maxi_dress": {"none": 42, "short": 20, "elbow": 10, "long": 28},
}
SLEEVES_IN: Final[dict[str, Weights]] = {
    "winter": {"none": 0.05, "short": 0.15, "elbow": 0.5},
    "summer": {"none": 1.4, "long": 0.35},
    "sport": {"none": 1.3, "elbow": 0.4},
}

TOP_LENGTHS: Final[dict[str, tuple[float, float]]] = {
    "cropped": (0.06, 0.26), "waist": (0.34, 0.48), "hip": (0.54, 0.70), "thigh": (0.78, 0.97),
}
COAT_LENGTHS: Final[dict[str, tuple[float, float]]] = {"thigh": (0.2, 0.4), "knee": (0.5, 0.68), "calf": (0.78, 1.0)}
LEG_LENGTHS: Final[dict[str, tuple[float, float]]] = {
    "upper_thigh": (0.10, 0.22), "lower_thigh": (0.28, 0.42), "knee": (0.46, 0.58), "calf": (0.66, 0.82),
    "ankle": (0.92, 1.0),
}
OTHER_LENGTHS: Final[dict[str, tuple[float, float]]] = {
    "sneakers": (0.0, 0.12), "boots": (0.55, 0.9), "ankle_boots": (0.18, 0.32), "loafers": (0.0, 0.03),
    "heels": (0.0, 0.0),
    "sandals": (0.0, 0.0), "cap": (0.45, 0.6), "beanie": (0.0, 0.0), "fedora": (0.35, 0.5), "sun_hat": (0.7, 1.0),
}
LENGTHS_OF: Final[dict[str, Weights]] = {
    "tshirt": {"cropped": 6, "waist": 24, "hip": 58, "thigh": 12},
    "tank": {"cropped": 10, "waist": 30, "hip": 50, "thigh": 10},
    "polo": {"waist": 25, "hip": 75},
    "shirt": {"waist": 30, "hip": 54, "thigh": 16},
    "blouse": {"cropped": 5, "waist": 42, "hip": 43, "thigh": 10},
    "sweater": {"cropped": 10, "waist": 28, "hip": 46, "thigh": 16},
    "hoodie": {"cropped": 8, "waist": 18, "hip": 60, "thigh": 14},
    "cardigan": {"waist": 20, "hip": 45, "thigh": 35},
    "blazer": {"waist": 8, "hip": 68, "thigh": 24},
    "jacket": {"cropped": 8, "waist": 42, "hip": 45, "thigh": 5},
    "coat": {"thigh": 35, "knee": 45, "calf": 20},
    "crop_top": {"cropped": 1},
    "jeans": {"calf": 8, "ankle": 92},
    "trousers": {"calf": 8, "ankle": 92},
    "wide_trousers": {"knee": 4, "calf": 20, "ankle": 76},
    "shorts": {"upper_thigh": 35, "lower_thigh": 40, "knee": 25},
    "leggings": {"lower_thigh": 10, "knee": 6, "calf": 24, "ankle": 60},
    "mini_skirt": {"upper_thigh": 60, "lower_thigh": 40},
    "a_line_skirt": {"lower_thigh": 35, "knee": 45, "calf": 20},
    "pencil_skirt": {"lower_thigh": 20, "knee": 60, "calf": 20},
    "pleated_skirt": {"upper_thigh": 15, "lower_thigh": 25, "knee": 30, "calf": 30},
    "maxi_skirt": {"calf": 25, "ankle": 75},
    "summer_dress": {"upper_thigh": 20, "lower_thigh": 40, "knee": 30, "calf": 10},
    "sheath_dress": {"lower_thigh": 35, "knee": 50, "calf": 15},
    "maxi_dress": {"calf": 20, "ankle": 80},
}
LENGTHS_IN: Final[dict[str, Weights]] = {
    "winter": {"cropped": 0.2, "upper_thigh": 0.3},
    "formal": {"cropped": 0.1, "upper_thigh": 0.1, "lower_thigh": 0.5},
    "business": {"cropped": 0.2, "upper_thigh": 0.1, "lower_thigh": 0.6},
    "street": {"cropped": 1.5, "thigh": 1.5},
    "summer": {"upper_thigh": 1.3},
}
# Men's hems, where they differ.
LENGTHS_MASCULINE: Final[Weights] = {"cropped": 0.0, "waist": 0.4, "upper_thigh": 0.1}

NECKLINES_OF: Final[dict[str, Weights]] = {
    "tshirt": {"crew": 60, "v": 22, "scoop": 12, "boat": 6},
    "tank": {"scoop": 45, "strap": 35, "crew": 12, "v": 8},
    "polo": {"collar": 1},
    "shirt": {"collar": 1},
    "blouse": {"v": 35, "collar": 25, "boat": 15, "scoop": 15, "turtle": 10},
    "sweater": {"crew": 48, "turtle": 26, "v": 20, "boat": 6},
    "hoodie": {"hood": 1},
    "cardigan": {"v": 75, "crew": 25},
    "blazer": {"v": 1},
    "jacket": {"collar": 65, "hood": 20, "crew": 15},
    "coat": {"collar": 60, "v": 28, "hood": 12},
    "crop_top": {"scoop": 40, "strap": 25, "crew": 25, "boat": 10},
    "summer_dress": {"strap": 40, "scoop": 25, "v": 25, "boat": 10},
    "sheath_dress": {"scoop": 30, "boat": 30, "crew": 20, "v": 20},
    "maxi_dress": {"v": 35, "strap": 35, "scoop": 20, "turtle": 10},
}
OPENINGS_OF: Final[dict[str, Weights]] = {
    "shirt": {"buttoned": 82, "open": 18},
    "blouse": {"closed": 60, "buttoned": 40},
    "polo": {"buttoned": 1},
    "hoodie": {"closed": 62, "zipped": 22, "open": 16},
    "cardigan": {"open": 55, "buttoned": 45},
    "blazer": {"open": 52, "buttoned": 48},
    "jacket": {"open": 45, "zipped": 42, "buttoned": 13},
    "coat": {"open": 42, "buttoned": 48, "zipped": 10},
}
OPENINGS_IN: Final[dict[str, Weights]] = {"formal": {"open": 0.6}, "business": {"open": 0.8}, "winter": {"open": 0.8}}
# What is worn under an open top, or shows in the V of a closed one.
INNER_KINDS: Final[dict[str, Weights]] = {
    "formal": {"shirt": 60, "blouse": 30, "sweater": 6, "tank": 4},
    "business": {"shirt": 48, "blouse": 20, "sweater": 14, "tshirt": 14, "tank": 4},
    "casual": {"tshirt": 62, "shirt": 10, "tank": 14, "sweater": 8, "blouse": 6},
    "street": {"tshirt": 66, "tank": 16, "crop_top": 12, "sweater": 6},
    "sport": {"tshirt": 60, "tank": 34, "crop_top": 6},
    "summer": {"tshirt": 45, "tank": 45, "crop_top": 10},
    "winter": {"sweater": 56, "tshirt": 20, "shirt": 16, "blouse": 8},
    "bohemian": {"tank": 36, "blouse": 34, "tshirt": 30},
}

# Mean of the fit by kind, moved by the style; the draw spreads widely around it.
FIT_OF: Final[Weights] = {
    "tshirt": 0.48, "tank": 0.32, "polo": 0.45, "shirt": 0.5, "blouse": 0.55, "sweater": 0.55, "hoodie": 0.68,
    "cardigan": 0.55, "blazer": 0.42, "jacket": 0.55, "coat": 0.55, "crop_top": 0.3, "jeans": 0.4, "trousers": 0.45,
    "wide_trousers": 0.8, "shorts": 0.5, "leggings": 0.03, "mini_skirt": 0.3, "a_line_skirt": 0.4,
    "pencil_skirt": 0.12,
    "pleated_skirt": 0.5, "maxi_skirt": 0.55, "summer_dress": 0.42, "sheath_dress": 0.15, "maxi_dress": 0.45,
}
FIT_IN: Final[Weights] = {
    "formal": -0.08, "business": -0.06, "casual": 0.0, "street": 0.18, "sport": -0.08, "summer": 0.02, "winter": 0.05,
    "bohemian": 0.14,
}
FLARE_OF: Final[dict[str, tuple[float, float]]] = {
    "blouse": (0.0, 0.5), "coat": (0.05, 0.4), "jeans": (0.0, 0.35), "trousers": (0.0, 0.2),
    "wide_trousers": (0.5, 1.0),
    "shorts": (0.05, 0.4), "mini_skirt": (0.1, 0.6), "a_line_skirt": (0.5, 0.9), "pencil_skirt": (0.0, 0.05),
    "pleated_skirt": (0.6, 1.0), "maxi_skirt": (0.35, 0.8), "summer_dress": (0.4, 0.9), "sheath_dress": (0.0, 0.1),
    "maxi_dress": (0.35, 0.8), "tank": (0.0, 0.2), "tshirt": (0.0, 0.12), "cardigan": (0.0, 0.2),
}

# One garment at most is loud (stripes, plaid, dots, prints). Who: weights by style, times how well the kind bears it.
LOUD_SLOT: Final[dict[str, Weights]] = {
    "formal": {"none": 80, "top": 17, "bottom": 5},
    "business": {"none": 56, "top": 38, "bottom": 8},
    "casual": {"none": 42, "top": 52, "bottom": 10},
    "street": {"none": 50, "top": 44, "bottom": 12},
    "sport": {"none": 55, "top": 34, "bottom": 20},
    "summer": {"none": 32, "top": 54, "bottom": 24},
    "winter": {"none": 52, "top": 44, "bottom": 10},
    "bohemian": {"none": 20, "top": 52, "bottom": 34},
}
LOUD_FITNESS: Final[Weights] = {
    "tshirt": 1.0, "tank": 0.7, "polo": 0.8, "shirt": 1.3, "blouse": 1.2, "sweater": 0.9, "hoodie": 0.25,
    "cardigan": 0.35,
    "blazer": 0.45, "jacket": 0.25, "coat": 0.35, "crop_top": 0.7, "jeans": 0.0, "trousers": 0.5,
    "wide_trousers": 0.9,
    "shorts": 0.8, "leggings": 0.6, "mini_skirt": 1.0, "a_line_skirt": 1.1, "pencil_skirt": 0.7, "pleated_skirt": 0.9,
    "maxi_skirt": 1.3, "summer_dress": 3.5, "sheath_dress": 1.5, "maxi_dress": 3.5,
}
LOUD_OF: Final[dict[str, Weights]] = {
    "tshirt": {"stripe": 58, "print": 32, "dot": 10},
    "tank": {"stripe": 45, "print": 42, "dot": 13},
    "polo": {"stripe": 80, "print": 10, "dot": 10},
    "shirt": {"plaid": 44, "stripe": 32, "print": 16, "dot": 8},
    "blouse": {"print": 50, "dot": 24, "stripe": 20, "plaid": 6},
    "sweater": {"stripe": 48, "knit": 34, "print": 14, "dot": 4},
    "hoodie": {"stripe": 60, "print": 40},
    "cardigan": {"stripe": 50, "knit": 50},
    "blazer": {"plaid": 70, "stripe": 30},
    "jacket": {"plaid": 65, "print": 35},
    "coat": {"plaid": 90, "print": 10},
    "crop_top": {"stripe": 42, "print": 42, "dot": 16},
    "trousers": {"plaid": 55, "stripe": 45},
    "wide_trousers": {"stripe": 48, "print": 40, "plaid": 12},
    "shorts": {"plaid": 30, "print": 44, "stripe": 20, "dot": 6},
    "leggings": {"print": 80, "stripe": 20},
    "mini_skirt": {"plaid": 46, "print": 28, "dot": 16, "stripe": 10},
    "a_line_skirt": {"print": 44, "dot": 24, "plaid": 20, "stripe": 12},
    "pencil_skirt": {"plaid": 50, "stripe": 24, "print": 26},
    "pleated_skirt": {"plaid": 70, "print": 18, "dot": 12},
    "maxi_skirt": {"print": 70, "stripe": 20, "dot": 10},
    "summer_dress": {"print": 60, "dot": 22, "stripe": 18},
    "sheath_dress": {"print": 44, "stripe": 26, "dot": 16, "plaid": 14},
    "maxi_dress": {"print": 70, "stripe": 20, "dot": 10},
}
QUIET_OF: Final[dict[str, Weights]] = {
    "jeans": {"denim": 1},
    "shorts": {"solid": 60, "denim": 40},
    "mini_skirt": {"solid": 70, "denim": 30},
    "a_line_skirt": {"solid": 85, "denim": 15},
    "jacket": {"solid": 68, "denim": 32},
    "shirt": {"solid": 88, "denim": 12},
    "sweater": {"knit": 72, "solid": 28},
    "cardigan": {"knit": 70, "solid": 30},
    "beanie": {"knit": 85, "solid": 15},
}
# Denim is worn where leisure is.
QUIET_IN: Final[dict[str, Weights]] = {"formal": {"denim": 0.0}, "business": {"denim": 0.1}, "sport": {"denim": 0.0}}


def sleeve_law(kind: str, style: str, presentation: str) -> Weights:
    """P(sleeve's class | kind, style); the presentation plays no part."""
    del presentation
    return _law(SLEEVES_OF[kind], SLEEVES_IN.get(style, {}))


def length_law(kind: str, style: str, presentation: str) -> Weights:
    """P(hem's class | kind, style, presentation)."""
    # Where the masculine factor would leave nothing, the kind is never drawn for men, or only in its one class.
    law = LENGTHS_OF[kind]
    if presentation == "masculine" and any(LENGTHS_MASCULINE.get(name, 1.0) > 0 for name in law):
        law = {name: weight * LENGTHS_MASCULINE.get(name, 1.0) for name, weight in law.items()}
    return _law(law, LENGTHS_IN.get(style, {}))


def opening_law(kind: str, style: str) -> Weights:
    """P(closure | kind, style)."""
    return _law(OPENINGS_OF.get(kind, {"closed": 1}), OPENINGS_IN.get(style, {}))


def loud_law(style: str, kinds: dict[str, str]) -> Weights:
    """P(which slot is loud | style, kinds); "none" is one of the answers."""
    bearing = {slot: LOUD_FITNESS.get(kind, 0.0) for slot, kind in kinds.items()}
    weights = {slot: weight * bearing.get(slot, 0.0) for slot, weight in LOUD_SLOT[style].items() if slot != "none"}
    return _law({"none": LOUD_SLOT[style]["none"], **weights}, {})


def quiet_law(kind: str, style: str) -> Weights:
    """P(pattern | kind, style) of a garment that is not the loud one."""
    return _law(QUIET_OF.get(kind, {"solid": 1}), QUIET_IN.get(style, {}) if kind != "jeans" else {})


def length_span(kind: str, name: str) -> tuple[float, float]:
    """Ends of a hem's class, in the units of `outfit.Item.length`."""
    if kind == "coat":
        return COAT_LENGTHS[name]
    return TOP_LENGTHS[name] if name in TOP_LENGTHS else LEG_LENGTHS[name]


def _law(weights: Weights, factors: Weights) -> Weights:
    scaled = {name: weight * factors.get(name, 1.0) for name, weight in weights.items()}
    whole = sum(scaled.values())
    return {name: weight / whole for name, weight in scaled.items() if weight > 0}
