"""Loop subdivision of a triangle mesh as a stencil, so that one topology serves every person.

(1) C. Loop, Smooth subdivision surfaces based on triangles, 1987.
"""

import numpy as np

from tf_tryon.data.studio.body import Template


def loop(triangles: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Loop subdivision (1) as a stencil: (n', K) ids, (n', K) shares, (m', 3) triangles; old vertices come first."""
    edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    opposite = np.concatenate([triangles[:, 2], triangles[:, 0], triangles[:, 1]])
    keys, inverse, uses = np.unique(edges[:, 0] * count + edges[:, 1], return_inverse=True, return_counts=True)
    ends = np.stack([keys // count, keys % count], 1)
    around: list[dict[int, float]] = [{} for _ in range(count + len(keys))]
    for e, (a, b) in enumerate(ends):
        share = 0.5 if uses[e] == 1 else 0.375
        around[count + e] = {int(a): share, int(b): share}
    for e, v in zip(inverse, opposite, strict=True):
        if uses[e] == 2:
            shares = around[count + int(e)]
            shares[int(v)] = shares.get(int(v), 0.0) + 0.125
    inner: list[list[int]] = [[] for _ in range(count)]
    rim: list[list[int]] = [[] for _ in range(count)]
    for e, (a, b) in enumerate(ends):
        for v, w in ((a, b), (b, a)):
            (rim if uses[e] == 1 else inner)[int(v)].append(int(w))
    for v in range(count):
        if rim[v]:
            around[v] = {v: 0.75, **dict.fromkeys(rim[v], 0.25 / len(rim[v]))}
        elif inner[v]:
            n = len(inner[v])
            beta = 3 / 16 if n == 3 else 3 / (8 * n)
            around[v] = {v: 1 - n * beta, **dict.fromkeys(inner[v], beta)}
        else:
            around[v] = {v: 1.0}
    width = max(len(a) for a in around)
    ids = np.zeros((len(around), width), np.int64)
    shares = np.zeros((len(around), width))
    for v, a in enumerate(around):
        ids[v, : len(a)], shares[v, : len(a)] = list(a), list(a.values())
    m = len(triangles)
    ab, bc, ca = (count + inverse[k * m : (k + 1) * m] for k in range(3))
    a, b, c = triangles.T
    finer = np.concatenate([np.stack(t, 1) for t in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))])
    return ids, shares, finer


def stencil_skin(template: Template, ids: np.ndarray, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Skin weights of stencil rows: bones and weights (n, 4) out of ids and shares (n, K)."""
    dense = np.zeros((len(ids), len(template.bone_names)))
    rows = np.arange(len(ids))
    for k in range(ids.shape[1]):
        for j in range(4):
            np.add.at(dense, (rows, template.bones[ids[:, k], j]), shares[:, k] * template.weights[ids[:, k], j])
    bones = np.argsort(-dense, axis=1, kind="stable")[:, :4].astype(np.int32)
    weights = np.maximum(np.take_along_axis(dense, bones, 1), 0.0)
    return bones, weights / weights.sum(1, keepdims=True)
