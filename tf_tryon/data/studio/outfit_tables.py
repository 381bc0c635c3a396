"""The numbers of the outfits' joint distribution; `outfit_distribution` says how they combine.

Weights within a row need not sum to one. What a row does not name has weight 0 (for kinds) or 1 (for factors). The
numbers are the authors' taste, not measured from any data.
"""

from typing import Final

# Rows of a table stay on few lines.
# fmt: off
Weights = dict[str, float]

STYLES: Final[Weights] = {
    "formal": 0.08, "business": 0.14, "casual": 0.24, "street": 0.12, "sport": 0.10, "summer": 0.12, "winter": 0.12,
    "bohemian": 0.08,
}

FEMININE: Final[Weights] = {
    "formal": 0.5, "business": 0.5, "casual": 0.5, "street": 0.45, "sport": 0.5, "summer": 0.55, "winter": 0.5,
    "bohemian": 0.65,
}

# Share of the feminine outfits of a style that are a dress; about 8 % of all outfits are.
DRESS_SHARE: Final[Weights] = {
    "formal": 0.30, "business": 0.14, "casual": 0.10, "street": 0.04, "sport": 0.0, "summer": 0.36, "winter": 0.06,
    "bohemian": 0.34,
}

HAT_SHARE: Final[Weights] = {
    "formal": 0.08, "business": 0.06, "casual": 0.14, "street": 0.40, "sport": 0.24, "summer": 0.28, "winter": 0.40,
    "bohemian": 0.26,
}

HAT_KINDS: Final[dict[str, Weights]] = {
    "formal": {"fedora": 8, "sun_hat": 2},
    "business": {"fedora": 8, "beanie": 1, "cap": 1},
    "casual": {"cap": 5, "beanie": 3, "fedora": 1.5, "sun_hat": 1},
    "street": {"cap": 6, "beanie": 4, "fedora": 0.5},
    "sport": {"cap": 8, "beanie": 2},
    "summer": {"sun_hat": 6, "cap": 3, "fedora": 2},
    "winter": {"beanie": 8, "fedora": 1.5, "cap": 0.5},
    "bohemian": {"sun_hat": 4.5, "fedora": 4.5, "beanie": 1},
}

TOP_KINDS: Final[dict[str, Weights]] = {
    "formal": {"blazer": 40, "shirt": 24, "blouse": 20, "coat": 8, "sweater": 4, "cardigan": 2, "tank": 2},
    "business": {
        "shirt": 26, "blazer": 26, "blouse": 20, "sweater": 12, "cardigan": 8, "polo": 6, "coat": 6,
        "tshirt": 2,
    },
    "casual": {
        "tshirt": 26, "shirt": 14, "sweater": 12, "hoodie": 8, "polo": 7, "cardigan": 8, "jacket": 9,
        "blouse": 8, "tank": 6,
        "crop_top": 5, "blazer": 3, "coat": 2,
    },
    "street": {
        "hoodie": 25, "tshirt": 24, "jacket": 20, "crop_top": 9, "sweater": 7, "tank": 5, "shirt": 6,
        "coat": 2, "blazer": 2,
    },
    "sport": {"tshirt": 32, "tank": 22, "hoodie": 20, "jacket": 12, "crop_top": 10, "sweater": 3, "polo": 4},
    "summer": {
        "tshirt": 23, "tank": 22, "crop_top": 13, "blouse": 14, "shirt": 13, "polo": 11, "cardigan": 2, "blazer": 2,
    },
    "winter": {"coat": 34, "sweater": 27, "jacket": 16, "cardigan": 9, "hoodie": 8, "shirt": 4, "blazer": 2},
    "bohemian": {
        "blouse": 32, "tank": 11, "cardigan": 16, "tshirt": 11, "crop_top": 9, "shirt": 11, "sweater": 6, "jacket": 4,
    },
}

BOTTOM_KINDS: Final[dict[str, Weights]] = {
    "formal": {
        "trousers": 48, "pencil_skirt": 20, "wide_trousers": 14, "a_line_skirt": 8, "pleated_skirt": 6,
        "maxi_skirt": 4,
    },
    "business": {
        "trousers": 44, "pencil_skirt": 16, "wide_trousers": 14, "a_line_skirt": 9, "jeans": 9, "pleated_skirt": 8,
    },
    "casual": {
        "jeans": 42, "shorts": 13, "trousers": 12, "leggings": 8, "a_line_skirt": 8, "mini_skirt": 6,
        "wide_trousers": 6,
        "pleated_skirt": 5, "pencil_skirt": 2, "maxi_skirt": 3,
    },
    "street": {
        "jeans": 38, "wide_trousers": 17, "shorts": 14, "trousers": 10, "mini_skirt": 10, "leggings": 7,
        "pleated_skirt": 5,
    },
    "sport": {"leggings": 36, "shorts": 36, "trousers": 20, "mini_skirt": 3, "wide_trousers": 4, "pleated_skirt": 3},
    "summer": {
        "shorts": 40, "a_line_skirt": 11, "mini_skirt": 13, "jeans": 11, "wide_trousers": 7, "maxi_skirt": 8,
        "trousers": 6,
        "pleated_skirt": 5,
    },
    "winter": {
        "jeans": 36, "trousers": 26, "leggings": 12, "wide_trousers": 9, "a_line_skirt": 5, "pencil_skirt": 5,
        "pleated_skirt": 5, "mini_skirt": 3,
    },
    "bohemian": {
        "maxi_skirt": 24, "wide_trousers": 20, "jeans": 18, "a_line_skirt": 12, "shorts": 12, "pleated_skirt": 7,
        "mini_skirt": 5, "trousers": 5,
    },
}

DRESS_KINDS: Final[dict[str, Weights]] = {
    "formal": {"sheath_dress": 7, "maxi_dress": 3},
    "business": {"sheath_dress": 9, "summer_dress": 1},
    "casual": {"summer_dress": 7, "sheath_dress": 2, "maxi_dress": 1},
    "street": {"summer_dress": 5, "sheath_dress": 5},
    "sport": {"summer_dress": 1},
    "summer": {"summer_dress": 7, "maxi_dress": 3},
    "winter": {"sheath_dress": 7, "maxi_dress": 3},
    "bohemian": {"maxi_dress": 6, "summer_dress": 4},
}

SHOE_KINDS: Final[dict[str, Weights]] = {
    "formal": {"loafers": 48, "heels": 44, "ankle_boots": 8},
    "business": {"loafers": 44, "heels": 30, "ankle_boots": 14, "sneakers": 8, "boots": 4},
    "casual": {"sneakers": 48, "ankle_boots": 14, "loafers": 14, "sandals": 12, "boots": 7, "heels": 5},
    "street": {"sneakers": 62, "boots": 18, "ankle_boots": 14, "sandals": 3, "heels": 3},
    "sport": {"sneakers": 96, "sandals": 4},
    "summer": {"sandals": 50, "sneakers": 27, "loafers": 13, "heels": 10},
    "winter": {"boots": 44, "ankle_boots": 36, "sneakers": 12, "loafers": 4, "heels": 4},
    "bohemian": {"sandals": 40, "ankle_boots": 28, "boots": 18, "sneakers": 8, "heels": 6},
}

# Factors on the weights of a kind by presentation.
MASCULINE_FACTORS: Final[Weights] = {
    "blouse": 0.0, "crop_top": 0.0, "mini_skirt": 0.0, "a_line_skirt": 0.0, "pencil_skirt": 0.0, "pleated_skirt": 0.0,
    "maxi_skirt": 0.0, "summer_dress": 0.0, "sheath_dress": 0.0, "maxi_dress": 0.0, "heels": 0.0, "leggings": 0.15,
    "wide_trousers": 0.4, "sun_hat": 0.15, "tank": 0.6, "cardigan": 0.6, "sandals": 0.5,
}
FEMININE_FACTORS: Final[Weights] = {
    "polo": 0.5, "cap": 0.7, "fedora": 0.8, "shirt": 0.7, "trousers": 0.7, "loafers": 0.6, "mini_skirt": 1.5,
    "a_line_skirt": 1.5, "pencil_skirt": 1.3, "pleated_skirt": 1.5, "maxi_skirt": 1.5,
}

# Harmony: factors on pairs of kinds that are worn together.
TOP_BOTTOM: Final[dict[str, Weights]] = {
    "blazer": {"shorts": 0.2, "leggings": 0.1, "trousers": 1.5, "pencil_skirt": 1.5, "maxi_skirt": 0.4},
    "coat": {"shorts": 0.05, "mini_skirt": 0.6, "maxi_skirt": 0.5},
    "hoodie": {
        "pencil_skirt": 0.1, "pleated_skirt": 0.4, "maxi_skirt": 0.2, "a_line_skirt": 0.3, "trousers": 0.6,
        "leggings": 1.4,
    },
    "sweater": {"shorts": 0.35, "leggings": 1.2, "mini_skirt": 1.2},
    "crop_top": {
        "leggings": 1.4, "wide_trousers": 1.5, "mini_skirt": 1.4, "shorts": 1.3, "pencil_skirt": 0.4,
        "trousers": 0.6,
    },
    "tank": {"shorts": 1.5, "pencil_skirt": 0.4, "maxi_skirt": 1.4, "pleated_skirt": 0.6},
    "shirt": {"leggings": 0.3, "pencil_skirt": 1.3, "trousers": 1.3},
    "blouse": {"leggings": 0.3, "pencil_skirt": 1.5, "pleated_skirt": 1.5, "maxi_skirt": 1.3},
    "polo": {"pencil_skirt": 0.3, "maxi_skirt": 0.3, "leggings": 0.4, "pleated_skirt": 1.2},
    "jacket": {"pencil_skirt": 0.4, "shorts": 0.6, "maxi_skirt": 0.5, "jeans": 1.3},
}
TOP_SHOES: Final[dict[str, Weights]] = {
    "blazer": {"sneakers": 0.5, "sandals": 0.1, "loafers": 1.5, "heels": 1.5, "boots": 0.5},
    "coat": {"boots": 1.6, "ankle_boots": 1.5, "sandals": 0.02},
    "hoodie": {"sneakers": 1.8, "heels": 0.05, "loafers": 0.2, "sandals": 0.3},
    "sweater": {"sandals": 0.15, "boots": 1.2, "ankle_boots": 1.2},
    "jacket": {"sandals": 0.1, "boots": 1.3, "heels": 0.6},
    "tank": {"boots": 0.3, "loafers": 0.5, "sandals": 1.4},
    "crop_top": {"loafers": 0.3, "boots": 0.6},
    "tshirt": {"heels": 0.5},
    "polo": {"heels": 0.2, "boots": 0.3, "loafers": 1.3},
    "blouse": {"sneakers": 0.7, "heels": 1.4},
}
BOTTOM_SHOES: Final[dict[str, Weights]] = {
    "leggings": {"sneakers": 2.0, "heels": 0.3, "loafers": 0.2, "sandals": 0.4},
    "shorts": {"boots": 0.15, "ankle_boots": 0.3, "heels": 0.2, "sandals": 1.5, "loafers": 0.7},
    "trousers": {"loafers": 1.6, "boots": 0.4, "sandals": 0.3},
    "jeans": {"sandals": 0.6},
    "pencil_skirt": {"heels": 2.0, "sneakers": 0.3, "sandals": 0.5, "boots": 0.5},
    "pleated_skirt": {"sandals": 0.7},
    "mini_skirt": {"loafers": 0.6, "boots": 1.3},
    "maxi_skirt": {"boots": 0.5, "sandals": 1.4, "sneakers": 0.6},
    "summer_dress": {"boots": 0.6, "sandals": 1.6},
    "sheath_dress": {"heels": 2.5, "sneakers": 0.2, "sandals": 0.5},
    "maxi_dress": {"sneakers": 0.3, "boots": 0.5, "sandals": 1.6},
}
