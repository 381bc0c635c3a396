"""Small trees in each data set's layout, of the people of tests/conftest.py."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io
from PIL import Image

from tf_tryon.data.sources.ccp_labels import NAMES
from tf_tryon.data.vocabulary import CIHP20

# CIHP-20 labels of the people, in other vocabularies.
ATR = {1: 1, 5: 4, 6: 7, 9: 6, 13: 11, 14: 14, 15: 15, 16: 12, 17: 13, 18: 9, 19: 10}
MM24 = {1: 7, 5: 1, 6: 4, 9: 5, 13: 14, 14: 15, 15: 15, 16: 15, 17: 15, 18: 11, 19: 11}
CCP = {
    1: "hat", 5: "blouse", 6: "dress", 9: "jeans", 13: "skin", 14: "skin", 15: "skin", 16: "skin", 17: "stockings",
    18: "boots", 19: "boots",
}  # fmt: skip
# COCO-18 number of each of MultiModal's 21 points; -1: none of ours.
MULTIMODAL = (-1, 16, 14, 15, 17, 0, -1, 2, 5, -1, -1, 3, 6, 4, 8, 11, 7, 9, 12, 10, 13)
TRAIN, TEST = (0, 1, 2, 3, 4), (5, 6)


def mapped(labels: np.ndarray, table: dict[int, int]) -> np.ndarray:
    lookup = np.zeros(256, np.uint8)
    lookup[list(table)] = list(table.values())
    return lookup[labels]


def save(path: Path, picture: np.ndarray, palette: bool = False) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(picture)
    if palette:
        image.putpalette(np.random.default_rng(0).integers(0, 256, 768, np.uint8).tobytes())
    image.save(path, quality=95)


def save_mat(path: Path, **arrays: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    scipy.io.savemat(path, arrays)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def openpose(points: np.ndarray, key: str = "pose_keypoints_2d") -> str:
    return json.dumps({"people": [{key: np.ravel(points).astype(float).tolist()}]})


def body25(points: np.ndarray) -> np.ndarray:
    out = np.zeros((25, 3))
    out[:8], out[9:19] = points[:8], points[8:]
    return out


class Trees:
    """Each method writes a tree; `variant` picks other names where copies of the data set have them."""

    def __init__(self, person: Callable[[int], dict[str, Any]]) -> None:
        self.person = person

    def split(self) -> list[tuple[int, str]]:
        return [(i, "train") for i in TRAIN] + [(i, "test") for i in TEST]

    def deepfashion(self, root: Path, variant: bool) -> None:
        pictures, rows, boxes = root / ("img_highres" if variant else "Img/img"), [], []
        for i, split in self.split():
            name = f"WOMEN/Tees/id_{i // 2:08d}/{i:02d}_1_front.jpg"
            person = self.person(i)
            save(pictures / name, person["photo"])
            base = pictures / name.removesuffix(".jpg")
            save(base.with_name(base.name + "_parsing.png"), person["labels"])
            write(base.with_name(base.name + "_keypoints.json"), openpose(person["keypoints"]))
            rows.append(f"img/{name}  id_{i // 2:08d}  {split if split == 'train' else ('query', 'gallery')[i % 2]}")
            boxes.append(f"img/{name} 1 1 5 6 60 60")
        name = "img/MEN/Shirts/id_00000099/01_6_flat.jpg"
        rows.append(f"{name} id_00000099 train")
        boxes.append(f"{name} 1 6 5 6 60 60")
        write(root / ("Anno" if variant else "Eval") / "list_eval_partition.txt",
              "\n".join([str(len(rows)), "image_name item_id evaluation_status", *rows]))  # fmt: skip
        write(root / "Anno/list_bbox_inshop.txt", "\n".join([str(len(boxes)), "image_name ...", *boxes]))

    def multimodal(self, root: Path, variant: bool) -> None:
        places, states = [], []
        for i, _ in self.split():
            person = self.person(i)
            stem = f"MEN-Denim-id_{i:08d}-01_7_{'back' if i % 2 else 'front'}"
            points = person["keypoints"]
            if i % 2:  # seen from behind, the lower number, at the picture's left, is the person's left
                points = points[[0, 1, 5, 6, 7, 2, 3, 4, 11, 12, 13, 8, 9, 10, 15, 14, 17, 16]]
            rows = [points[n] if n >= 0 else (-1, -1, 0) for n in MULTIMODAL]
            suffix = "" if variant else ".jpg"
            places.append(f"{stem}{suffix} " + " ".join(f"{x:g} {y:g}" for x, y, _ in rows))
            states.append(f"{stem}{suffix} " + " ".join("0" if c else "2" for *_, c in rows))
            save(root / "images" / f"{stem}.jpg", person["photo"])
            save(root / "segm" / f"{stem}_segm.png", mapped(person["labels"], MM24), palette=True)
        write(root / "keypoints/keypoints_loc.txt", "\n".join(places))
        write(root / "keypoints/keypoints_vis.txt", "\n".join(states))

    def viton(self, root: Path, variant: bool) -> None:
        parse = "image-parse-new" if variant else "image-parse"
        self._folders(root, parse, "pose", lambda p: openpose(p, "pose_keypoints"), lists=not variant)

    def viton_hd(self, root: Path, variant: bool) -> None:
        parse, pose = ("image-parse", "openpose-json") if variant else ("image-parse-v3", "openpose_json")
        self._folders(root, parse, pose, lambda p: openpose(body25(p)))

    def finet(self, root: Path, variant: bool) -> None:
        def flat(points: np.ndarray) -> str:
            return json.dumps({"pose_keypoints": np.ravel(points).astype(float).tolist()})

        self._folders(root, "image-parse", "pose", flat, lists=False, table=dict(enumerate(CIHP20.classes)))
        for split in ("train", "test"):
            names = [f"{i:06d}_0.jpg" for i, own in self.split() if own == split]
            write((root / split if variant else root) / f"{split}.txt", "\n".join(names))

    def dresscode(self, root: Path, variant: bool) -> None:
        names: dict[str, list[str]] = {}
        for i, split in self.split():
            category = ("dresses", "upper_body", "lower_body")[i % 3]
            base, person = root / category, self.person(i)
            points = np.concatenate([person["keypoints"] * (384 / 64, 512 / 64, 1), np.arange(18)[:, None]], axis=1)
            save(base / "images" / f"{i:06d}_0.jpg", person["photo"])
            save(base / "label_maps" / f"{i:06d}_4.png", mapped(person["labels"], ATR))
            write(base / "keypoints" / f"{i:06d}_2.json", json.dumps({"keypoints": points.tolist()}))
            file = "train_pairs.txt" if split == "train" else f"test_pairs_{'unpaired' if variant else 'paired'}.txt"
            names.setdefault(f"{category}/{file}" if variant else file, []).append(f"{i:06d}_0.jpg\t{i:06d}_1.jpg")
        for file, lines in names.items():
            write(root / file, "\n".join(lines))

    def lip(self, root: Path, variant: bool) -> None:
        """LIP, or as the variant CIHP."""
        for i, own in self.split():
            split, person = ("train" if own == "train" else "val"), self.person(i)
            images, labels = ("images", "labels") if variant else (f"{split}_imgaes", f"{split}_segmentations")
            save(root / images / f"{i}.jpg", person["photo"])
            save(root / labels / f"{i}.png", person["labels"])
            write(root / "poses" / f"{i}_keypoints.json", openpose(person["keypoints"]))
        write(root / "train_id.txt", "\n".join(map(str, TRAIN)))
        write(root / "val_id.txt", "\n".join(map(str, TEST)))

    def photos(self, root: Path, variant: bool) -> None:
        """Annotations beside the photos; as the variant the files' endings are in capitals."""
        for i, _ in self.split():
            person, name = self.person(i), f"{i}.{'JPG' if variant else 'jpg'}"
            save(root / name, person["photo"])
            save(root / f"{i}_parsing.png", person["labels"])
            write(root / f"{i}_keypoints.json", openpose(person["keypoints"]))

    def ccp(self, root: Path, numbers: dict[int, bool], size: int = 192) -> None:
        """People by number; whether they have labels, or tags of what they show."""
        save_mat(root / "label_list.mat", label_list=np.array([list(NAMES)], object))
        for i, labelled in numbers.items():
            person = self.person(i, size)
            labels = mapped(person["labels"], {old: NAMES.index(name) for old, name in CCP.items()})
            save(root / f"photos/{i:04d}.jpg", person["photo"])
            if labelled:
                save_mat(root / f"annotations/pixel-level/{i:04d}.mat", groundtruth=labels)
            else:
                save_mat(root / f"annotations/image-level/{i:04d}.mat", tags=np.unique(labels)[:, None])

    def _folders(
        self, root: Path, parse: str, pose: str, keypoints: Callable[[np.ndarray], str], lists: bool = True,
        table: dict[int, int] | None = None,
    ) -> None:  # fmt: skip
        for i, split in self.split():
            person, stem = self.person(i), f"{i:06d}_0"
            save(root / split / "image" / f"{stem}.jpg", person["photo"])
            labels = mapped(person["labels"], table) if table else person["labels"]
            save(root / split / parse / f"{stem}.png", labels, palette=True)
            write(root / split / pose / f"{stem}_keypoints.json", keypoints(person["keypoints"]))
            if lists:
                with (root / f"{split}_pairs.txt").open("a") as file:
                    file.write(f"{stem}.jpg {i:06d}_1.jpg\n")


@pytest.fixture(scope="session")
def trees(make_person: Callable[..., dict[str, Any]]) -> Trees:
    return Trees(make_person)
