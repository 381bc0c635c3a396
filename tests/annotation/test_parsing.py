"""Label pictures of every vocabulary, and the package fashn-human-parser, behind the one interface."""

import sys
import types

import numpy as np
import pytest
from PIL import Image

from tf_tryon.annotation import fashn_parser
from tf_tryon.annotation.annotation import AnnotationError
from tf_tryon.annotation.parsing import ParsingAnnotator
from tf_tryon.data.label_picture import save_labels
from tf_tryon.data.vocabulary import CIHP20, LIP20, VOCABULARIES

# The labels of top, trousers, face and left shoe in each vocabulary.
FOUR = {
    "cihp20": (5, 9, 13, 18), "lip20": (5, 9, 13, 18), "atr18": (4, 6, 11, 9), "tryon8": (5, 6, 1, 7),
    "lip21": (5, 9, 13, 18), "mm24": (1, 5, 14, 11),
}  # fmt: skip


def _written(folder, made, vocabulary):
    source = np.isin(made["labels"], (5, 9, 13, 18))
    labels = np.zeros_like(made["labels"])
    for cihp, label in zip(FOUR["cihp20"], FOUR[vocabulary], strict=True):
        labels[made["labels"] == cihp] = label
    Image.fromarray(labels).save(folder / "anna_parsing.png")
    return np.where(source, CIHP20.table()[made["labels"]], 0)


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_files_of_every_vocabulary(tmp_path, made, vocabulary):
    expected = _written(tmp_path, made, vocabulary)
    annotator = ParsingAnnotator.load("files", folder=tmp_path, vocabulary=vocabulary)
    parsing = annotator.annotate(made["photo"], None, tmp_path / "photos" / "anna.jpg")
    np.testing.assert_array_equal(parsing.classes, expected)
    assert parsing.confidences == {}


def test_the_vocabulary_is_detected_or_stated_or_refused(tmp_path, made):
    annotator = ParsingAnnotator.load("files", folder=tmp_path)
    made["labels"][made["labels"] == 14] = 10
    save_labels(made["labels"], "lip20", tmp_path / "anna_parsing.png")
    parsing = annotator.annotate(made["photo"], None, "anna.jpg")
    assert parsing.vocabulary == "lip20"
    np.testing.assert_array_equal(parsing.classes, LIP20.table()[made["labels"]])
    Image.fromarray(made["labels"]).save(tmp_path / "anna_parsing.png")
    with pytest.raises(ValueError, match=r"anna_parsing.*lip20"):
        annotator.annotate(made["photo"], None, "anna.jpg")
    _written(tmp_path, made, "cihp20")
    assert annotator.annotate(made["photo"], None, "anna.jpg").vocabulary == "cihp20"


def test_wrong_files_are_refused(tmp_path, made):
    annotator = ParsingAnnotator.load("files", folder=tmp_path, vocabulary="tryon8")
    with pytest.raises(FileNotFoundError, match="anna_parsing"):
        annotator.annotate(made["photo"], None, "anna.jpg")
    with pytest.raises(ValueError, match="file name"):
        annotator.annotate(made["photo"])
    _written(tmp_path, made, "cihp20")
    with pytest.raises(ValueError, match="not in tryon8"):
        annotator.annotate(made["photo"], None, "anna.jpg")
    with pytest.raises(ValueError, match="256x256 pixels and the photo 100x100"):
        annotator.annotate(made["photo"][:100, :100], None, "anna.jpg")
    Image.fromarray(np.zeros_like(made["labels"])).save(tmp_path / "anna_parsing.png")
    with pytest.raises(AnnotationError, match="every label"):
        annotator.annotate(made["photo"], None, "anna.jpg")


@pytest.mark.parametrize(
    "options",
    [{"parser": "magic"}, {"parser": "files"}, {"folder": "x"}, {"parser": "fashn", "weights": "x"}],
)
def test_options_that_do_not_go_together(options):
    with pytest.raises(ValueError, match="parser"):
        ParsingAnnotator.load(**options)


def test_fashn_is_translated(made, monkeypatch):
    class Parser:
        def predict(self, photo):
            answer = np.zeros(photo.shape[:2], int)
            for cihp, label in ((5, 3), (9, 6), (13, 1), (18, 15)):
                answer[made["labels"] == cihp] = label
            return answer

    module = types.ModuleType("fashn_human_parser")
    module.FashnHumanParser = Parser
    monkeypatch.setitem(sys.modules, "fashn_human_parser", module)
    parsing = ParsingAnnotator.load("fashn").annotate(made["photo"])
    expected = np.where(np.isin(made["labels"], (5, 9, 13, 18)), CIHP20.table()[made["labels"]], 0)
    np.testing.assert_array_equal(parsing.classes, expected)
    assert len(fashn_parser.TO_CIHP20) == len(fashn_parser.LABELS) == 18
    Parser.predict = lambda self, photo: np.full(photo.shape[:2], 18)
    with pytest.raises(ValueError, match="0 to 17"):
        ParsingAnnotator.load("fashn").annotate(made["photo"])


def test_fashn_not_installed_says_how(monkeypatch):
    monkeypatch.setitem(sys.modules, "fashn_human_parser", None)
    with pytest.raises(AnnotationError, match="pip install fashn-human-parser"):
        ParsingAnnotator.load("fashn")
