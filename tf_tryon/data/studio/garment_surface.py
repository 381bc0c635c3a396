"""Sheets of cloth under construction, and the three things tailors do to them: cut, trim and hem.

A `Sheet` is a triangle mesh whose vertices also carry scalar fields (height on the template, coordinate along the arm).
`cut` splits triangles exactly along the zero level of a field, so hems are smooth curves however coarse the mesh is,
and interpolates everything a vertex has. Vertices on texture seams are doubled; `weld` names the vertex they share.

Units are metres, in the person's rest pose: y up, the person faces +z and their left is +x.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tf_tryon.data.studio.compiled import compiled
from tf_tryon.data.studio.mesh import Material, Mesh

MAIN, TRIM = 0, 1


@dataclass
class Sheet:
    """n vertices and m triangles of one garment.

    Attributes:
        position: (n, 3) float64.
        triangles: (m, 3) int32, counter-clockwise from outside.
        bones, weights: (n, 4) int32 and float64.
        uv: (n, 2) float64, pattern coordinates.
        weld: (n,) int32, equal for vertices that are one point of the surface.
        fields: name -> (n,) float64, what later cuts need.
        material: (m,) uint8, MAIN or TRIM.
        hem: (e, 2) int32, directed boundary edges that `turn_hems` will thicken.
    """

    position: np.ndarray
    triangles: np.ndarray
    bones: np.ndarray
    weights: np.ndarray
    uv: np.ndarray
    weld: np.ndarray
    fields: dict[str, np.ndarray] = field(default_factory=dict[str, np.ndarray])
    material: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint8))
    hem: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.int32))

    def __post_init__(self) -> None:
        if len(self.material) != len(self.triangles):
            self.material = np.full(len(self.triangles), MAIN, np.uint8)


@compiled
def blend_skin(
    bones_a: np.ndarray, weights_a: np.ndarray, bones_b: np.ndarray, weights_b: np.ndarray, share: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Skin weights (k, 4) of points that lie `share` (k,) of the way from a to b: the four largest, summing to 1."""
    count = len(share)
    bones = np.zeros((count, 4), np.int32)
    weights = np.zeros((count, 4), np.float64)
    names = np.zeros(8, np.int32)
    sums = np.zeros(8, np.float64)
    for i in range(count):
        used = 0
        for j in range(8):
            bone = bones_a[i, j] if j < 4 else bones_b[i, j - 4]
            weight = weights_a[i, j] * (1.0 - share[i]) if j < 4 else weights_b[i, j - 4] * share[i]
            place = -1
            for k in range(used):
                if names[k] == bone:
                    place = k
            if place >= 0:
                sums[place] += weight
            else:
                names[used] = bone
                sums[used] = weight
                used += 1
        total = 0.0
        for slot in range(4):
            best = -1
            for k in range(used):
                if sums[k] > 0.0 and (best < 0 or sums[k] > sums[best]):
                    best = k
            if best >= 0:
                bones[i, slot] = names[best]
                weights[i, slot] = sums[best]
                total += sums[best]
                sums[best] = 0.0
        for slot in range(4):
            weights[i, slot] /= total
    return bones, weights


@compiled
def _count(chosen: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(m,) number of each triangle's corners that are chosen."""
    out = np.zeros(len(triangles), np.uint8)
    for t in range(len(triangles)):
        for corner in range(3):
            if chosen[triangles[t, corner]]:
                out[t] += 1
    return out


def corners_in(chosen: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(m,) uint8, how many corners of each triangle are among the chosen vertices (n,) bool."""
    return _count(chosen, triangles)


def cut(sheet: Sheet, values: np.ndarray) -> tuple[Sheet, np.ndarray]:
    """Splits the triangles that the zero level of `values` (n,) crosses.

    Returns the sheet with the new vertices, and (m',) bool: the triangle lies on the positive side.
    """
    positive = values > 0.0
    count = _count(positive, sheet.triangles)
    crossing = (count == 1) | (count == 2)
    if not crossing.any():
        return sheet, count == 3
    split = sheet.triangles[crossing]
    lone_sign = count[crossing] == 1
    lone = np.argmax(positive[split] == lone_sign[:, None], axis=1)
    rows = np.arange(len(split))
    o, a, b = split[rows, lone], split[rows, (lone + 1) % 3], split[rows, (lone + 2) % 3]
    total = len(values)
    starts, ends = np.concatenate([o, o]).astype(np.int64), np.concatenate([a, b]).astype(np.int64)
    low, high = np.minimum(starts, ends), np.maximum(starts, ends)
    keys, inverse = np.unique(low * total + high, return_inverse=True)
    low, high = keys // total, keys % total
    share = values[low] / (values[low] - values[high])
    made = (total + inverse).astype(np.int32)
    p, q = made[: len(split)], made[len(split) :]
    triangles = np.concatenate(
        [sheet.triangles[~crossing], np.stack([o, p, q], 1), np.stack([p, a, b], 1), np.stack([p, b, q], 1)]
    ).astype(np.int32)
    side = np.concatenate([count[~crossing] == 3, lone_sign, ~lone_sign, ~lone_sign])
    kept = sheet.material[crossing]
    grown = _append(sheet, low, high, share)
    grown.triangles = triangles
    grown.material = np.concatenate([sheet.material[~crossing], kept, kept, kept])
    grown.hem = _split_hem(sheet.hem, positive, keys, total)
    return grown, side


def _append(sheet: Sheet, low: np.ndarray, high: np.ndarray, share: np.ndarray) -> Sheet:
    """The sheet's vertices and one more per pair, `share` of the way from low to high."""

    def mix(array: np.ndarray) -> np.ndarray:
        t = share.reshape(-1, *[1] * (array.ndim - 1))
        return np.concatenate([array, array[low] * (1 - t) + array[high] * t])

    bones, weights = blend_skin(sheet.bones[low], sheet.weights[low], sheet.bones[high], sheet.weights[high], share)
    welded = np.sort(np.stack([sheet.weld[low], sheet.weld[high]], 1).astype(np.int64), axis=1)
    _, shared = np.unique(welded[:, 0] * (len(sheet.weld) + 1) + welded[:, 1], return_inverse=True)
    return replace(
        sheet,
        position=mix(sheet.position),
        bones=np.concatenate([sheet.bones, bones]),
        weights=np.concatenate([sheet.weights, weights]),
        uv=mix(sheet.uv),
        weld=np.concatenate([sheet.weld, (len(sheet.weld) + shared).astype(np.int32)]),
        fields={name: mix(values) for name, values in sheet.fields.items()},
    )


def _split_hem(hem: np.ndarray, positive: np.ndarray, keys: np.ndarray, total: int) -> np.ndarray:
    if not len(hem):
        return hem
    ends = positive[hem]
    crossing = ends[:, 0] != ends[:, 1]
    whole, broken = hem[~crossing], hem[crossing]
    pair = np.sort(broken.astype(np.int64), axis=1)
    middle = (total + np.searchsorted(keys, pair[:, 0] * total + pair[:, 1])).astype(np.int32)
    return np.concatenate([whole, np.stack([broken[:, 0], middle], 1), np.stack([middle, broken[:, 1]], 1)])


def keep(sheet: Sheet, triangles: np.ndarray) -> Sheet:
    """The sheet with only the triangles where `triangles` (m,) is true; hems of dropped triangles go with them."""
    kept = sheet.triangles[triangles]
    used = np.zeros(len(sheet.position), bool)
    used[kept] = True
    return replace(
        sheet, triangles=kept, material=sheet.material[triangles], hem=sheet.hem[used[sheet.hem].all(axis=1)]
    )


def trim_to(sheet: Sheet, values: np.ndarray, hem: bool = True) -> Sheet:
    """Keeps the part of the sheet where `values` (n,) > 0; the new edge becomes a hem."""
    before = len(sheet.position)
    grown, side = cut(sheet, values)
    kept = keep(grown, side)
    # A kept triangle shows at most one new edge: the one whose two ends are both new.
    new = kept.triangles >= before
    edge = new.sum(1) == 2
    if hem and edge.any() and len(grown.position) > before:
        corner = np.argmin(new[edge], axis=1)
        rows = np.arange(int(edge.sum()))
        faces = kept.triangles[edge]
        candidates = np.stack([faces[rows, (corner + 1) % 3], faces[rows, (corner + 2) % 3]], 1)
        # The diagonal of a split quad has one new end only, so what is left are the cut's own edges.
        kept.hem = np.concatenate([kept.hem, candidates.astype(np.int32)])
    return kept


def paint(sheet: Sheet, values: np.ndarray, material: int = TRIM) -> Sheet:
    """Gives the part where `values` (n,) > 0 another material, with a clean edge."""
    grown, side = cut(sheet, values)
    grown.material = np.where(side, np.uint8(material), grown.material).astype(np.uint8)
    return grown


@compiled
def _normals(position: np.ndarray, triangles: np.ndarray, weld: np.ndarray) -> np.ndarray:
    sums = np.zeros((len(weld), 3))
    for t in range(len(triangles)):
        i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay, az = position[j, 0] - position[i, 0], position[j, 1] - position[i, 1], position[j, 2] - position[i, 2]
        bx, by, bz = position[k, 0] - position[i, 0], position[k, 1] - position[i, 1], position[k, 2] - position[i, 2]
        x, y, z = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
        for corner in range(3):
            w = weld[triangles[t, corner]]
            sums[w, 0] += x
            sums[w, 1] += y
            sums[w, 2] += z
    out = np.empty_like(sums)
    for v in range(len(weld)):
        x, y, z = sums[weld[v], 0], sums[weld[v], 1], sums[weld[v], 2]
        length = max(np.sqrt(x * x + y * y + z * z), 1e-12)
        out[v, 0], out[v, 1], out[v, 2] = x / length, y / length, z / length
    return out


def normals_of(sheet: Sheet) -> np.ndarray:
    """(n, 3) unit normals, equal for welded vertices."""
    return normals_at(sheet.position, sheet.triangles, sheet.weld)


def normals_at(position: np.ndarray, triangles: np.ndarray, weld: np.ndarray) -> np.ndarray:
    """(n, 3) unit normals of positions (n, 3) under triangles (m, 3); zero where no triangle is."""
    return _normals(np.ascontiguousarray(position, np.float64), triangles, weld)


def turn_hems(sheet: Sheet, depth: float = 0.008, width: float = 0.015) -> Sheet:
    """Folds the cloth inwards at its hems, so that an open edge has a thickness and nobody sees a paper-thin rim.

    Args:
        depth: how far the inner side lies behind the outer, metres.
        width: how far the inner side reaches back from the edge, metres.
    """
    if not len(sheet.hem):
        return sheet
    normals = normals_of(sheet)
    rim, ends = np.unique(sheet.hem, return_inverse=True)
    ends = ends.reshape(-1, 2)
    # Into the cloth: across the edge, in the surface.
    along = sheet.position[sheet.hem[:, 1]] - sheet.position[sheet.hem[:, 0]]
    across = np.cross(normals[sheet.hem[:, 0]], along)
    both = ends.T.ravel()
    inward = np.stack([np.bincount(both, np.tile(across[:, c], 2), minlength=len(rim)) for c in range(3)], axis=1)
    inward /= np.maximum(np.linalg.norm(inward, axis=1, keepdims=True), 1e-9)
    behind = sheet.position[rim] - depth * normals[rim]
    back = behind + width * inward - 0.5 * depth * normals[rim]
    first, second = len(sheet.position), len(sheet.position) + len(rim)
    a, b = sheet.hem[:, 0], sheet.hem[:, 1]
    pa, pb = first + ends[:, 0], first + ends[:, 1]
    qa, qb = second + ends[:, 0], second + ends[:, 1]
    folds = np.concatenate([np.stack(t, 1) for t in ((b, a, pa), (b, pa, pb), (pb, pa, qa), (pb, qa, qb))])
    at_rim = np.zeros(len(sheet.position), np.uint8)
    at_rim[sheet.triangles] = sheet.material[:, None]
    fresh = (int(sheet.weld.max()) + 1 + np.arange(2 * len(rim))).astype(np.int32)
    return replace(
        sheet,
        position=np.concatenate([sheet.position, behind, back]),
        triangles=np.concatenate([sheet.triangles, folds.astype(np.int32)]),
        bones=np.concatenate([sheet.bones, sheet.bones[rim], sheet.bones[rim]]),
        weights=np.concatenate([sheet.weights, sheet.weights[rim], sheet.weights[rim]]),
        uv=np.concatenate([sheet.uv, sheet.uv[rim], sheet.uv[rim]]),
        weld=np.concatenate([sheet.weld, fresh]),
        fields={name: np.concatenate([v, v[rim], v[rim]]) for name, v in sheet.fields.items()},
        material=np.concatenate([sheet.material, np.tile(at_rim[sheet.hem[:, 0]], 4)]),
        hem=np.zeros((0, 2), np.int32),
    )


def join(sheets: Sequence[Sheet]) -> Sheet:
    """One sheet of several, which share no vertex and keep no fields."""
    offset = np.cumsum([0, *(len(s.position) for s in sheets)])
    welds = np.cumsum([0, *(int(s.weld.max()) + 1 for s in sheets)])
    return Sheet(
        position=np.concatenate([s.position for s in sheets]),
        triangles=np.concatenate([s.triangles + o for s, o in zip(sheets, offset, strict=False)]).astype(np.int32),
        bones=np.concatenate([s.bones for s in sheets]),
        weights=np.concatenate([s.weights for s in sheets]),
        uv=np.concatenate([s.uv for s in sheets]),
        weld=np.concatenate([s.weld + o for s, o in zip(sheets, welds, strict=False)]).astype(np.int32),
        material=np.concatenate([s.material for s in sheets]),
        hem=np.concatenate([s.hem + o for s, o in zip(sheets, offset, strict=False)]).astype(np.int32),
    )


def compact(sheet: Sheet, fields: Sequence[str]) -> Sheet:
    """The sheet without unused vertices and without fields other than those named: what follows is then cheaper."""
    used = np.zeros(len(sheet.position), bool)
    used[sheet.triangles] = True
    used[sheet.hem] = True
    index = (np.cumsum(used) - 1).astype(np.int32)
    _, weld = np.unique(sheet.weld[used], return_inverse=True)
    return Sheet(
        position=sheet.position[used],
        triangles=index[sheet.triangles],
        bones=sheet.bones[used],
        weights=sheet.weights[used],
        uv=sheet.uv[used],
        weld=weld.astype(np.int32),
        fields={name: sheet.fields[name][used] for name in fields},
        material=sheet.material,
        hem=index[sheet.hem],
    )


def to_mesh(sheet: Sheet, label: int | np.ndarray, materials: tuple[Material, Material]) -> Mesh:
    """The finished garment without unused vertices.

    Args:
        label: CIHP-20 class of all triangles, or (m,) one for each.
        materials: what MAIN and TRIM stand for.
    """
    used = np.zeros(len(sheet.position), bool)
    used[sheet.triangles] = True
    index = np.cumsum(used) - 1
    return Mesh(
        vertices=sheet.position[used].astype(np.float32),
        triangles=index[sheet.triangles].astype(np.int32),
        bones=sheet.bones[used].astype(np.int32),
        weights=sheet.weights[used].astype(np.float32),
        label=np.broadcast_to(np.asarray(label, np.uint8), len(sheet.triangles)).copy(),
        material=sheet.material.astype(np.uint8),
        uv=sheet.uv[used].astype(np.float32),
        materials=materials,
    )
