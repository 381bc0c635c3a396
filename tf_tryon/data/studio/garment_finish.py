"""How each kind of top is finished: its collar or hood, its closure, its pockets."""

import numpy as np

from tf_tryon.data.studio.garment_collars import collar, hood, roll_neck
from tf_tryon.data.studio.garment_fitting import Fitting
from tf_tryon.data.studio.garment_fronts import Face, button, lapel, pocket, strip
from tf_tryon.data.studio.garment_surface import MAIN, TRIM, Sheet, corners_in, normals_at
from tf_tryon.data.studio.outfit import Item

V_DEPTH = 1.272  # template height of a V's lowest point
V_DEPTHS = {"blazer": 1.13, "coat": 1.16, "cardigan": 1.12}
BUTTONS = {"shirt": (7, 0.0055), "blouse": (7, 0.005), "cardigan": (5, 0.008), "coat": (4, 0.011), "jacket": (5, 0.008),
           "polo": (2, 0.0055)}  # fmt: skip
COLLARS = {  # ease, gap, stand, fall, spread
    "shirt": (0.010, 0.16, 0.030, 0.042, 0.016),
    "polo": (0.011, 0.30, 0.026, 0.038, 0.015),
    "blouse": (0.010, 0.20, 0.026, 0.040, 0.017),
    "jacket": (0.020, 0.38, 0.034, 0.058, 0.020),
    "coat": (0.024, 0.42, 0.040, 0.078, 0.026),
}


def lapel_edge(item: Item, hem: float) -> np.ndarray:
    """(k, 2) x and template height of the edge that a lapel folds back from, break point first."""
    low = V_DEPTHS[item.kind]
    y = np.linspace(low - 0.005, 1.378, 22)
    if item.opening == "open":
        wide = 0.8 + 0.5 * item.fit
        gap = wide * np.interp(y, [hem, 1.05, 1.25, 1.36, 1.42], [0.078, 0.050, 0.052, 0.046, 0.036])
    else:
        gap = np.zeros(len(y))
    vee = (0.062 / (1.40 - low)) * (y - low)
    return np.stack([np.maximum(gap, vee), y], 1)


def sew(fitting: Fitting, item: Item, low: Sheet, shell: Sheet, hem: float) -> list[Sheet]:
    """All that is added to a top.

    Args:
        low: the tube, uncut.
        shell: the shell, uncut.
        hem: template height of the hem.
    """
    made: list[Sheet] = []
    if item.neckline == "hood":
        made.append(hood(fitting, 0.016))
    elif item.neckline == "turtle":
        made.append(roll_neck(fitting, 0.010 + 0.006 * item.fit))
    elif item.neckline == "collar":
        made.append(collar(fitting, *COLLARS.get(item.kind, COLLARS["shirt"])))
    elif item.kind in ("blazer", "coat") and item.neckline == "v":
        made.append(collar(fitting, 0.020, 1.15, 0.030, 0.050, 0.018))
    needs = item.opening != "closed" or item.kind in ("hoodie", "jacket", "coat", "blazer", "shirt")
    if not needs:
        return made
    face = _front(low, shell)
    tall = fitting.tall
    top_of_front = {"scoop": 1.284, "strap": 1.27}.get(item.neckline, 1.372)
    if item.neckline == "v":
        top_of_front = V_DEPTHS.get(item.kind, V_DEPTH)
    if item.kind in ("blazer", "coat") and item.neckline == "v":
        edge = lapel_edge(item, hem)
        edge[:, 1] = fitting.talls(edge[:, 1])
        for sign in (1.0, -1.0):
            made += lapel(face, edge, 0.062 if item.kind == "blazer" else 0.075, sign, 0.80, 0.007)
    end = 1.25 if item.kind == "polo" else hem + 0.012
    if item.opening == "zipped":
        y = np.linspace(tall(hem + 0.005), tall(top_of_front), 24)
        made += strip(face, np.stack([np.zeros(24), y], 1), 0.007, 0.002)
    if item.opening == "buttoned":
        made += _buttons(fitting, item, face, end, top_of_front)
    return made + _pockets(fitting, item, face, hem)


def _front(low: Sheet, shell: Sheet) -> Face:
    """The front of tube and shell, where the shell continues the tube."""
    on_shell = (shell.fields["tall"] > -0.01) & (shell.fields["arm"] < 0.02)
    triangles, count = list[np.ndarray](), 0
    for sheet, chosen in ((low, True), (shell, on_shell)):
        part = chosen & (sheet.position[:, 2] > -0.01) & (np.abs(sheet.position[:, 0]) < 0.24)
        triangles.append(sheet.triangles[corners_in(part, sheet.triangles) == 3] + count)
        count += len(sheet.position)
    position, bones, weights, uv = (
        np.concatenate([getattr(low, name), getattr(shell, name)]) for name in ("position", "bones", "weights", "uv")
    )
    faces = np.concatenate(triangles).astype(np.int32)
    normals = normals_at(position, faces, np.arange(count, dtype=np.int32))
    return Face(position, normals, faces, bones, weights, uv, 1.0)


def _buttons(fitting: Fitting, item: Item, face: Face, low: float, high: float) -> list[Sheet]:
    tall = fitting.tall
    made: list[Sheet] = []
    if item.kind == "blazer":
        for y in (1.105, 1.02):
            made += button(face, -0.004, tall(y), 0.009, 0.004)
        y = np.linspace(tall(1.02), tall(1.13), 12)
        return made + strip(face, np.stack([0.004 + 0 * y, y], 1), 0.0025, 0.002)
    count, size = BUTTONS.get(item.kind, (5, 0.007))
    half = {"blouse": 0.011, "cardigan": 0.016, "jacket": 0.018, "coat": 0.0}.get(item.kind, 0.0145)
    if half:
        y = np.linspace(tall(low), tall(high), 30)
        made += strip(face, np.stack([0 * y, y], 1), half, 0.0025)
    else:
        y = np.linspace(tall(max(low, 0.80)), tall(high), 30)
        made += strip(face, np.stack([0.030 + 0 * y, y], 1), 0.003, 0.002)
    bottom = max(low + 0.03, 0.80 if item.kind == "coat" else 0.0)
    for y in np.linspace(bottom, high - 0.012, count):
        made += button(face, 0.0, tall(float(y)), size, 0.0045)
        if item.kind == "coat":
            made += button(face, -0.055, tall(float(y)), size, 0.0045)
    return made


def _pockets(fitting: Fitting, item: Item, face: Face, hem: float) -> list[Sheet]:
    tall = fitting.tall
    made: list[Sheet] = []
    if item.kind == "hoodie" and item.opening == "closed" and hem < 1.0:
        y = (tall(hem + 0.055), tall(hem + 0.19))
        columns, rows = np.linspace(-1, 1, 9), np.linspace(0, 1, 6)
        half = 0.125 - 0.045 * np.clip((rows - 0.35) / 0.65, 0, 1)
        grid = np.stack([half[:, None] * columns, np.repeat((y[0] + (y[1] - y[0]) * rows)[:, None], 9, 1)], -1)
        made += face.patch(grid, 0.006, MAIN)
    elif item.kind == "shirt":
        made += pocket(face, (0.05, 0.115), (tall(1.215), tall(1.285)), 0.003, MAIN, 0.008)
    elif item.kind == "blazer":
        made += pocket(face, (0.065, 0.125), (tall(1.262), tall(1.276)), 0.003)
        if hem < 0.94:
            for sign in (1.0, -1.0):
                x = (0.075, 0.135) if sign > 0 else (-0.135, -0.075)
                made += pocket(face, x, (tall(0.972), tall(1.002)), 0.004)
    elif item.kind in ("coat", "jacket"):
        level = 0.96 if item.kind == "coat" else max(hem + 0.09, 0.985)
        for sign in (1.0, -1.0):
            rise = np.linspace(tall(level - 0.05), tall(level + 0.05), 6)
            line = np.stack([sign * np.linspace(0.125, 0.085, 6), rise], 1)
            made += strip(face, line if sign > 0 else line[::-1], 0.010, 0.004, TRIM)
    return made
