"""Human parsing of a photo, three ways behind one interface: label pictures, a package, the built-in network."""

from __future__ import annotations

import os
import pathlib
from typing import Final, Protocol

import numpy as np

from tf_tryon.annotation.annotation import AnnotationError, Parsing, Pose
from tf_tryon.annotation.builtin_parser import BuiltinParser
from tf_tryon.annotation.fashn_parser import FashnParser
from tf_tryon.data import vocabulary as vocabulary_lib
from tf_tryon.data.label_picture import read_parsing
from tf_tryon.data.person_files import beside

PARSERS: Final = ("builtin", "fashn", "files")
SUFFIXES: Final = ("_parsing.png", "_segm.png", ".png")


class Parser(Protocol):
    """One way to a parsing."""

    def parse(self, photo: np.ndarray, pose: Pose | None, source: pathlib.Path | None) -> Parsing:
        """Labels of a photo (h, w, 3) uint8.

        Args:
          photo: RGB, upright.
          pose: of the person to label; None where there is no pose.
          source: the photo's file, where it came from one.

        Raises:
          AnnotationError, ValueError, OSError: can't be parsed.
        """
        ...


class ParsingAnnotator:
    """Parsing by one of `PARSERS`. Make one with `ParsingAnnotator.load`."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser

    @classmethod
    def load(
        cls,
        parser: str = "builtin",
        *,
        weights: str | os.PathLike[str] | None = None,
        folder: str | os.PathLike[str] | None = None,
        vocabulary: str | None = None,
        runtime: str = "auto",
        kept: bool = True,
    ) -> ParsingAnnotator:
        """A parser with its model loaded.

        Args:
          parser: one of `PARSERS`.
          weights: builtin: a file of `tf-tryon parser train`; None: the bundled one.
          folder: files: where the label pictures are.
          vocabulary: files: of the label pictures; None: recognised from each.
          runtime: builtin: one of `builtin_parser.RUNTIMES`.
          kept: builtin: whether an exported network stays loaded between photos.

        Raises:
          AnnotationError: "model missing", with what to do.
          ValueError: an option that doesn't go with the parser.
        """
        if parser not in PARSERS:
            raise ValueError(f"parser {parser!r}: choose one of {', '.join(PARSERS)}")
        if (folder is not None) != (parser == "files"):
            raise ValueError("a folder of label pictures goes with the parser 'files', and that parser needs one")
        if weights is not None and parser != "builtin":
            raise ValueError(f"weights belong to the parser 'builtin', not {parser!r}")
        if parser == "files":
            return cls(FileParser(pathlib.Path(folder), vocabulary))
        return cls(FashnParser.load() if parser == "fashn" else BuiltinParser.load(weights, runtime, kept))

    def annotate(
        self, photo: np.ndarray, pose: Pose | None = None, source: str | os.PathLike[str] | None = None
    ) -> Parsing:
        """Labels of a photo; see `Parser.parse`."""
        return self._parser.parse(photo, pose, None if source is None else pathlib.Path(source))


def label_picture(folder: pathlib.Path, source: pathlib.Path) -> pathlib.Path | None:
    """The label picture in `folder` of a photo's file; None: there is none."""
    paths = [beside(folder / source.name, suffix) for suffix in SUFFIXES]
    return next((path for path in paths if path.is_file() and path.resolve() != source.resolve()), None)


class FileParser:
    """Label pictures that any parser wrote: NAME_parsing.png, NAME_segm.png or NAME.png of a folder.

    Args:
      folder: where they are.
      vocabulary: one of `vocabulary.VOCABULARIES`; None: recognised from each picture, or refused.
    """

    def __init__(self, folder: pathlib.Path, vocabulary: str | None = None) -> None:
        if not folder.is_dir():
            raise FileNotFoundError(f"{folder}: there is no such folder of label pictures")
        if vocabulary is not None and vocabulary not in vocabulary_lib.VOCABULARIES:
            known = ", ".join(vocabulary_lib.VOCABULARIES)
            raise ValueError(f"unknown vocabulary {vocabulary!r}: choose one of {known}")
        self._folder, self._vocabulary = folder, vocabulary

    def parse(self, photo: np.ndarray, pose: Pose | None, source: pathlib.Path | None) -> Parsing:
        """The photo's label picture; the confidences are empty, as the file tells none."""
        if source is None:
            raise ValueError("label pictures are found by the photo's file name: say which file it came from")
        path = label_picture(self._folder, source)
        if path is None:
            missing = beside(self._folder / source.name, SUFFIXES[0])
            raise FileNotFoundError(f"{missing}: the label picture of {source} is missing")
        keypoints = np.zeros((18, 3), np.float32) if pose is None else pose.keypoints
        turns = 0 if pose is None else pose.turns
        labels, name = read_parsing(path, photo.shape[:2], keypoints, self._vocabulary, turns)
        if not labels.any():
            raise AnnotationError("no person", f"{path}: every label is background")
        return Parsing(labels, name)
