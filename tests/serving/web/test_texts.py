"""Both languages say the same things, and the page has words for whatever can happen."""

import json
import re
from pathlib import Path

import pytest

import tf_tryon.serving.web
from tf_tryon.annotation.annotation import REASONS
from tf_tryon.data.vocabulary import CLASSES, TARGETS

WEB = Path(tf_tryon.serving.web.__file__).parent
PAGE = WEB / "page"
TEXTS = {name: json.loads((PAGE / f"text/{name}.json").read_text()) for name in ("en", "zh")}
SCRIPTS = {path.name: path.read_text() for path in (PAGE / "scripts").glob("*.js")}
HTML = (PAGE / "index.html").read_text()


def test_languages_have_the_same_keys_and_placeholders() -> None:
    assert list(TEXTS["en"]) == list(TEXTS["zh"])
    for key, english in TEXTS["en"].items():
        chinese = TEXTS["zh"][key]
        assert english.strip()
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", chinese)), key
        assert key == "tileName" or re.search("[\u4e00-\u9fff]", chinese), f"{key} isn't Chinese"


def _used() -> set[str]:
    """Keys that stand in the page, whole; those with a part that is put in are patterns of `test_families`."""
    named = set(re.findall(r'data-(?:text|label|alt)="(\w+)"', HTML))
    for script in SCRIPTS.values():
        named |= set(re.findall(r'(?:say|label|whisper|tell|notice)\((?:[^"`;]*?, )?"([\w.]+)"', script))
        named |= set(re.findall(r'says: "(\w+)"', script))
        named |= set(re.findall(r'\["(\w+)", \{', script))
    return named


def test_every_key_that_is_used_is_there() -> None:
    assert not _used() - set(TEXTS["en"])


def test_every_key_is_used() -> None:
    everything = HTML + "".join(SCRIPTS.values())
    for key in TEXTS["en"]:
        if not re.match(r"(error|garment|class|show|found|matches|fromOther)\.", key):
            assert re.search(rf'"{re.escape(key)}"', everything), f"{key} is said nowhere"


GARMENT_FAMILIES = ("garment", "show", "found", "matches")


@pytest.mark.parametrize("family", GARMENT_FAMILIES)
def test_families_have_all_that_can_be_completed(family: str) -> None:
    assert {f"{family}.{garment}" for garment in TARGETS} <= set(TEXTS["en"])


def test_every_family_is_one_that_is_checked() -> None:
    families = {name for script in SCRIPTS.values() for name in re.findall(r"[`@](\w+)\.\$\{", script)}
    assert families == {*GARMENT_FAMILIES, "class", "error", "fromOther"}


def test_every_class_and_every_code_has_words() -> None:
    assert {f"class.{name}" for name in CLASSES} <= set(TEXTS["en"])
    codes = {reason.replace(" ", "-") for reason in REASONS}
    for path in WEB.glob("*.py"):
        codes |= set(re.findall(r'RefusedError\(\s*\d+, "([\w-]+)"', path.read_text()))
    codes |= {"server-away", "busy", "timed-out", "failed", "page-away"}
    assert {f"error.{code}" for code in codes} == {key for key in TEXTS["en"] if key.startswith("error.")}


def test_the_page_asks_nobody_else_for_anything() -> None:
    for path in PAGE.rglob("*.*"):
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"(https?:)?//[\w-]+\.\w", text), f"{path.name} names another site"
    assert not re.search(r"<[^>]+ (style|on\w+)=", HTML), "the content security policy forbids these"


def test_files_have_one_subject() -> None:
    for path in [*(PAGE / "scripts").iterdir(), *(PAGE / "styles").iterdir()]:
        assert len(path.read_text().splitlines()) <= 350, f"{path.name}: split it by subject"


def test_elements_have_names_of_their_own() -> None:
    names = re.findall(r'\bid="([\w-]+)"', HTML)
    assert len(names) == len(set(names))
