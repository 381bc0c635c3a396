"""Words in pictures, in the font that Pillow brings along: it has English letters and little else."""

from __future__ import annotations

import functools
import unicodedata

from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_NOT_A_CHARACTER = "\uffff"  # no font has it, so it is drawn as whatever is missing is


def drawable(text: str) -> str:
    """The text without accents ("Fréchet": "Frechet"), and "?" for what the font has no letter for.

    Names of people and files come in every language; drawn as they are, such letters are empty boxes.
    """
    plain = (letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return "".join(letter if letter.isspace() or _has(letter) else "?" for letter in plain)


def wrapped(text: str, font: Font, width: int) -> list[str]:
    """Lines of at most `width` pixels, broken between words; a word that is wider has a line of its own."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


@functools.cache
def _has(letter: str) -> bool:
    return _drawn(letter) != _drawn(_NOT_A_CHARACTER)


def _drawn(letter: str) -> bytes:
    picture = Image.new("L", (32, 32))
    ImageDraw.Draw(picture).text((0, 0), letter, 255, ImageFont.load_default(16))
    return picture.tobytes()
