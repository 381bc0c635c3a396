"""Pages of the docs' site that are not files of docs/: MkDocs calls these functions (`hooks` in mkdocs.yml).

The README is the site's first page; further documents of the project and model cards are pages, too; each verb's page
is its `--help`, and MODULES are documented from their docstrings. Links are written as they work in the repository:
here they lead to pages, or to the repository where there is no page.
"""

from __future__ import annotations

import base64
import importlib
import json
import posixpath
import re
import shutil
import tempfile
import textwrap
from pathlib import Path
from typing import Any, Final

from absl import flags
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pymdownx.slugs import slugify

from tf_tryon.cli import log_flags, usage
from tf_tryon.cli.main import VERBS, Verb

ROOT: Final = Path(__file__).resolve().parents[1]
# The page of each document outside docs/.
ELSEWHERE: Final = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CODE_OF_CONDUCT.md": "conduct.md",
    "tf_tryon/weights/street/MODEL_CARD.md": "cards/street.md",
    "tf_tryon/weights/studio/MODEL_CARD.md": "cards/studio.md",
    "tf_tryon/weights/parser/MODEL_CARD.md": "cards/parser.md",
    "tf_tryon/weights/kinds/MODEL_CARD.md": "cards/kinds.md",
    "tf_tryon/data/studio/BODY.md": "cards/body.md",
}
NOTEBOOKS: Final = sorted((ROOT / "notebooks").glob("*.ipynb"))
PLACES: Final = ELSEWHERE | {f"notebooks/{path.name}": f"notebooks/{path.stem}.md" for path in NOTEBOOKS}
# What `docs/versions.md` calls public, by page: a title, a sentence, the modules or names.
MODULES: Final = {
    "completing": (
        "Completing people",
        "What is imported from `tf_tryon` itself, and what goes with it.",
        (
            "tf_tryon.inference.tryon.TryOn",
            "tf_tryon.inference.completion.Completion",
            "tf_tryon.data.person.Person",
            "tf_tryon.inference.request.Request",
            "tf_tryon.inference.saving",
            "tf_tryon.inference.sheet",
            "tf_tryon.inference.recommend",
            "tf_tryon.errors",
        ),
    ),
    "photos": (
        "Photos",
        "From a picture to a person whose pose and clothes are known.",
        ("tf_tryon.data.photo", "tf_tryon.annotation.annotator", "tf_tryon.data.vocabulary"),
    ),
    "data": (
        "Data sets",
        "Records, folders of them, and batches.",
        (
            "tf_tryon.data.records",
            "tf_tryon.data.manifest",
            "tf_tryon.data.pipeline",
            "tf_tryon.keys",
        ),
    ),
    "networks": (
        "Networks and losses",
        "What training is made of.",
        (
            "tf_tryon.config",
            "tf_tryon.stages",
            "tf_tryon.models.contract",
            "tf_tryon.models.build",
            "tf_tryon.training.objective",
            "tf_tryon.losses.cross_entropy",
            "tf_tryon.losses.kl",
            "tf_tryon.losses.pixel",
            "tf_tryon.losses.perceptual",
            "tf_tryon.losses.adversarial",
            "tf_tryon.losses.latent_regression",
            "tf_tryon.training.trainer",
        ),
    ),
    "serving": (
        "Asking a server",
        "Clients that import no TensorFlow.",
        ("tf_tryon.serving.client", "tf_tryon.serving.async_client", "tf_tryon.serving.encoded_person"),
    ),
}


@event_priority(100)  # before mkdocstrings reads its settings
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Fills in the parts of the navigation that are made; makes anchors as GitHub does."""
    made = {
        "VERBS": ["verbs/index.md", *({name: f"verbs/{_file(name)}"} for name in VERBS)],
        "MODULES": [{title: f"api/{name}.md"} for name, (title, _, _) in MODULES.items()],
    }
    config.nav = _filled(config.nav, made)
    config.mdx_configs.setdefault("toc", {})["slugify"] = slugify(case="lower")
    _paths(config).append(_installed())
    return config


def on_post_build(config: MkDocsConfig) -> None:
    """Removes the links to the sources."""
    shutil.rmtree(_paths(config).pop())


def _paths(config: MkDocsConfig) -> list[str]:
    """Where mkdocstrings looks for sources."""
    return config.plugins["mkdocstrings"].config.handlers["python"]["paths"]


def _installed() -> str:
    """A folder of links to the sources, where the wheel has them: export/, serving/ and configs/ are in tf_tryon."""
    folder = Path(tempfile.mkdtemp(prefix="tf-tryon-site-"))
    for name in ("tf_tryon", "configs", "export", "serving"):
        to = folder / "tf_tryon" / ("" if name == "tf_tryon" else name)
        to.mkdir()
        for path in (ROOT / name).iterdir():
            (to / path.name).symlink_to(path)
    return str(folder)


def _filled(nav: Any, made: dict[str, list[Any]]) -> Any:
    if isinstance(nav, list):
        return [_filled(entry, made) for entry in nav]
    if isinstance(nav, dict):
        return {title: _filled(entry, made) for title, entry in nav.items()}
    return made.get(nav, nav)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are no files of docs/."""
    pages: dict[str, str | bytes] = {page: (ROOT / source).read_text() for source, page in ELSEWHERE.items()}
    for path in NOTEBOOKS:
        pages |= notebook_page(path)
    for name, content in {**pages, **verb_pages(), **module_pages()}.items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links between files of the repository become links between pages, or into the repository."""
    sources = {page: source for source, page in PLACES.items()}
    name = page.file.src_uri
    source = sources.get(name, f"docs/{name}")
    repository = f"{config.extra['repository']}/blob/main"

    def link(match: re.Match[str]) -> str:
        given, hash_sign, anchor = match[1].partition("#")
        if re.match(r"[a-z]+:", given) or not given:
            return match[0]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), given))
        where = PLACES.get(target) or target.removeprefix("docs/")
        if target in PLACES or (target.startswith("docs/") and files.get_file_from_path(where)):
            return f"]({posixpath.relpath(where, posixpath.dirname(name) or '.')}{hash_sign}{anchor})"
        if (ROOT / target).exists():
            return f"]({repository}/{target})"
        return match[0]  # MkDocs says that it leads nowhere

    return re.sub(r"\]\(([^)\s]+)\)", link, markdown)


def verb_pages() -> dict[str, str]:
    """The page of each verb, and of all."""
    pages = {f"verbs/{_file(name)}": _verb_page(name, verb) for name, verb in VERBS.items()}
    lines = [f"| [`{name}`]({_file(name)}) | {verb.summary} |" for name, verb in VERBS.items()]
    head = "# Verbs\n\n`tf-tryon VERB --help` says the same as these pages.\n\n| | |\n|---|---|\n"
    return {"verbs/index.md": head + "\n".join(lines) + "\n", **pages}


def _verb_page(name: str, verb: Verb) -> str:
    module = importlib.import_module(f"tf_tryon.cli.{verb.module}")
    known = flags.FlagValues()
    module.define_flags(known)
    log_flags.define_verbosity(known)
    usage_line = " ".join(filter(None, ["tf-tryon", name, module.ARGUMENTS, "[FLAGS]"]))
    # Examples are indented in the text of the help; what looks like Markdown in the rest isn't meant so.
    paragraphs = textwrap.dedent(module.HELP).strip().split("\n\n")
    text = "\n\n".join(_block(part) if part.startswith("  ") else _plain(part) for part in paragraphs)
    listed = [usage.flag(known[flag]) for flag in sorted(known)]
    table = "\n\n".join(f"`{head}`\n:   {_plain(meaning)}" for head, meaning in listed)
    return f"# {name}\n\n{_block(usage_line)}\n\n{text}\n\n## Flags\n\n{table}\n"


def _block(text: str) -> str:
    return f"```sh\n{textwrap.dedent(text)}\n```"


def _plain(text: str) -> str:
    """Text with what Markdown would take for its own escaped, but for `code`."""
    parts = text.split("`")
    escaped = [part if k % 2 else re.sub(r"([*_<>\[\]|#])", r"\\\1", part) for k, part in enumerate(parts)]
    return "`".join(escaped)


def module_pages() -> dict[str, str]:
    """The pages of MODULES."""
    pages = {}
    for name, (title, sentence, modules) in MODULES.items():
        blocks = "\n\n".join(f"::: {module}" for module in modules)
        pages[f"api/{name}.md"] = f"# {title}\n\n{sentence}\n\n{blocks}\n"
    return pages


def notebook_page(path: Path) -> dict[str, str | bytes]:
    """A notebook's page, and the pictures that it shows, by their names on the site."""
    parts: list[str] = []
    pictures: dict[str, str | bytes] = {}
    for cell in json.loads(path.read_text())["cells"]:
        source = "".join(cell["source"])
        parts.append(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
        for output in cell.get("outputs", ()):
            data = output.get("data", {"text/plain": output.get("text", "")})
            if "image/png" in data:
                name = f"{path.stem}-{len(pictures) + 1}.png"
                pictures[f"notebooks/{name}"] = base64.b64decode("".join(data["image/png"]))
                parts.append(f"![What the cell above shows]({name})")
            else:
                parts.append(f"```text\n{''.join(data['text/plain']).rstrip()}\n```")
    return {f"notebooks/{path.stem}.md": "\n\n".join(parts) + "\n", **pictures}


def _file(verb: str) -> str:
    return f"{verb.replace(' ', '-')}.md"
