"""Good files after a few blows of chance: no decoder dies of them."""

from __future__ import annotations

import pytest

from bench.fuzz import main
from tests.badfiles.damage import GOODS

# What is decoded by libraries in the children; the others are looked at by a program, in a process of their own.
PICTURES = ("gif", "jpg", "png", "webp", "avif", "tiff", "heic", "jxl", "bmp", "pdf", "svg", "docx")
HEARD = tuple(ending for ending in GOODS if ending not in PICTURES)


@pytest.mark.long
@pytest.mark.case(78)
async def test_no_child_dies_of_mutated_files() -> None:
    assert await main(PICTURES, range(40)) == []
    assert await main(HEARD, range(4)) == []
