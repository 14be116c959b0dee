"""/document/thumbs makes pictures of the pages of a PDF."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from robots.base.errors import BadInput, BadParams, RobotError
from robots.base.file import File
from robots.base.params import Invalid
from robots.document.thumbs import DocumentThumbsParams, DocumentThumbsRobot
from robots.tools.vips import Images
from tests.badfiles import documents
from tests.badfiles.bad import Canary
from tests.badfiles.documents import pdf
from tests.papers import paper
from tests.robots.workspace import Bench, file_at, run

pytestmark = pytest.mark.asyncio(loop_scope="session")
PLAIN = {"trim_whitespace": False}
INK = "1 0 0 rg 20 20 40 30 re f"  # a red rectangle, its lower left corner 20 points from that of the page


def sheet(folder: Path, ink: str = INK, page: str = "/MediaBox[0 0 100 80]") -> Path:
    """A small page with something drawn on it."""
    content = f"<</Length {len(ink)}>>\nstream\n{ink}\nendstream"
    made = pdf(
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R{page}/Contents 4 0 R>>",
        content,
    )
    (folder / "sheet.pdf").write_bytes(made)
    return folder / "sheet.pdf"


def book(folder: Path, pages: int = 3) -> Path:
    (folder / "book.pdf").write_bytes(paper(pages, "Hello"))
    return folder / "book.pdf"


def growing(folder: Path, pages: int) -> Path:
    """Pages whose ink is ten points wide on the first, and ten more on each of the others."""
    inks = [f"0 0 0 rg 0 0 {10 + 10 * number} 10 re f" for number in range(pages)]
    kids = " ".join(f"{3 + 2 * number} 0 R" for number in range(pages))
    leaves = [
        part
        for number, ink in enumerate(inks)
        for part in (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 80]/Contents {4 + 2 * number} 0 R>>",
            f"<</Length {len(ink)}>>\nstream\n{ink}\nendstream",
        )
    ]
    path = folder / "growing.pdf"
    path.write_bytes(pdf("<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {pages}>>", *leaves))
    return path


async def thumbs(bench: Bench, path: Path, **params: Any) -> list[File]:
    return await run(DocumentThumbsRobot, params, [file_at(path, mime="application/pdf", type="pdf")], bench)


async def picture(bench: Bench, path: Path, **params: Any) -> PIL.Image.Image:
    (made,) = await thumbs(bench, path, **params)
    return PIL.Image.open(BytesIO(made.bytes.read_bytes()))


def colors(image: PIL.Image.Image) -> set[Any]:
    return {color for _, color in image.getcolors(1 << 20) or []}


async def test_each_page_becomes_a_picture(bench: Bench, tmp_path: Path) -> None:
    made = await thumbs(bench, book(tmp_path), width=200, **PLAIN)

    assert [file.meta["thumb_index"] for file in made] == [0, 1, 2]
    assert [file.name for file in made] == ["book.png"] * 3
    assert {(file.meta["width"], file.meta["height"]) for file in made} == {(200, 283)}
    assert bench.reached[-1] == 1
    assert len(bench.reached) == 3


@pytest.mark.parametrize(
    ("params", "widths"),
    [
        ({"page": 2}, [20]),
        ({"page_range": "2-3"}, [20, 30]),
        ({"page_range": "3-99"}, [30, 40]),
        ({"page": 3, "format": "gif"}, [30]),
    ],
)
async def test_pages_can_be_chosen(bench: Bench, tmp_path: Path, params: dict[str, Any], widths: list[int]) -> None:
    made = await thumbs(bench, growing(tmp_path, 4), density="72", **params)

    assert [PIL.Image.open(BytesIO(file.bytes.read_bytes())).width for file in made] == widths
    assert [file.meta["thumb_index"] for file in made] == list(range(len(widths)))


@pytest.mark.parametrize(
    "params",
    [
        {"page": 1, "page_range": "1-2"},
        {"page_range": "3-2"},
        {"page_range": "0-2"},
        {"page": 0},
        {"density": "0x10"},
        {"resize_strategy": "cover"},
    ],
)
async def test_what_cannot_be_meant_is_refused(params: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        DocumentThumbsParams.parse(params)


@pytest.mark.parametrize("params", [{"page": 4}, {"page_range": "4-5"}])
async def test_a_page_that_is_not_there_is_refused(bench: Bench, tmp_path: Path, params: dict[str, Any]) -> None:
    with pytest.raises(BadParams, match="there is no page 4, the document has 3"):
        await thumbs(bench, book(tmp_path), **params)


@pytest.mark.parametrize(("format", "kind"), [("png", "PNG"), ("jpg", "JPEG"), ("jpeg", "JPEG")])
async def test_the_format_is_that_which_was_asked(bench: Bench, tmp_path: Path, format: str, kind: str) -> None:
    assert (await picture(bench, sheet(tmp_path), format=format)).format == kind


@pytest.mark.parametrize("delay", [50, 65_535])
async def test_a_gif_shows_all_pages(bench: Bench, tmp_path: Path, delay: int) -> None:
    image = await picture(bench, book(tmp_path), format="gif", delay=delay, width=80, height=80)

    assert (image.format, image.size, getattr(image, "n_frames", 1)) == ("GIF", (80, 80), 3)
    assert image.info["duration"] == 10 * delay
    assert max(bench.reached) < 1
    assert bench.warnings == []


@pytest.mark.parametrize(
    ("strategy", "size"),
    [
        ("pad", (60, 60)),
        ("fit", (60, 48)),
        ("min_fit", (75, 60)),
        ("fillcrop", (60, 60)),
        ("stretch", (60, 60)),
        ("crop", (60, 60)),
        ("none", (209, 167)),
    ],
)
async def test_a_page_fits_as_its_resize_strategy_says(
    bench: Bench, tmp_path: Path, strategy: str, size: tuple[int, int]
) -> None:
    image = await picture(bench, sheet(tmp_path), width=60, height=60, resize_strategy=strategy, **PLAIN)

    assert image.size == size


async def test_the_background_is_the_paper_and_the_padding(bench: Bench, tmp_path: Path) -> None:
    image = await picture(bench, sheet(tmp_path), width=100, height=100, background="#00ff00", **PLAIN)

    assert image.convert("RGB").getpixel((50, 2)) == image.convert("RGB").getpixel((5, 20)) == (0, 255, 0)
    assert image.convert("RGB").getpixel((40, 60)) == (255, 0, 0)


@pytest.mark.parametrize(("alpha", "lowest"), [("Set", 0), ("set", 0), ("Remove", 255), ("remove", 255), (None, 255)])
async def test_the_paper_is_transparent_if_that_is_asked(
    bench: Bench, tmp_path: Path, alpha: str | None, lowest: int
) -> None:
    image = await picture(bench, sheet(tmp_path), alpha=alpha, **PLAIN)

    assert image.convert("RGBA").getchannel("A").getextrema()[0] == lowest


@pytest.mark.parametrize("params", [{"alpha": "Set"}, {"background": "none"}])
async def test_transparent_paper_that_a_format_does_not_know_is_told(
    bench: Bench, tmp_path: Path, params: dict[str, str]
) -> None:
    image = await picture(bench, sheet(tmp_path), format="jpg", **params, **PLAIN)

    assert image.getpixel((2, 2)) == (255, 255, 255)
    assert bench.warnings == ["The transparent parts of the picture are white now, for a jpeg has no transparency."]


@pytest.mark.parametrize(("density", "size"), [("72", (100, 80)), ("36x72", (50, 80)), ("300", (417, 334))])
async def test_density_says_how_large_pages_are_drawn(
    bench: Bench, tmp_path: Path, density: str, size: tuple[int, int]
) -> None:
    assert (await picture(bench, sheet(tmp_path), density=density, **PLAIN)).size == size


async def test_edges_are_softened_by_antialiasing_only(bench: Bench, tmp_path: Path) -> None:
    page = sheet(tmp_path, ink="0 0 0 rg 10 10 m 90 30 l 50 75 l f")

    hard = await picture(bench, page, antialiasing=False, **PLAIN)
    soft = await picture(bench, page, antialiasing=True, **PLAIN)

    assert colors(hard.convert("L")) == {0, 255}
    assert len(colors(soft.convert("L"))) > 10


async def test_the_colorspace_can_be_chosen(bench: Bench, tmp_path: Path) -> None:
    assert (await picture(bench, sheet(tmp_path), colorspace="Gray")).mode == "L"
    assert (await picture(bench, sheet(tmp_path), colorspace="CMYK", format="jpg")).mode == "CMYK"


async def test_trim_whitespace_leaves_what_is_drawn_and_draws_it_as_fine_as_it_is_shown(
    bench: Bench, tmp_path: Path
) -> None:
    page = sheet(tmp_path)

    image = await picture(bench, page, width=800, resize_strategy="fit")

    assert abs(image.height - 600) <= 2
    assert colors(image.convert("RGB")) == {(255, 0, 0)}
    assert (await picture(bench, page, density="72")).size == (40, 30)
    assert (await picture(bench, sheet(tmp_path, ink=""), density="72")).size == (100, 80)


@pytest.mark.parametrize(
    ("box", "use", "size"),
    [("10 10 60 50", True, (50, 40)), ("10 10 60 50", False, (100, 80)), ("200 200 300 300", True, (100, 80))],
)
async def test_pdf_use_cropbox_shows_the_part_that_is_meant_to_be_seen(
    bench: Bench, tmp_path: Path, box: str, use: bool, size: tuple[int, int]
) -> None:
    page = sheet(tmp_path, page=f"/MediaBox[0 0 100 80]/CropBox[{box}]")

    assert (await picture(bench, page, pdf_use_cropbox=use, density="72", **PLAIN)).size == size


@pytest.mark.parametrize("turbo", [True, False])
async def test_pages_keep_their_order_however_they_are_drawn(bench: Bench, tmp_path: Path, turbo: bool) -> None:
    made = await thumbs(bench, growing(tmp_path, 7), density="72", turbo=turbo)

    assert [file.meta["width"] for file in made] == [10, 20, 30, 40, 50, 60, 70]
    assert len(bench.reached) == (2 if turbo else 7)


async def test_turbo_hands_on_each_page_at_once(bench: Bench, tmp_path: Path) -> None:
    quick, whole = (DocumentThumbsRobot(DocumentThumbsParams(turbo=turbo, width=20)) for turbo in (True, False))
    source = file_at(book(tmp_path))

    await anext(quick.run(source, bench))
    assert bench.reached == []
    await anext(whole.run(source, bench))
    assert len(bench.reached) == 3


async def test_a_page_of_more_dots_than_are_allowed_is_drawn_for_a_picture_of_fewer(
    tmp_path: Path, images: Images
) -> None:
    bench, poster = Bench(tmp_path, Images(images.pool, pixels=10_000)), sheet(tmp_path)

    whole = await picture(bench, poster, width=50, trim_whitespace=False)
    inked = await picture(bench, poster, width=50)

    assert (whole.size, inked.width) == ((50, 40), 50)
    assert len(colors(whole)) > 1
    with pytest.raises(BadInput, match="pixels, more than"):
        await picture(bench, poster)


async def test_names_of_other_programs_are_accepted(bench: Bench, tmp_path: Path) -> None:
    assert await thumbs(bench, sheet(tmp_path), stack="ghostscript", imagemagick_stack="v2.0.10")


@pytest.mark.case(60, 61, 71)
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pdf-mediabox.pdf", "pixels, more than"),
        ("pdf-exp-pages.pdf", "pages|damaged"),
        ("pdf-kids-loop.pdf", "pages|damaged"),
        ("pdf-deep.pdf", "no pages|damaged"),
        ("pdf-encrypted.pdf", "password|damaged"),
    ],
)
async def test_a_bad_pdf_is_told_as_such(bench: Bench, tmp_path: Path, images: Images, name: str, words: str) -> None:
    bad = next(bad for bad in documents.FILES if bad.name == name)
    path = tmp_path / name
    path.write_bytes(bad.make(Canary(tmp_path, "http://127.0.0.1:9", "x")))

    with pytest.raises(RobotError, match=words) as caught:
        await thumbs(bench, path)

    assert isinstance(caught.value, BadInput)
    assert caught.value.code == "DOCUMENT_THUMBS_INVALID_INPUT"
