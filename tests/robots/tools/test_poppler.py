"""A page of a PDF is drawn with lines, and what is wrong with it is told."""

from __future__ import annotations

from pathlib import Path

import pytest
import pyvips

from robots.base.errors import BadInput, ToolMissing
from robots.tools.drawing import examine
from robots.tools.poppler import Poppler
from robots.tools.programs import Programs
from tests import samples
from tests.badfiles.bad import Canary
from tests.badfiles.documents import FILES, pdf
from tests.robots.workspace import Bench


async def drawn(source: Path, folder: Path) -> tuple[Path, list[str]]:
    bench = Bench(folder)
    return await Poppler(Programs()).draw(source, bench), bench.warnings


async def test_the_first_page_is_drawn_in_its_size_and_its_letters_are_outlines(tmp_path: Path) -> None:
    made, warnings = await drawn(samples.pdf(tmp_path, pages=2), tmp_path)
    said = made.read_text("utf-8")

    assert 'width="595' in said
    assert "pageSet" not in said
    assert "<text" not in said
    assert examine(str(made)) == {"letters": True}
    assert warnings == []


async def test_a_page_of_odd_size_is_filled_to_its_edges(tmp_path: Path) -> None:
    content = b"<</Length 25>>\nstream\n1 0 0 rg 0 0 10 10.4 re f\nendstream"
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 20.6 10.4]/Contents 4 0 R>>"
    root, pages = "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>"
    (tmp_path / "odd.pdf").write_bytes(pdf(root, pages, page, content))
    made, _ = await drawn(tmp_path / "odd.pdf", tmp_path)
    shown = pyvips.Image.svgload(str(made), scale=10).flatten(background=[255] * 3)

    assert 'width="20.6' in made.read_text("utf-8")
    assert [shown(x, y) for x in (1, 98, 102) for y in (1, 102)] == [[255, 0, 0]] * 4 + [[255, 255, 255]] * 2


async def test_of_a_page_that_is_damaged_what_can_be_read_is_drawn_and_that_is_told(tmp_path: Path) -> None:
    whole = samples.pdf(tmp_path).read_bytes()
    (tmp_path / "torn.pdf").write_bytes(whole.replace(b" Tj", b" T)", 1))
    made, warnings = await drawn(tmp_path / "torn.pdf", tmp_path)

    assert examine(str(made)) == {"letters": True}
    assert warnings == ["The drawing is damaged in places, and holds only what could be read of it."]


@pytest.mark.parametrize("name", ["pdf-encrypted.pdf", "rtf-fields.rtf"])
async def test_what_is_locked_or_no_pdf_is_refused(tmp_path: Path, name: str) -> None:
    bad = next(bad for bad in FILES if bad.name == name)
    (tmp_path / name).write_bytes(bad.make(Canary(tmp_path, "http://127.0.0.1:9", "x")))

    with pytest.raises(BadInput, match="damaged, or locked by a password"):
        await drawn(tmp_path / name, tmp_path)


async def test_without_the_program_the_way_to_get_it_is_told(tmp_path: Path) -> None:
    poppler = Poppler(Programs({"pdftocairo": "/nowhere"}))

    assert not poppler.is_here
    with pytest.raises(ToolMissing, match="install Poppler"):
        await poppler.draw(samples.pdf(tmp_path), Bench(tmp_path))
