"""PostScript is a language of programs: what it draws is printed, and what else it would do is not done."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from robots.base.errors import BadInput, ToolTimeout
from robots.tools.ghostscript import LIMITS, Ghostscript
from robots.tools.process import Limits
from robots.tools.programs import Programs
from tests import samples
from tests.robots.workspace import Bench
from tests.security.trap import TOKEN, trap

WORDS = "/Helvetica findfont 24 scalefont setfont 72 700 moveto ({}) show showpage\n"
# What a program gets, or why it gets nothing, is written on the page.
SPY = """%!PS
/say {{ /Helvetica findfont 9 scalefont setfont 72 exch moveto 200 string cvs show }} def
{{ ({secret}) (r) file 99 string readstring pop }} stopped {{ (kept) }} if 700 say
{{ (%pipe%cat {secret}) (r) file 99 string readstring pop }} stopped {{ (kept) }} if 600 say
{{ ({folder}/written.txt) (w) file closefile (wrote) }} stopped {{ (kept) }} if 500 say
{{ ({secret}) deletefile (deleted) }} stopped {{ (kept) }} if 400 say
showpage
"""


async def made(bench: Bench, source: Path, wanted: str, limits: Limits = LIMITS) -> Path:
    return await Ghostscript(Programs(), limits).convert(source, source.suffix[1:], wanted, bench)


def written(folder: Path, name: str, program: str) -> Path:
    (folder / name).write_text(program, "latin-1")
    return folder / name


def pages(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


async def test_pages_are_printed_and_come_back(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    given = written(tmp_path, "a.ps", "%!PS\n" + WORDS.format("First") + WORDS.format("Second"))

    pdf = await made(bench, given, "pdf")
    ps = await made(bench, pdf, "ps")
    eps = await made(bench, pdf, "eps")

    assert pages(pdf) == pages(await made(bench, ps, "pdf")) == ["First", "Second"]
    assert bench.warnings == ["Only the first page was kept, for an eps holds one."]
    assert pages(await made(bench, eps, "pdf")) == ["First"]
    assert eps.read_bytes().startswith(b"%!PS-Adobe-3.0 EPSF-3.0")


async def test_a_page_of_an_eps_is_as_large_as_what_is_on_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    eps = await made(bench, samples.pdf(tmp_path), "eps")

    with pypdfium2.PdfDocument(await made(bench, eps, "pdf")) as document:
        width, height = document[0].get_size()

    assert width < 300
    assert height < 80
    assert bench.warnings == []


@pytest.mark.case(74)
async def test_a_program_reads_writes_starts_and_removes_nothing(tmp_path: Path) -> None:
    async with trap(tmp_path / "canary") as laid:
        program = SPY.format(secret=laid.canary.path(), folder=laid.canary.folder)
        (said,) = pages(await made(Bench(tmp_path), written(tmp_path, "spy.ps", program), "pdf"))

        assert said.split() == ["kept"] * 4
        assert TOKEN not in said
        assert laid.opened() == []
        assert Path(laid.canary.path()).exists()


@pytest.mark.case(74)
async def test_a_program_without_end_is_stopped(tmp_path: Path) -> None:
    endless = written(tmp_path, "a.ps", "%!PS\n{} loop\n")

    with pytest.raises(ToolTimeout, match="more processor time"):
        await made(Bench(tmp_path), endless, "pdf", Limits(wall=600, cpu=1))


@pytest.mark.parametrize("program", ["no PostScript", "%!PS\n(a) (b) sub showpage"])
async def test_what_is_damaged_is_told(program: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="damaged, or not what its name says"):
        await made(Bench(tmp_path), written(tmp_path, "a.ps", program), "pdf")
