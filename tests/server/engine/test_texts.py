"""Files that are tagged as text stand in the parameters."""

from __future__ import annotations

from pathlib import Path

import pytest

from robots.base.errors import BadInput
from robots.base.file import File
from server.engine.texts import MOST_BYTES, texts


def tagged(folder: Path, tag: str | tuple[str, ...] | None, content: bytes) -> File:
    path = folder / f"{len(list(folder.iterdir()))}.txt"
    path.write_bytes(content)
    return File(id=path.name, name=path.name, tag=tag, size=len(content), path=path)


async def test_texts_are_numbered_and_given_numbers_come_first(tmp_path: Path) -> None:
    tags = ("text", "text_1", None, "watermark_1", "text", "text_1", ("text", "base"))
    files = [tagged(tmp_path, tag, str(number).encode()) for number, tag in enumerate(tags)]

    assert await texts(files) == {"text_1": "1", "text_2": "5", "text_3": "6", "text_4": "0", "text_5": "4"}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Grüße\r\nan alle\r\n".encode("utf-8-sig"), "Grüße\nan alle"),
        (b"", ""),
        (b"${fields.secret}", "${fields.secret}"),
    ],
)
async def test_a_text_is_read_as_it_stands(tmp_path: Path, content: bytes, text: str) -> None:
    assert await texts([tagged(tmp_path, "text", content)]) == {"text_1": text}


@pytest.mark.parametrize(("content", "sentence"), [(b"\xff\xfe\0", "no text"), (b"x" * (MOST_BYTES + 1), "more than")])
async def test_what_is_no_text_or_too_long_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        await texts([tagged(tmp_path, "text", content)])
