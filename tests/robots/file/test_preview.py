"""Previews of files of every kind, looked at."""

from __future__ import annotations

import struct
import subprocess
import wave
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import PIL.Image
import PIL.ImageChops
import pillow_heif
import pypdfium2
import pytest
from PIL.Image import Image

from robots.base.errors import BadInput, BadParams
from robots.base.file import File
from robots.base.params import Invalid
from robots.file.preview import FilePreviewParams, FilePreviewRobot
from robots.tools.browser.browser import Browser
from robots.tools.ffmpeg import Ffmpeg
from robots.tools.ffprobe import Ffprobe
from robots.tools.ghostscript import Ghostscript
from robots.tools.http import HttpClient
from robots.tools.libreoffice import LibreOffice
from robots.tools.programs import Programs
from robots.tools.slimmers.gif import Gifsicle
from robots.tools.vips import Images
from tests import samples
from tests.papers import office
from tests.robots.video.screen import hd
from tests.robots.workspace import Bench, file_at, run

PROGRAMS = Programs()
WHITE, BLACK, RED, GREEN, BLUE = (
    (255, 255, 255, 255),
    (0, 0, 0, 255),
    (255, 0, 0, 255),
    (0, 255, 0, 255),
    (0, 0, 255, 255),
)
NOTHING = (0, 0, 0, 0)
VIDEO_ICON = (0xC5, 0x30, 0x30, 255)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml."
SMALL = {"width": 60, "height": 40}
pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def bench(tmp_path: Path, images: Images) -> Bench:
    folder = tmp_path / "scratch"
    folder.mkdir()
    tools = (Ffmpeg(PROGRAMS), Ffprobe(PROGRAMS), Gifsicle(PROGRAMS), Browser(PROGRAMS), HttpClient())
    return Bench(folder, images, *tools)


async def made(bench: Bench, path: Path, mime: str, **params: Any) -> File:
    kind = mime.partition("/")[0]
    file = file_at(path, mime=mime, type=kind if kind in {"audio", "image", "video"} else None)
    (result,) = await run(FilePreviewRobot, params, [file], bench)
    return result


async def preview(bench: Bench, path: Path, mime: str, **params: Any) -> Image:
    return opened(await made(bench, path, mime, **params))


def opened(file: File) -> Image:
    return PIL.Image.open(BytesIO(file.bytes.read_bytes()))


def pixel(image: Image, x: int, y: int) -> tuple[int, ...]:
    found = image.convert("RGBA").getpixel((x, y))
    assert isinstance(found, tuple)
    return found


def near(found: tuple[int, ...], wanted: tuple[int, ...], most: int = 24) -> bool:
    return all(abs(one - other) <= most for one, other in zip(found, wanted, strict=True))


def drawn(path: Path, color: Any, size: tuple[int, int], mode: str = "RGB") -> Path:
    PIL.Image.new(mode, size, color).save(path)
    return path


def covered(folder: Path, source: Path, color: str = "lime") -> Path:
    """The same sound or video with a square of one colour as its artwork."""
    cover, target = drawn(folder / "cover.png", color, (30, 30)), folder / f"covered{source.suffix}"
    line = [
        str(PROGRAMS.need("ffmpeg")),
        "-loglevel",
        "error",
        "-i",
        str(source),
        "-i",
        str(cover),
        "-map",
        "0",
        "-map",
    ]
    line += ["1", "-c", "copy", "-disposition:v:1" if source.suffix == ".mp4" else "-disposition:v", "attached_pic"]
    subprocess.run([*line, str(target)], check=True, timeout=60)
    return target


async def test_an_image_is_300_by_200_on_opaque_white_unless_told_otherwise(bench: Bench, tmp_path: Path) -> None:
    result = await made(bench, drawn(tmp_path / "a.gif", "red", (20, 20)), "image/gif")
    image = opened(result)

    assert (result.name, image.format, image.size) == ("a.png", "PNG", (300, 200))
    assert (result.meta["width"], result.meta["height"]) == (300, 200)
    assert [near(pixel(image, x, 100), color) for x, color in ((5, WHITE), (150, RED), (295, WHITE))] == [True] * 3


@pytest.mark.parametrize(
    ("format", "kind"),
    [("png", "PNG"), ("jpg", "JPEG"), ("jpeg", "JPEG"), ("gif", "GIF"), ("webp", "WEBP"), ("avif", "AVIF")],
)
async def test_format_decides_how_it_is_written(bench: Bench, tmp_path: Path, format: str, kind: str) -> None:
    result = await made(bench, samples.png(tmp_path, 40, 30, alpha=True), "image/png", format=format, **SMALL)

    assert (result.ext, opened(result).format, opened(result).size) == (format, kind, (60, 40))


@pytest.mark.parametrize(
    ("strategy", "size", "corner"),
    [
        ("pad", (60, 40), WHITE),
        ("fit", (40, 40), RED),
        ("min_fit", (60, 60), RED),
        ("fillcrop", (60, 40), RED),
        ("stretch", (60, 40), RED),
        ("crop", (60, 40), RED),
    ],
)
async def test_resize_strategy_fits_the_picture_in(
    bench: Bench, tmp_path: Path, strategy: str, size: tuple[int, int], corner: tuple[int, ...]
) -> None:
    image = await preview(
        bench, drawn(tmp_path / "a.png", "red", (80, 80)), "image/png", resize_strategy=strategy, **SMALL
    )

    assert image.size == size
    assert near(pixel(image, 2, 2), corner)


@pytest.mark.parametrize(("zoom", "color"), [(True, RED), (False, WHITE)])
async def test_zoom_enlarges_small_pictures(bench: Bench, tmp_path: Path, zoom: bool, color: tuple[int, ...]) -> None:
    image = await preview(bench, drawn(tmp_path / "a.png", "red", (10, 10)), "image/png", zoom=zoom, **SMALL)

    assert near(pixel(image, 30, 3), color)
    assert near(pixel(image, 30, 20), RED)


@pytest.mark.parametrize(
    ("background", "seen"), [("00ff00", GREEN), ("#00000000", NOTHING), ("#0000ff80", (0, 0, 255, 128))]
)
async def test_background_may_be_seen_through(
    bench: Bench, tmp_path: Path, background: str, seen: tuple[int, ...]
) -> None:
    source = drawn(tmp_path / "a.png", (255, 0, 0, 255), (20, 20), "RGBA")
    image = await preview(bench, source, "image/png", background=background, **SMALL)

    assert near(pixel(image, 2, 20), seen, 2)
    assert near(pixel(image, 30, 20), RED, 2)


async def test_a_photo_is_upright_and_in_the_colours_of_screens(bench: Bench, tmp_path: Path) -> None:
    image = await preview(
        bench, samples.jpeg(tmp_path, 80, 40, orientation=6), "image/jpeg", resize_strategy="fit", **SMALL
    )

    assert image.size == (20, 40)
    assert "exif" not in image.info


async def test_a_page_of_a_pdf_is_on_white_paper(bench: Bench, tmp_path: Path) -> None:
    image = await preview(bench, samples.pdf(tmp_path, pages=2), "application/pdf", background="#0000ff")

    assert image.size == (300, 200)
    assert near(pixel(image, 150, 190), WHITE)
    assert near(pixel(image, 2, 100), BLUE)
    assert min(image.convert("L").crop((80, 0, 220, 60)).tobytes()) < 128


ODP = "application/vnd.oasis.opendocument.presentation"
TWO_PAGES = (
    '</w:t></w:r></w:p><w:p><w:pPr><w:shd w:val="clear" w:fill="FF0000"/></w:pPr><w:r><w:t>one</w:t></w:r></w:p>'
    '<w:p><w:pPr><w:pageBreakBefore/><w:shd w:val="clear" w:fill="00FF00"/></w:pPr><w:r><w:t>two'
)


def packed(folder: Path, name: str, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(folder / name, "w") as archive:
        for member, body in members.items():
            archive.writestr(member, body)
    return folder / name


def slide() -> dict[str, bytes]:
    """The members of an OpenDocument with one blue slide that is twice as wide as high."""
    names = {
        "office": "office",
        "style": "style",
        "draw": "drawing",
        "fo": "xsl-fo-compatible",
        "svg": "svg-compatible",
    }
    spaces = " ".join(f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for key, name in names.items())
    paper = '<style:page-layout style:name="P"><style:page-layout-properties fo:page-width="20cm" '
    paper += 'fo:page-height="10cm" fo:margin="0cm"/></style:page-layout>'
    master = '<style:master-page style:name="M" style:page-layout-name="P"/>'
    styles = f"<office:automatic-styles>{paper}</office:automatic-styles>"
    styles += f"<office:master-styles>{master}</office:master-styles>"
    blue = '<style:style style:name="B" style:family="graphic"><style:graphic-properties draw:fill="solid" '
    blue += 'draw:fill-color="#0000ff"/></style:style>'
    box = '<draw:rect draw:style-name="B" svg:width="20cm" svg:height="10cm" svg:x="0cm" svg:y="0cm"/>'
    page = f'<draw:page draw:name="1" draw:master-page-name="M">{box}</draw:page>'
    content = f"<office:automatic-styles>{blue}</office:automatic-styles>"
    content += f"<office:body><office:presentation>{page}</office:presentation></office:body>"
    parts = {"content": content, "styles": styles}
    xml = {
        f"{kind}.xml": f'<office:document-{kind} {spaces} office:version="1.2">{body}</office:document-{kind}>'.encode()
        for kind, body in parts.items()
    }
    return {"mimetype": ODP.encode(), **xml, "META-INF/manifest.xml": manifest(*xml)}


def manifest(*parts: str) -> bytes:
    entries = [f'<m:file-entry m:full-path="{part}" m:media-type="text/xml"/>' for part in parts]
    root = f'<m:file-entry m:full-path="/" m:media-type="{ODP}"/>'
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    return f'<m:manifest xmlns:m="{space}">{root}{"".join(entries)}</m:manifest>'.encode()


async def test_a_picture_that_is_brighter_than_screens_is_shown_as_they_can_and_that_is_told(
    bench: Bench, tmp_path: Path
) -> None:
    gray = PIL.Image.new("RGB", (60, 40), (130, 130, 130))
    pillow_heif.from_pillow(gray).save(
        tmp_path / "a.heic", quality=100, color_primaries=9, transfer_characteristics=16, matrix_coefficients=9
    )
    image = await preview(bench, tmp_path / "a.heic", "image/heic", **SMALL)

    assert near(pixel(image, 30, 20), (158, 158, 158, 255), 4)
    assert bench.warnings == ["The picture was HDR, and has the brightness and the colours of ordinary screens now."]


async def test_a_video_that_is_brighter_than_screens_is_shown_as_they_can_and_that_is_told(
    bench: Bench, tmp_path: Path
) -> None:
    curve = "setparams=color_trc=smpte2084:color_primaries=bt2020:colorspace=bt2020nc"
    gray = ("-vf", f"format=yuv420p10le,geq=lum=512:cb=512:cr=512,{curve}", "-pix_fmt", "yuv420p10le")
    image = await preview(bench, samples.video(tmp_path, "mkv", seconds=1, args=gray), "video/x-matroska", **SMALL)

    assert near(pixel(image, 30, 20), (158, 158, 158, 255), 6)
    assert bench.warnings == ["The video is HDR, and what is shown of it has the colours of ordinary screens."]


async def test_an_office_document_shows_its_first_page_of_which_no_other_is_printed(
    bench: Bench, tmp_path: Path
) -> None:
    bench.tools = (*bench.tools, LibreOffice(PROGRAMS))
    source = packed(tmp_path, "a.docx", office("docx", TWO_PAGES))
    image = await preview(bench, source, f"{DOCX}document", background="#0000ff")

    assert bench.warnings == []
    assert near(pixel(image, 2, 100), BLUE)
    assert near(pixel(image, 150, 190), WHITE)
    colors = [color for _, color in image.convert("RGB").getcolors(1 << 20) or []]
    assert (255, 0, 0) in colors
    assert (0, 255, 0) not in colors
    [paper] = bench.folder.glob("*-office/made/document.pdf")
    with pypdfium2.PdfDocument(paper) as document:
        assert len(document) == 1


async def test_a_slide_fills_its_preview_in_its_own_shape(bench: Bench, tmp_path: Path) -> None:
    bench.tools = (*bench.tools, LibreOffice(PROGRAMS))
    image = await preview(bench, packed(tmp_path, "a.odp", slide()), ODP)

    assert bench.warnings == []
    assert [near(pixel(image, 150, y), color) for y, color in ((10, WHITE), (100, BLUE), (190, WHITE))] == [True] * 3
    assert near(pixel(image, 2, 100), BLUE)


async def test_a_table_is_seen_from_its_corner(bench: Bench, tmp_path: Path) -> None:
    bench.tools = (*bench.tools, LibreOffice(PROGRAMS))
    image = await preview(bench, samples.txt(tmp_path, "mmmm,1\n" * 20, name="a.csv"), "text/csv")

    assert bench.warnings == []
    assert min(image.convert("L").crop((80, 0, 150, 100)).tobytes()) < 200
    assert near(pixel(image, 200, 150), WHITE)


async def test_without_libreoffice_an_office_document_has_an_icon_and_the_cause_is_told(
    bench: Bench, tmp_path: Path
) -> None:
    bench.tools = (*bench.tools, LibreOffice(Programs({"soffice": "/nowhere"})))
    image = await preview(bench, packed(tmp_path, "a.docx", office("docx", "x")), f"{DOCX}document")

    assert not near(pixel(image, 105, 75), WHITE)
    assert "a.docx has no page as its preview: soffice is not installed on this server" in bench.warnings[0]


HALVES = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 20 20 80 60\n1 0 0 setrgbcolor 20 20 30 40 rectfill "
HALVES += b"0 0 1 setrgbcolor 50 20 30 40 rectfill\n"


@pytest.mark.parametrize(
    ("name", "mime"),
    [("a.eps", "application/postscript"), ("a.ai", "application/postscript"), ("dos.eps", "image/x-eps")],
)
async def test_a_drawing_for_printers_fills_its_preview(bench: Bench, tmp_path: Path, name: str, mime: str) -> None:
    bench.tools = (*bench.tools, Ghostscript(PROGRAMS))
    head = struct.pack("<4s6IH", b"\xc5\xd0\xd3\xc6", 30, len(HALVES), 0, 0, 0, 0, 0xFFFF)
    (tmp_path / name).write_bytes(head + HALVES if name == "dos.eps" else HALVES)
    image = await preview(bench, tmp_path / name, mime)

    assert bench.warnings == []
    assert [near(pixel(image, x, y), RED) for x, y in ((4, 4), (140, 195))] == [True, True]
    assert [near(pixel(image, x, y), BLUE) for x, y in ((160, 4), (295, 195))] == [True, True]


async def test_of_postscript_the_first_page_is_shown_on_its_paper_and_no_other_printed(
    bench: Bench, tmp_path: Path
) -> None:
    bench.tools = (*bench.tools, Ghostscript(PROGRAMS))
    page = "0 1 0 setrgbcolor 0 0 30 40 rectfill showpage\n"
    source = samples.txt(tmp_path, f"%!PS\n<</PageSize [60 40]>> setpagedevice {page} {page}", name="a.ps")
    image = await preview(bench, source, "application/postscript", background="#0000ff", width=80, height=40)

    assert [near(pixel(image, x, 20), color) for x, color in ((2, BLUE), (20, GREEN), (60, WHITE))] == [True] * 3
    [paper] = bench.folder.glob("*-printed/printed.pdf")
    with pypdfium2.PdfDocument(paper) as document:
        assert len(document) == 1


@pytest.mark.case(74)
@pytest.mark.parametrize(
    ("program", "body", "said"),
    [
        ("/nowhere", HALVES, "gs is not installed on this server: install Ghostscript"),
        ("gs", b"%!PS\n(%pipe%id) (r) file pop showpage\n", "The document is damaged, or not what its name says"),
    ],
    ids=["missing", "damaged"],
)
async def test_without_ghostscript_or_pages_postscript_has_an_icon_and_the_cause_is_told(
    bench: Bench, tmp_path: Path, program: str, body: bytes, said: str
) -> None:
    bench.tools = (*bench.tools, Ghostscript(Programs({"gs": program})))
    (tmp_path / "a.eps").write_bytes(body)
    image = await preview(bench, tmp_path / "a.eps", "application/postscript")

    assert not near(pixel(image, 105, 75), WHITE)
    assert f"a.eps has no page as its preview: {said}" in bench.warnings[0]


async def test_an_office_document_that_is_packed_too_tightly_is_not_opened(bench: Bench, tmp_path: Path) -> None:
    bench.tools = (*bench.tools, LibreOffice(PROGRAMS))
    bomb = tmp_path / "a.docx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(30 << 20))
    await preview(bench, bomb, f"{DOCX}document")

    assert "packed so tightly that it cannot be a real one" in bench.warnings[0]
    assert not list(bench.folder.glob("*-office"))


async def test_the_frame_of_a_video_is_from_its_middle_and_upright(bench: Bench, tmp_path: Path) -> None:
    args = ("-vf", "drawbox=c=red:t=fill:enable='lt(t,0.8)',drawbox=c=lime:t=fill:enable='gte(t,0.8)'")
    source = samples.mp4(tmp_path, rotation=90, args=args)
    image = await preview(bench, source, "video/mp4", resize_strategy="fit", **SMALL)

    assert image.size == (30, 40)
    assert near(pixel(image, 15, 20), GREEN)


async def test_the_waveform_of_a_sound_has_its_colours_and_size(bench: Bench, tmp_path: Path) -> None:
    params = {"waveform_center_color": "#ff0000", "waveform_outer_color": "#0000ff"}
    with wave.open(str(tmp_path / "loud.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(struct.pack("<2h", 32767, -32768) * 4000)
    size = {"waveform_width": 50, "waveform_height": 40}
    image = await preview(bench, tmp_path / "loud.wav", "audio/x-wav", zoom=False, **size, **params)

    assert image.size == (300, 200)
    assert near(pixel(image, 150, 100), RED, 40)
    assert [near(pixel(image, 150, y), BLUE, 40) for y in (81, 118)] == [True, True]
    assert PIL.ImageChops.invert(image.convert("RGB")).getbbox() == (125, 80, 175, 120)


async def test_a_waveform_is_black_and_as_wide_as_the_preview_by_default(bench: Bench, tmp_path: Path) -> None:
    image = await preview(bench, samples.sound(tmp_path, "wav", seconds=1), "audio/x-wav")

    assert all(near(pixel(image, x, 100), BLACK) for x in (1, 150, 290))
    assert near(pixel(image, 150, 10), WHITE)


async def test_artwork_comes_first_with_a_gradient_behind_it(bench: Bench, tmp_path: Path) -> None:
    source = covered(tmp_path, samples.mp3(tmp_path))
    colors = {"artwork_center_color": "#ff0000", "artwork_outer_color": "#0000ff"}
    plain = await preview(bench, source, "audio/mpeg")
    image = await preview(bench, source, "audio/mpeg", **colors)

    assert near(pixel(plain, 150, 100), GREEN)
    assert near(pixel(plain, 2, 2), WHITE)
    assert near(pixel(image, 150, 100), GREEN)
    assert near(pixel(image, 0, 0), BLUE)
    red, _, blue, _ = pixel(image, 40, 100)
    assert red > 60
    assert blue > 60


async def test_a_video_shows_its_artwork_too_and_one_colour_makes_a_gradient(bench: Bench, tmp_path: Path) -> None:
    source = covered(tmp_path, samples.mp4(tmp_path, seconds=0.5))
    image = await preview(bench, source, "video/mp4", artwork_outer_color="#0000ff")

    assert near(pixel(image, 150, 100), GREEN)
    assert near(pixel(image, 0, 0), BLUE)


@pytest.mark.parametrize(
    ("format", "kind", "loops"),
    [("webp", "WEBP", True), ("gif", "GIF", False), ("apng", "PNG", True), ("avif", "AVIF", False)],
)
async def test_a_clip_moves(bench: Bench, tmp_path: Path, format: str, kind: str, loops: bool) -> None:
    params = {"clip_format": format, "clip_loop": loops, "clip_offset": 0.5, "clip_duration": 1, "clip_framerate": 4}
    result = await made(
        bench, samples.mp4(tmp_path), "video/mp4", strategy={"video": ["clip"]}, width=61, height=41, **params
    )
    image = opened(result)

    assert (result.ext, image.format, image.size, getattr(image, "n_frames", 1)) == (format, kind, (61, 41), 4)
    assert near(pixel(image, 0, 20), WHITE)
    if format != "avif":
        assert image.info.get("loop") == {("webp", True): 0, ("gif", False): None, ("apng", True): 0}[format, loops]


@pytest.mark.parametrize("ending", ["mp4", "ts"])
@pytest.mark.parametrize(("offset", "first"), [(0, RED), (1, GREEN)])
async def test_a_clip_begins_at_its_offset_and_moves_as_often_as_asked(
    bench: Bench, tmp_path: Path, offset: float, first: tuple[int, ...], ending: str
) -> None:
    args = ("-vf", "drawbox=c=red:t=fill:enable='lt(t,0.8)',drawbox=c=lime:t=fill:enable='gte(t,0.8)'")
    told = {"clip_format": "gif", "clip_offset": offset, "clip_duration": 0.5, "clip_framerate": 10}
    film = samples.video(tmp_path, ending, args=args)
    image = await preview(bench, film, "video/mp4", strategy={"video": ["clip"]}, **told)

    assert near(pixel(image, 150, 100), first)
    assert (image.info["duration"], getattr(image, "n_frames", 1)) == (100, 5)


@pytest.mark.parametrize("format", ["webp", "gif", "apng", "avif"])
async def test_a_clip_has_the_colours_of_hd_video(bench: Bench, tmp_path: Path, format: str) -> None:
    source = hd(tmp_path, (255, 0, 0)).bytes
    wish = {"strategy": {"video": ["clip"]}, "clip_format": format, "clip_offset": 0, "clip_duration": 0.5}
    image = await preview(bench, source, "video/mp4", **wish, **SMALL)

    assert pixel(image, 30, 20) == pytest.approx((255, 0, 0, 255), abs=6)


@pytest.mark.parametrize(("format", "once"), [("webp", 1), ("apng", 1)])
async def test_a_clip_that_does_not_loop_plays_once(bench: Bench, tmp_path: Path, format: str, once: int) -> None:
    params = {
        "clip_format": format,
        "clip_loop": False,
        "clip_offset": 0,
        "clip_duration": 0.5,
        "background": "00000000",
        "zoom": False,  # of still pictures only
    }
    small = samples.mp4(tmp_path, width=32, height=24)
    image = await preview(bench, small, "video/mp4", strategy={"video": ["clip"]}, **params, **SMALL)

    assert image.info["loop"] == once
    assert near(pixel(image, 0, 20), NOTHING)
    assert pixel(image, 10, 2)[3] == 255


async def test_a_clip_that_begins_after_the_end_gives_way_to_the_next(bench: Bench, tmp_path: Path) -> None:
    strategy = {"video": ["clip", "frame"], "nonsense": ["x"]}
    result = await made(bench, samples.mp4(tmp_path), "video/mp4", strategy=strategy, clip_offset=9, **SMALL)

    assert (result.ext, opened(result).size) == ("png", (60, 40))
    assert "has no clip as its preview: The video ends before second 9." in bench.warnings[0]


@pytest.mark.parametrize("seconds", [0, "0.0000001"])
async def test_a_clip_of_no_length_gives_way_to_the_next_and_that_is_told(
    bench: Bench, tmp_path: Path, seconds: Any
) -> None:
    strategy = {"video": ["clip", "frame"]}
    result = await made(bench, samples.mp4(tmp_path), "video/mp4", strategy=strategy, clip_duration=seconds, **SMALL)

    assert (result.ext, getattr(opened(result), "n_frames", 1)) == ("png", 1)
    assert f"no clip as its preview: A clip of {float(seconds):g} seconds shows nothing." in bench.warnings[0]


@pytest.mark.parametrize("format", ["avif", "gif", "webp"])
async def test_a_clip_in_which_nothing_would_be_seen_gives_way_to_the_next(
    bench: Bench, tmp_path: Path, format: str
) -> None:
    strategy = {"image": ["clip", "image"]}
    result = await made(bench, samples.png(tmp_path), "image/png", strategy=strategy, clip_format=format, **SMALL)

    assert (result.ext, opened(result).size) == ("png", (60, 40))
    assert bench.warnings == ["picture.png has no clip as its preview: The file shows nothing from second 1 on."]


async def test_a_web_page_is_shown_from_its_top(bench: Bench, tmp_path: Path) -> None:
    page = "<!doctype html><style>body { margin: 0 } div { height: 500px }</style>"
    page += '<div style="background: #f00"></div><div style="background: #00f"></div><div></div>'
    image = await preview(bench, samples.txt(tmp_path, page, name="page.html"), "text/html")

    assert image.size == (300, 200)
    assert [near(pixel(image, 150, y), color) for y, color in ((10, RED), (140, RED), (160, BLUE))] == [True] * 3


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("a.jpg", "image/jpeg"),
        ("a.mp4", "video/mp4"),
        ("a.mp3", "audio/mpeg"),
        ("a.pdf", "application/pdf"),
        ("a.docx", "application/msword"),
        ("a.zip", "application/zip"),
        ("a.xyz", "application/octet-stream"),
        ("no-extension", "application/octet-stream"),
    ],
)
@pytest.mark.parametrize("content", [b"", b"garbage" * 100])
async def test_there_is_an_icon_for_what_cannot_be_shown(
    bench: Bench, tmp_path: Path, name: str, mime: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    image = await preview(bench, path, mime)

    assert image.size == (300, 200)
    assert near(pixel(image, 2, 2), WHITE)
    assert not near(pixel(image, 105, 75), WHITE)


def text_of(image: Image) -> Image:
    """Where the text of an icon stands, with its letters bright."""
    return PIL.Image.eval(image.convert("L").crop((0, 145, 300, 190)), lambda value: 255 - value)


async def test_the_text_of_an_icon_is_the_extension_in_its_font_and_colour(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.touch()
    looks: dict[str, dict[str, Any]] = {
        "usual": {},
        "red": {"icon_text_color": "#ff0000"},
        "own": {"icon_text_font": "Arial"},
        "none of this server": {"icon_text_font": "No Such, Font"},
        "none": {"icon_text_content": "none"},
    }
    icons = {name: await preview(bench, path, "video/mp4", **params) for name, params in looks.items()}

    boxes = {name: text_of(icon).point(lambda value: 255 * (value > 40)).getbbox() for name, icon in icons.items()}
    assert boxes["none"] is None
    assert boxes["usual"] is not None
    assert abs(boxes["usual"][0] + boxes["usual"][2] - 300) <= 3
    assert any(near(pixel(icons["red"], x, 165), RED, 60) for x in range(300))
    assert any(near(pixel(icons["usual"], x, 165), (0xA2, 0xA2, 0xA2, 255), 10) for x in range(300))
    assert icons["own"].tobytes() == icons["none of this server"].tobytes()
    assert {near(pixel(icon, 105, 75), VIDEO_ICON) for icon in icons.values()} == {True}


async def test_a_square_icon_has_no_text_and_all_the_room(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.touch()
    image = await preview(bench, path, "video/mp4", icon_style="square", background="00000000", **SMALL)

    assert image.convert("RGBA").getchannel("A").getbbox() == (10, 0, 50, 40)
    assert near(pixel(image, 12, 20), VIDEO_ICON)


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (500, 3)])
async def test_an_icon_is_as_small_or_narrow_as_asked(bench: Bench, tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "a.longextension"
    path.touch()

    assert (await preview(bench, path, "", width=size[0], height=size[1])).size == size


async def test_optimize_makes_the_file_smaller_and_may_show_it_coarse_first(bench: Bench, tmp_path: Path) -> None:
    source = samples.png(tmp_path, 120, 90)
    wishes: dict[str, dict[str, Any]] = {
        "off": {"optimize": False},
        "quick": {},
        "small": {"optimize_priority": "compression-ratio"},
        "coarse": {"optimize_progressive": True},
    }
    sizes = {name: await made(bench, source, "image/png", **params) for name, params in wishes.items()}
    size = {name: file.bytes.stat().st_size for name, file in sizes.items()}

    assert size["small"] <= size["quick"] < size["off"]
    assert [bool(file.bytes.read_bytes()[28]) for file in sizes.values()] == [False, False, False, True]
    assert len({opened(file).convert("RGB").tobytes() for file in sizes.values()}) == 1


async def test_without_a_browser_a_web_page_has_an_icon(tmp_path: Path, images: Images) -> None:
    bench = Bench(tmp_path, images)
    image = await preview(bench, samples.txt(tmp_path, "<p>", name="page.html"), "text/html")

    assert near(pixel(image, 105, 75), (0x5A, 0x67, 0xD8, 255))
    assert "page.html has no render as its preview" in bench.warnings[0]


async def test_when_no_strategy_succeeds_the_last_cause_is_told(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"garbage")

    with pytest.raises(BadInput, match="damaged"):
        await made(bench, path, "image/jpeg", strategy={"image": ["image"]})
    with pytest.raises(BadInput, match="None of the strategies for archive files"):
        await made(bench, path, "application/zip", strategy={"archive": []})


async def test_a_preview_of_too_many_pixels_is_refused(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(BadParams, match="more than the"):
        await made(bench, samples.png(tmp_path, 4, 4), "image/png", width=25000, height=25000)


@pytest.mark.parametrize(
    "params",
    [
        {"strategy": {"audio": ["dance"]}},
        {"format": "bmp"},
        {"background": "red"},
        {"width": 0},
        {"clip_framerate": 61},
        {"clip_format": "png"},
        {"icon_style": "round"},
    ],
)
async def test_what_previews_do_not_know_is_refused(params: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        FilePreviewParams.parse(params)
