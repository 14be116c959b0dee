"""Texts: what stands in the files that a step has tagged as text, for `${use.text_1}` and its kin."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import count

from robots.base.errors import BadInput
from robots.base.file import File
from robots.base.robot import role_of

ROLE = "text"
MOST_BYTES = 64 << 10


async def texts(inputs: Sequence[File]) -> dict[str, str]:
    """The texts by their tags. A file tagged "text" gets the first number that no other has."""
    found = numbered([file for file in inputs if role_of(file) == ROLE])
    if not found:
        return {}
    if sum(file.size for file in found.values()) > MOST_BYTES:
        raise BadInput(f"The files tagged as text have more than {MOST_BYTES} bytes together.")
    return await asyncio.to_thread(lambda: {tag: content(file) for tag, file in found.items()})


def numbered(files: Sequence[File]) -> dict[str, File]:
    found: dict[str, File] = {}
    for file in sorted(files, key=lambda file: file.tag == ROLE):  # numbers that were given come first
        free = (f"{ROLE}_{number}" for number in count(1) if f"{ROLE}_{number}" not in found)
        wanted = file.tag if isinstance(file.tag, str) and file.tag != ROLE else next(free)
        found[wanted if wanted not in found else next(free)] = file
    return found


def content(file: File) -> str:
    """Without the line break that editors put at the end of a file, which would be an empty line of a picture."""
    try:
        return file.bytes.read_text("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise BadInput(f"The file {file.name} is tagged as text, but is no text in UTF-8.") from error
