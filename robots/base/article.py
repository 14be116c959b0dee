"""Article: the name of a format in a sentence, after the a or an that people say before it."""

from __future__ import annotations

import re

# Where consonants stand together, the letters are spoken one by one: an xlsx, an svg, but a heif.
VOWEL = re.compile(r"[aeio]|[fhlmnrsx](?![aeiou])")


def an(name: str) -> str:
    return f"an {name}" if VOWEL.match(name) else f"a {name}"
