"""Pictures of the docs' site: each opens alone, and a wide one is not squeezed into a phone.

MkDocs calls `on_page_content` (`hooks` in mkdocs.yml); docs/site.css has the rest.
"""

from __future__ import annotations

import io
import posixpath
import re

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from PIL import Image


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Each picture of the site becomes a link to itself, which knows its ratio of width to height."""
    del config
    places = {file.url: file for file in files.media_files()}

    def linked(found: re.Match[str]) -> str:
        file = places.get(posixpath.normpath(posixpath.join(page.url, found[2])))
        if file is None:
            return found[0]
        picture = f'{found[1]}{found[2]}" style="--ratio: {ratio(file):.3f}"{found[3]}'
        return f'<a class="picture" href="{found[2]}">{picture}</a>'

    return re.sub(r'(<img [^>]*?src=")([^"]+)"([^>]*>)(?!</a>)', linked, html)


def ratio(file: File) -> float:
    """Width over height of a PNG, JPEG or SVG."""
    if not file.src_uri.endswith(".svg"):
        with Image.open(io.BytesIO(file.content_bytes)) as picture:
            return picture.width / picture.height
    match = re.search(r'viewBox="[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)"', file.content_string)
    if match is None:
        raise ValueError(f"{file.src_uri}: the drawing has no viewBox, so it can't grow: give it one")
    return float(match[1]) / float(match[2])
