"""/document/convert turns documents of one format into another."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import shutil
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import PIL.Image
import pypdfium2
import pytest

from robots.base.errors import BadInput, BadParams, RobotError, ToolMissing
from robots.base.file import File
from robots.base.params import Invalid
from robots.document.convert import DocumentConvertParams, DocumentConvertRobot
from robots.tools.browser.browser import Browser
from robots.tools.ghostscript import Ghostscript
from robots.tools.http import HttpClient
from robots.tools.images.order import Order
from robots.tools.libreoffice import LibreOffice
from robots.tools.pandoc import Pandoc
from robots.tools.poppler import Poppler
from robots.tools.programs import Programs
from robots.tools.vips import Images
from tests import samples
from tests.badfiles import documents
from tests.badfiles.bad import Canary
from tests.badfiles.flat import RAN
from tests.papers import office
from tests.robots.workspace import Bench, file_at, run
from tests.security.trap import TOKEN, trap

pytestmark = pytest.mark.asyncio(loop_scope="session")
DOCBOOK = "{http://docbook.org/ns/docbook}"
MARKDOWN = "# A heading\n\nWords, ~~struck~~.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
SRT = "1\r\n00:00:01,500 --> 00:00:02,000\r\nGrüße\r\nzwei\r\n\r\n2\r\n01:00:00,000 --> 01:00:01,250\r\n<i>b</i>\r\n"


@pytest.fixture
def bench(tmp_path: Path, images: Images) -> Bench:
    programs = Programs()
    office = (LibreOffice(programs), Pandoc(programs), Ghostscript(programs), Poppler(programs))
    return Bench(tmp_path, images, Browser(programs), *office, HttpClient())


def packed(folder: Path, kind: str, text: str = "Hello office") -> Path:
    path = folder / f"given.{kind}"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in office(kind, text).items():
            archive.writestr(name, body)
    return path


def written(folder: Path, name: str, body: str | bytes) -> Path:
    (folder / name).write_bytes(body.encode() if isinstance(body, str) else body)
    return folder / name


async def converted(bench: Bench, path: Path | str, mime: str | None = None, **params: Any) -> File:
    (made,) = await run(DocumentConvertRobot, params, [file_at(Path(path), mime=mime)], bench)
    return made


def printed(made: File) -> str:
    """The text of a PDF."""
    with pypdfium2.PdfDocument(made.bytes) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def text(made: File) -> str:
    return made.bytes.read_text("utf-8-sig")


@pytest.mark.case(112)
async def test_of_a_letter_that_is_called_off_nothing_is_written_any_more(bench: Bench, tmp_path: Path) -> None:
    letter = written(tmp_path, "given.docx", "")
    os.truncate(letter, 64 << 20)
    converting = asyncio.ensure_future(bench.tool(LibreOffice).convert(letter, "docx", "pdf", bench))
    await asyncio.sleep(0)

    converting.cancel()
    await asyncio.wait([converting])

    assert [path.stat().st_size for path in tmp_path.glob("*/document.docx")] == [64 << 20]


@pytest.mark.long
async def test_a_docx_becomes_a_pdf_and_all_its_kin(bench: Bench, tmp_path: Path) -> None:
    given = packed(tmp_path, "docx")

    pdf = await converted(bench, given, format="pdf")
    odt = await converted(bench, given, format="odt")
    doc = await converted(bench, given, format="doc")
    back = await converted(bench, shutil.copy(doc.bytes, tmp_path / "old.doc"), format="txt")

    assert "Hello office" in printed(pdf)
    assert pdf.name == "given.pdf"
    assert b"Hello office" in zipfile.ZipFile(odt.bytes).read("content.xml")
    assert doc.bytes.read_bytes()[:4] == b"\xd0\xcf\x11\xe0"
    assert text(back).strip() == "Hello office"
    assert bench.reached[-1] == 1


async def test_without_libreoffice_a_docx_is_printed_nevertheless(bench: Bench, tmp_path: Path) -> None:
    bench.tools = (*bench.tools[:1], LibreOffice(Programs({"soffice": "/nowhere"})))

    assert "Hello office" in printed(await converted(bench, packed(tmp_path, "docx"), format="pdf"))
    assert "without LibreOffice" in bench.warnings[0]
    with pytest.raises(RobotError, match="soffice is not installed on this server: install LibreOffice"):
        await converted(bench, packed(tmp_path, "xlsx"), format="pdf")


async def test_tables_become_tables(bench: Bench, tmp_path: Path) -> None:
    csv = await converted(bench, packed(tmp_path, "xlsx", "a;b"), format="csv")
    old = written(tmp_path, "t.csv", "Größe;für, alle\n3;4,5\n".encode("cp1252"))
    xlsx = await converted(bench, old, format="xlsx")

    assert text(csv).strip().strip('"') == "a;b"
    with zipfile.ZipFile(xlsx.bytes) as archive:
        assert re.findall(r"<t[^>]*>(.*?)</t>", archive.read("xl/sharedStrings.xml").decode())[:2] == [
            "Größe",
            "für, alle",
        ]


async def test_a_table_of_plain_text_is_one_whatever_its_name(bench: Bench, tmp_path: Path) -> None:
    csv = await converted(bench, written(tmp_path, "t.xls", "Größe\tb\n3,5\t4\n"), mime="text/plain", format="csv")

    assert text(csv) == '"Größe","b"\n"3,5",4\n'


async def test_of_several_sheets_a_csv_keeps_the_first_and_says_so(bench: Bench, tmp_path: Path) -> None:
    two = tmp_path / "two.xlsx"
    with zipfile.ZipFile(packed(tmp_path, "xlsx", "first")) as one, zipfile.ZipFile(two, "w") as archive:
        for name in one.namelist():
            sheet = b'<sheet name="One" sheetId="1" r:id="rId1"/>'
            body = one.read(name).replace(sheet, sheet + sheet.replace(b"One", b"Two").replace(b'"1"', b'"2"'))
            archive.writestr(name, body)

    assert "first" in text(await converted(bench, two, format="csv"))
    assert bench.warnings == ["Only the first of 2 sheets was kept, for a csv holds one."]


@pytest.mark.parametrize(
    ("params", "holds", "lacks"),
    [
        ({}, ["<table>", "<s>struck</s>", "border-collapse"], []),
        ({"markdown_theme": "bare"}, ["<table>"], ["<style>"]),
        ({"markdown_format": "commonmark"}, ["| a | b |", "~~struck~~"], ["<table>"]),
    ],
)
async def test_markdown_becomes_html_in_its_format_and_theme(
    bench: Bench, tmp_path: Path, params: dict[str, str], holds: list[str], lacks: list[str]
) -> None:
    page = text(await converted(bench, written(tmp_path, "a.md", MARKDOWN), format="html", **params))

    assert "<h1>A heading</h1>" in page
    assert all(part in page for part in holds)
    assert not any(part in page for part in lacks)


async def test_texts_with_structure_keep_it(bench: Bench, tmp_path: Path) -> None:
    docx = await converted(bench, written(tmp_path, "a.md", MARKDOWN), format="docx")
    back = await converted(bench, shutil.copy(docx.bytes, tmp_path / "b.docx"), format="md")
    latex = await converted(bench, written(tmp_path, "c.html", "<h1>A heading</h1><p>é"), format="latex")
    docbook = ElementTree.parse((await converted(bench, docx.bytes, format="xml")).bytes)

    assert b"Heading1" in zipfile.ZipFile(docx.bytes).read("word/document.xml")
    assert "# A heading" in text(back)
    assert re.search(r"\|\s*a\s*\|\s*b\s*\|", text(back))
    assert r"\section{A heading}" in text(latex)
    assert "é" in text(latex)
    assert [title.text for title in docbook.iterfind(f".//{DOCBOOK}section/{DOCBOOK}title")] == ["A heading"]
    assert ["".join(cell.itertext()).strip() for cell in docbook.iter(f"{DOCBOOK}entry")] == ["a", "b", "1", "2"]


@pytest.mark.parametrize(("own", "title"), [("", "Größe &amp; Co. 2"), (r"\title{Mine}", "Mine")])
async def test_a_page_has_the_title_of_its_document_or_else_its_name(
    bench: Bench, tmp_path: Path, own: str, title: str
) -> None:
    page = await converted(bench, written(tmp_path, "Größe & Co. 2.tex", rf"{own}\section{{x}}"), format="html")

    assert re.findall("<title>(.*)</title>", text(page)) == [title]


async def test_of_pictures_that_the_format_cannot_hold_it_is_told(bench: Bench, tmp_path: Path) -> None:
    picture = base64.b64encode(samples.png(tmp_path).read_bytes()).decode()
    docx = await converted(bench, written(tmp_path, "a.md", f"![](data:image/png;base64,{picture})\n"), format="docx")

    page = await converted(bench, docx.bytes, format="html")
    assert ("data:image/png" in text(page), bench.warnings) == (True, [])

    await converted(bench, docx.bytes, format="md")
    assert bench.warnings == ["The pictures of the document were left behind, for md files hold none."]


@pytest.mark.parametrize(
    ("wanted", "said"), [("docx", ["Pictures that the document only refers to were left out."]), ("xhtml", [])]
)
async def test_pictures_elsewhere_are_told_where_they_cannot_be_referred_to(
    bench: Bench, tmp_path: Path, wanted: str, said: list[str]
) -> None:
    await converted(bench, written(tmp_path, "a.html", "<p>x<img src='http://127.0.0.1/a.png'>"), format=wanted)

    assert bench.warnings == said


async def test_parts_elsewhere_are_told(bench: Bench, tmp_path: Path) -> None:
    await converted(bench, written(tmp_path, "a.tex", r"Words. \input{one} \include{two}"), format="md")

    assert bench.warnings == ["Parts of the document that it only refers to were left out: one.tex, two.tex."]


async def test_a_page_is_printed_on_the_paper_that_was_asked_for(bench: Bench, tmp_path: Path) -> None:
    page = written(tmp_path, "a.html", "<body style='background: red'><p>Grüße")
    params: dict[str, Any] = {"pdf_format": "A5", "pdf_margin": "1in,0,0,2in", "pdf_display_header_footer": True}
    header = "<div style='font-size: 10px; margin-left: 200px'>Head <span class=pageNumber></span></div>"
    footer = "<div style='font-size: 10px; margin-left: 99px'>Foot <span class=totalPages></span></div>"

    made = await converted(bench, page, format="pdf", pdf_header_template=header, pdf_footer_template=footer, **params)

    with pypdfium2.PdfDocument(made.bytes) as document:
        sheet, words = document[0], document[0].get_textpage()
        assert [round(side / 72, 1) for side in sheet.get_size()] == [5.8, 8.3]
        assert "Head 1" in words.get_text_bounded()
        assert words.get_charbox(words.get_text_bounded().index("Foot 1"))[3] < 72
        at = words.get_text_bounded().index("Grüße")
        left, bottom, _, _ = words.get_charbox(at)
        assert 144 <= left < 165
        assert sheet.get_height() - 110 < bottom < sheet.get_height() - 72
        picture = sheet.render().to_pil()
    assert picture.getpixel((picture.width // 2, picture.height // 2)) == (255, 0, 0)


@pytest.mark.parametrize(("own", "title"), [("", "Größe & Co"), ("<title>Mine</title>", "Mine")])
async def test_a_printed_page_has_its_own_title_or_else_its_name(
    bench: Bench, tmp_path: Path, own: str, title: str
) -> None:
    made = await converted(bench, written(tmp_path, "Größe & Co.html", f"{own}<p>x"), format="pdf")

    with pypdfium2.PdfDocument(made.bytes) as document:
        assert document.get_metadata_value("Title") == title


async def test_a_footer_that_nobody_wrote_tells_the_page(bench: Bench, tmp_path: Path) -> None:
    page = written(tmp_path, "a.html", "<title>Mine</title><p>Grüße")

    made = await converted(bench, page, format="pdf", pdf_display_header_footer=True, pdf_margin="1in")

    assert re.search(r"Mine\s+1/1$", printed(made))


async def test_backgrounds_are_printed_only_if_that_is_asked(bench: Bench, tmp_path: Path) -> None:
    page = written(tmp_path, "a.md", "<div style='background: red; height: 400px'>x</div>")

    made = await converted(bench, page, format="pdf", pdf_print_background=False)

    with pypdfium2.PdfDocument(made.bytes) as document:
        assert document.get_page_size(0) == (612, 792)
        assert (255, 0, 0) not in {color for _, color in document[0].render().to_pil().getcolors(1 << 20)}


@pytest.mark.parametrize(
    ("name", "said", "becomes"),
    [
        ("a.srt", "AT&T <I>says</I> 1 < 2", "AT&amp;T <i>says</i> 1 &lt; 2"),
        ("a.srt", '{\\an8}<font color="red">Up</font>', "Up"),
        ("a.vtt", "<v Bob>Hi &amp; <b.loud>bye</b> <00:01.700>1 &lt; 2", "Hi & <b>bye</b> 1 < 2"),
    ],
)
async def test_what_one_kind_of_subtitles_spells_is_spelled_as_the_other_does(
    bench: Bench, tmp_path: Path, name: str, said: str, becomes: str
) -> None:
    source = written(tmp_path, name, f"WEBVTT\n\n00:00:01.500 --> 00:00:02.000\n{said}\n")

    made = await converted(bench, source, format="srt" if name == "a.vtt" else "vtt")

    assert text(made).splitlines()[-1] == becomes


@pytest.mark.parametrize("last", ["für mich", "für mich!"])
async def test_old_letters_of_windows_are_read_whatever_their_number(bench: Bench, tmp_path: Path, last: str) -> None:
    page = await converted(bench, written(tmp_path, "a.md", last.encode("cp1252")), format="html")

    assert f"<p>{last}</p>" in text(page)


@pytest.mark.parametrize(
    ("name", "encoding", "wanted"),
    [("a.md", "utf-16", "txt"), ("a.txt", "cp1252", "md"), ("a.html", "utf-16", "md"), ("a.html", "utf-32", "pdf")],
)
async def test_every_program_reads_all_usual_letters(
    bench: Bench, tmp_path: Path, name: str, encoding: str, wanted: str
) -> None:
    made = await converted(bench, written(tmp_path, name, "Grüße für alle".encode(encoding)), format=wanted)

    assert (printed(made) if wanted == "pdf" else text(made)).strip() == "Grüße für alle"


async def test_a_page_is_read_in_the_letters_that_it_declares(bench: Bench, tmp_path: Path) -> None:
    page = "<html><head><meta charset=shift_jis></head><body>日本語の文章です。"

    made = await converted(bench, written(tmp_path, "a.html", page.encode("cp932")), format="md")

    assert text(made).strip() == "日本語の文章です。"


@pytest.mark.parametrize(("name", "wanted"), [("a.md", "html"), ("a.txt", "md")])
async def test_a_byte_that_is_no_letter_takes_no_others_with_it(
    bench: Bench, tmp_path: Path, name: str, wanted: str
) -> None:
    given = written(tmp_path, name, "Grüße für Jörg ".encode() + b"\xff!")

    made = await converted(bench, given, format=wanted)

    assert "Grüße für Jörg �!" in text(made)
    assert bench.warnings == ["The text is in UTF-8, but its bytes are no letters in one place, where it has a � now."]


async def test_subtitles_change_their_format_and_keep_their_times(bench: Bench, tmp_path: Path) -> None:
    vtt = await converted(bench, written(tmp_path, "a.srt", SRT), format="vtt")
    srt = await converted(bench, shutil.copy(vtt.bytes, tmp_path / "b.vtt"), format="srt")
    latin = await converted(bench, written(tmp_path, "c.srt", SRT.encode("cp1252")), format="vtt")

    assert text(vtt).startswith("WEBVTT\n\n00:00:01.500 --> 00:00:02.000\nGrüße\nzwei\n\n01:00:00.000 -->")
    assert text(srt) == SRT.replace("\r\n", "\n")
    assert text(latin) == text(vtt)
    with pytest.raises(BadInput, match="no subtitles"):
        await converted(bench, written(tmp_path, "d.srt", "nothing"), format="vtt")


async def test_pictures_become_pictures_and_pdfs(bench: Bench, tmp_path: Path) -> None:
    made = await converted(bench, samples.png(tmp_path, 40, 30), mime="image/png", format="jpg")

    image = PIL.Image.open(BytesIO(made.bytes.read_bytes()))
    assert (image.format, image.size) == ("JPEG", (40, 30))


async def test_pictures_stay_transparent_and_their_frames_that_go_are_told(bench: Bench, tmp_path: Path) -> None:
    made = await converted(bench, samples.svg(tmp_path, 60, 60), mime="image/svg+xml", format="png")
    still = await converted(bench, samples.gif(tmp_path, frames=3), mime="image/gif", format="jpg")

    image = PIL.Image.open(BytesIO(made.bytes.read_bytes()))
    assert [image.getpixel(place) for place in ((0, 0), (30, 30))] == [(0, 0, 0, 0), (255, 0, 0, 255)]
    assert still.name == "picture.jpg"
    assert bench.warnings == ["Only the first of 3 frames was kept, for a jpeg holds one picture."]


@pytest.mark.parametrize(("wanted", "told"), [("pdf", True), ("eps", True), ("png", False)])
async def test_a_drawing_of_which_only_pixels_are_printed_is_told(
    bench: Bench, tmp_path: Path, wanted: str, told: bool
) -> None:
    made = await converted(bench, samples.svg(tmp_path, 60, 60), mime="image/svg+xml", format=wanted)

    sentence = "The drawing is made of pixels now, which do not get finer when it is enlarged."
    assert (made.ext, sentence in bench.warnings) == (wanted, told)


async def test_what_was_meant_for_printers_becomes_a_picture(bench: Bench, tmp_path: Path) -> None:
    red = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 10 10 50 40\n1 0 0 setrgbcolor 10 10 20 30 rectfill\n"
    made = await converted(bench, written(tmp_path, "a.eps", red), mime="application/postscript", format="png")

    with PIL.Image.open(made.bytes) as image:
        assert image.size == (84, 63)  # at the 150 dots an inch of pages
        assert [image.convert("RGB").getpixel((x, 30)) for x in (20, 63)] == [(255, 0, 0), (255, 255, 255)]
    assert (made.name, bench.warnings) == ("a.png", [])


async def test_a_drawing_of_illustrator_stays_one_where_there_is_ghostscript(bench: Bench, tmp_path: Path) -> None:
    given = samples.pdf(tmp_path, name="drawing.ai")
    eps = await converted(bench, given, mime="application/pdf", format="eps")
    back = await converted(bench, eps.bytes, mime="application/postscript", format="ai")
    bench.tools = tuple(tool for tool in bench.tools if not isinstance(tool, Ghostscript))
    bench.tools = (*bench.tools, Ghostscript(Programs({"gs": "/nowhere"})))
    pixels = await converted(bench, given, mime="application/pdf", format="pdf")

    assert eps.bytes.read_bytes().startswith(b"%!PS-Adobe-3.0 EPSF")
    assert back.ext == "ai"
    assert "Hello World" in printed(back)
    assert "Hello" not in printed(pixels)
    assert bench.warnings[0] == "The drawing is made of pixels now, for there is no Ghostscript on this server."
    with pytest.raises(ToolMissing, match="install Ghostscript"):
        await converted(bench, given, mime="application/pdf", format="ps")


WORDS = "/Helvetica findfont 24 scalefont setfont 4 10 moveto (IIII) show"
RED, BLUE, LIME = (255, 0, 0, 255), (0, 0, 255, 255), (0, 255, 0, 255)
BESIDE = "%!PS\n<</PageSize [72 36]>> setpagedevice 1 0 0 setrgbcolor 0 0 36 36 rectfill "
BESIDE += "0 0 1 setrgbcolor 36 0 36 18 rectfill {} showpage\n"


async def seen(bench: Bench, made: File, *places: tuple[int, int]) -> tuple[tuple[int, int], list[Any]]:
    """How large an SVG is, and which colours it has at these places, as /image/resize draws it."""
    target = bench.fresh("seen.png")
    await bench.tool(Images).resize(made.bytes, target, Order(format="png", flatten=False), "svg")
    with PIL.Image.open(target) as image:
        return image.size, [image.convert("RGBA").getpixel(place) for place in places]


async def test_a_drawing_stays_one_as_an_svg_of_which_the_first_page_is_kept(bench: Bench, tmp_path: Path) -> None:
    given = written(tmp_path, "a.ps", BESIDE.format(WORDS) + BESIDE.format(""))
    made = await converted(bench, given, mime="application/postscript", format="svg")

    assert made.name == "a.svg"
    assert await seen(bench, made, (18, 4), (54, 30), (54, 6)) == ((72, 36), [RED, BLUE, (0, 0, 0, 0)])
    assert b"<path" in made.bytes.read_bytes()
    assert b"<image" not in made.bytes.read_bytes()
    assert bench.warnings == [
        "Only the first of 2 pages was kept, for an svg holds one.",
        "The letters of the drawing are outlines now, and no text any more.",
    ]


async def test_a_drawing_of_illustrator_is_drawn_too_with_pixels_where_there_is_no_poppler(
    bench: Bench, tmp_path: Path
) -> None:
    eps = written(tmp_path, "a.eps", BESIDE.format(""))
    made = await converted(bench, eps, mime="application/postscript", format="ai")
    given = shutil.copy(made.bytes, tmp_path / "b.ai")
    drawn = await converted(bench, given, mime="application/pdf", format="svg")
    bench.tools = (Poppler(Programs({"pdftocairo": "/nowhere"})), *bench.tools)
    pixels = await converted(bench, given, mime="application/pdf", format="svg")

    for made in (drawn, pixels):
        assert await seen(bench, made, (18, 18), (54, 30)) == ((72, 36), [RED, BLUE])
    assert b"<image" not in drawn.bytes.read_bytes()
    assert bench.warnings[0] == "The drawing is made of pixels now, for there is no Poppler on this server."


async def test_an_svg_that_looks_different_from_its_drawing_is_told(bench: Bench, tmp_path: Path) -> None:
    unprinted = "<</Subtype/Square/Rect[9 9 27 27]/AP<</N 5 0 R>>>>"  # for screens, and not for paper
    blue = "<</Subtype/Form/BBox[0 0 18 18]/Length 24>>\nstream\n0 0 1 rg 0 0 18 18 re f \nendstream"
    red = "<</Length 24>>\nstream\n1 0 0 rg 36 0 36 36 re f\nendstream"
    page = f"<</Parent 2 0 R/Type/Page/MediaBox[0 0 72 36]/Contents 4 0 R/Annots[{unprinted}]>>"
    root, pages = "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>"
    given = written(tmp_path, "a.ai", documents.pdf(root, pages, page, red, blue))
    made = await converted(bench, given, mime="application/pdf", format="svg")

    assert await seen(bench, made, (18, 18), (54, 18)) == ((72, 36), [(0, 0, 0, 0), RED])
    told = "Parts of the svg look different from the drawing, so compare the two before you use it."
    assert bench.warnings == [told]


@pytest.mark.parametrize("ending", ["gif", "jpeg", "jpg", "png"])
async def test_the_pixels_of_a_picture_lie_in_an_svg_of_its_size(bench: Bench, tmp_path: Path, ending: str) -> None:
    given, kind = tmp_path / f"a.{ending}", ending.replace("jpg", "jpeg")
    PIL.Image.new("RGB", (31, 17), LIME[:3]).save(given, quality=100)
    made = await converted(bench, given, mime=f"image/{kind}", format="svg")
    size, [(red, green, blue, alpha)] = await seen(bench, made, (15, 8))

    assert (made.name, size, alpha) == ("a.svg", (31, 17), 255)
    assert (red < 8, green > 247, blue < 8) == (True, True, True)
    assert bench.warnings == ["The svg holds the pixels of the picture, which do not get finer when it is enlarged."]


async def test_an_svg_keeps_what_is_transparent_and_one_frame(bench: Bench, tmp_path: Path) -> None:
    clear = PIL.Image.new("RGBA", (8, 8))
    clear.paste(RED, (4, 0, 8, 8))
    clear.save(tmp_path / "a.png")
    half = await converted(bench, tmp_path / "a.png", mime="image/png", format="svg")
    await converted(bench, samples.gif(tmp_path, frames=3), mime="image/gif", format="svg")

    assert await seen(bench, half, (1, 4), (6, 4)) == ((8, 8), [(0, 0, 0, 0), RED])
    assert bench.warnings[1] == "Only the first of 3 frames was kept, for an svg holds one picture."


async def test_of_an_empty_page_there_is_no_svg(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Nothing is drawn on the page"):
        await converted(bench, written(tmp_path, "a.ps", "%!PS\nshowpage\n"), format="svg")


@pytest.mark.case(63, 74)
@pytest.mark.parametrize("name", ["ps-file.ps", "pdf-actions.pdf"])
async def test_an_svg_tells_and_starts_nothing_of_a_hostile_drawing(bench: Bench, tmp_path: Path, name: str) -> None:
    bad = next(bad for bad in documents.FILES if bad.name == name)
    mime = "application/pdf" if name.endswith("pdf") else "application/postscript"
    async with trap(tmp_path / "canary") as laid:
        path = written(tmp_path, name.replace(".pdf", ".ai"), bad.make(laid.canary))
        try:
            said = text(await converted(bench, path, mime=mime, format="svg"))
        except BadInput as error:
            said = error.message

        assert TOKEN not in said
        assert laid.calls == []
        assert laid.opened() == []


@pytest.mark.parametrize(("name", "wanted"), [("a.docx", "xlsx"), ("a.srt", "pdf"), ("a.oda", "pdf"), ("a.md", "oda")])
async def test_what_cannot_become_something_is_told(bench: Bench, tmp_path: Path, name: str, wanted: str) -> None:
    with pytest.raises(
        BadParams, match=r"^(A docx|An srt|An oda|An md) cannot become (an xlsx|a pdf|an oda)"
    ) as caught:
        await converted(bench, written(tmp_path, name, "x"), format=wanted)

    assert caught.value.code == "DOCUMENT_CONVERT_UNSUPPORTED_CONVERSION"


@pytest.mark.parametrize(
    "params",
    [
        *({}, {"format": "mp4"}, {"format": "pdf", "pdf_margin": "wide"}, {"format": "pdf", "pdf_margin": "1,2,3,4,5"}),
        *({"format": "pdf", "pdf_margin": "14cm"}, {"format": "pdf", "pdf_format": "A6", "pdf_margin": "0,5cm,0,6cm"}),
    ],
)
async def test_what_cannot_be_meant_is_refused(params: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        DocumentConvertParams.parse(params)


@pytest.mark.case(65, 67)
@pytest.mark.parametrize(
    "name",
    [
        *("docx-external-image.docx", "docx-remote-template.docx", "docx-xxe.docx", "fodt-section.fodt"),
        *("rtf-fields.rtf", "csv-formula.csv", "html-references.html"),
    ],
)
async def test_a_document_reaches_no_file_and_no_neighbour(bench: Bench, tmp_path: Path, name: str) -> None:
    bad = next(bad for bad in documents.FILES if bad.name == name)
    async with trap(tmp_path / "canary") as laid:
        path = written(tmp_path, name.replace("fodt", "odt"), bad.make(laid.canary))
        try:
            said = printed(await converted(bench, path, format="pdf"))
        except BadInput as error:
            said = error.message

        assert TOKEN not in said
        assert RAN not in said
        assert laid.calls == []
        assert laid.opened() == []


@pytest.mark.case(66)
@pytest.mark.parametrize("name", ["docx-zip-bomb.docx", "docx-laughs.docx"])
async def test_a_document_that_would_never_end_is_refused(bench: Bench, tmp_path: Path, name: str) -> None:
    bad = next(bad for bad in documents.FILES if bad.name == name)
    path = written(tmp_path, name, bad.make(Canary(tmp_path, "http://127.0.0.1:9", "x")))

    with pytest.raises(BadInput, match=r"packed so tightly|could not read"):
        await converted(bench, path, format="pdf")
