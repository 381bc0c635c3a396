"""The docs' site: every document and every verb has its page, and links written for the repository lead to pages.

Whether the whole site builds without a warning is `make docs`.
"""

import importlib.util
import io
import json
import re
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import yaml
from PIL import Image

from tf_tryon.cli import main as cli

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = yaml.safe_load((ROOT / "mkdocs.yml").read_text())


def _hooks(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / f"tools/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site_pages() -> ModuleType:
    return _hooks("site_pages")


@pytest.fixture(scope="module")
def verb_pages(site_pages: ModuleType) -> dict[str, str]:
    return site_pages.verb_pages()


def _pages(nav: Any) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    return [page for entry in (nav.values() if isinstance(nav, dict) else nav) for page in _pages(entry)]


def test_every_page_is_in_the_navigation_once(site_pages):
    listed = _pages(SETTINGS["nav"])
    written = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert sorted(listed) == sorted([*written, *site_pages.PLACES.values(), "VERBS", "MODULES"])
    assert [next(iter(part)) for part in SETTINGS["nav"]] == ["Start", "How to", "Method", "Reference"]


@pytest.mark.parametrize("verb", list(cli.VERBS))
def test_a_verbs_page_says_what_its_help_says(verb_pages, verb, capsys):
    page = verb_pages[f"verbs/{verb.replace(' ', '-')}.md"]
    assert cli.main([*verb.split(), "--help"]) == 0
    printed = capsys.readouterr().out
    plain = re.sub(r"\\(.)", r"\1", page)
    for line in re.findall(r"^  (--\S+)$", printed, re.MULTILINE):
        assert f"`{line}`" in page
    for example in re.findall(r"^  (tf-tryon .*)$", printed, re.MULTILINE):
        assert example in plain
    assert re.sub(r"\s+", " ", printed).count("(default:") == plain.count("(default:")


def test_a_notebooks_page_has_its_cells_and_pictures(site_pages):
    for path in site_pages.NOTEBOOKS:
        page, *pictures = site_pages.notebook_page(path).items()
        cells = json.loads(path.read_text())["cells"]
        assert page[0] == f"notebooks/{path.stem}.md"
        assert page[1].count("```python") == sum(cell["cell_type"] == "code" for cell in cells)
        assert len(pictures) >= 2
        for name, content in pictures:
            assert Image.open(io.BytesIO(content)).format == "PNG"
            assert f"]({name.removeprefix('notebooks/')})" in page[1]


def test_documented_modules_are_there(site_pages):
    """Without importing them: that takes long. Their docstrings are ruff's concern."""
    for _, _, names in site_pages.MODULES.values():
        for name in names:
            module, _, thing = name.rpartition(".")
            spec = importlib.util.find_spec(name if thing.islower() else module)
            assert spec is not None, name
            assert spec.origin is not None
            assert thing.islower() or f"\nclass {thing}" in Path(spec.origin).read_text(), name


@pytest.mark.parametrize(
    ("page", "link", "leads_to"),
    [
        ("index.md", "docs/data.md#layouts", "data.md#layouts"),
        ("index.md", "docs/images/demo.png", "images/demo.png"),
        ("photos.md", "../tf_tryon/weights/parser/MODEL_CARD.md", "cards/parser.md"),
        ("cards/street.md", "../../../docs/data.md", "../data.md"),
        ("versions.md", "../CHANGELOG.md", "changelog.md"),
        ("notebooks/a_model_of_your_own.md", "../docs/data.md", "../data.md"),
        ("tour.md", "../notebooks/a_model_of_your_own.ipynb", "notebooks/a_model_of_your_own.md"),
        ("data.md", "method.md", "method.md"),
        ("data.md", "#checking", "#checking"),
        ("data.md", "https://example.org/a", "https://example.org/a"),
        ("serving.md", "../tf_tryon/inference/noise.py", "REPOSITORY/blob/main/tf_tryon/inference/noise.py"),
        ("data.md", "nowhere.md", "nowhere.md"),
    ],
)
def test_links_of_the_repository_become_links_of_the_site(site_pages, page, link, leads_to):
    files = SimpleNamespace(get_file_from_path=lambda name: (ROOT / "docs" / name).exists())
    config = SimpleNamespace(extra={"repository": "REPOSITORY"})
    shown = SimpleNamespace(file=SimpleNamespace(src_uri=page))
    assert site_pages.on_page_markdown(f"see [it]({link}).", shown, config, files) == f"see [it]({leads_to})."


def test_a_picture_opens_alone_and_knows_its_ratio():
    buffer = io.BytesIO()
    Image.new("RGB", (50, 20)).save(buffer, "PNG")
    files = SimpleNamespace(
        media_files=lambda: [
            SimpleNamespace(url="images/sheet.png", src_uri="images/sheet.png", content_bytes=buffer.getvalue()),
            SimpleNamespace(url="images/a.svg", src_uri="images/a.svg", content_string='<svg viewBox="0 0 720 960">'),
        ]
    )

    def shown(html: str) -> str:
        return _hooks("site_pictures").on_page_content(html, SimpleNamespace(url="tour/"), None, files)

    for name, ratio in (("sheet.png", "2.500"), ("a.svg", "0.750")):
        source = f"../images/{name}"
        image = f'<img alt="It" src="{source}" style="--ratio: {ratio}" />'
        assert (
            shown(f'<p><img alt="It" src="{source}" /></p>') == f'<p><a class="picture" href="{source}">{image}</a></p>'
        )
    for other in ('<img src="https://example.org/a.png">', '<a href="b"><img src="../images/sheet.png"></a>'):
        assert shown(other) == other
