"""The exhibits of the gallery: for each robot, what goes in and what it is asked for."""

from __future__ import annotations

import shutil
import wave
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tests import samples
from tests.robots.file.test_virusscan import EICAR
from tests.robots.image.test_facedetect import group

ROOT = Path(__file__).parent.parent
RATE = 44100
Files = Callable[[Path], Sequence[Path]]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """`files` makes the inputs in a folder.

    What is `in_s3` works with a bucket that all exhibits share; of what is `answered` the headers are shown too.
    """

    title: str
    files: Files
    steps: Mapping[str, Any]
    in_s3: bool = False
    answered: bool = False


def photo(folder: Path) -> list[Path]:
    return [Path(shutil.copy(ROOT / "static" / "sample.jpg", folder / "photo.jpg"))]


def photos(folder: Path) -> list[Path]:
    return [*photo(folder), samples.jpeg(folder, 300, 200, name="b.jpg"), samples.png(folder, 200, 260, alpha=True)]


def faces(folder: Path) -> list[Path]:
    return [group(folder, 200, 140)]


def clip(folder: Path) -> list[Path]:
    return [samples.video(folder, seconds=4, width=320, height=180, fps=25)]


def clips(folder: Path) -> list[Path]:
    more = samples.video(folder, "webm", seconds=3, width=200, height=200, fps=15, audio=False, name="second.webm")
    return [*clip(folder), more]


def song(folder: Path) -> list[Path]:
    """Notes that rise, swell and fade, so that there is something to see in their waveform."""
    seconds = np.arange(4 * RATE) / RATE
    loud = np.sin(np.pi * (2 * seconds % 1)) ** 2 * (0.3 + 0.7 * np.sin(np.pi * seconds / 4))
    tone = np.sin(2 * np.pi * 220 * 2 ** (np.floor(2 * seconds) / 6) * seconds) * loud
    with wave.open(str(folder / "song.wav"), "wb") as file:
        file.setparams((2, 2, RATE, 0, "NONE", ""))
        file.writeframes(np.repeat(tone * 30000, 2).astype("<i2").tobytes())
    return [folder / "song.wav"]


def songs(folder: Path) -> list[Path]:
    return [*song(folder), samples.sound(folder, "wav", seconds=3, frequency=880, name="second.wav")]


def papers(folder: Path) -> list[Path]:
    return [samples.pdf(folder, pages=3)]


def letter(folder: Path) -> list[Path]:
    return [samples.docx(folder, text="Dear reader, this letter was a docx.")]


def markdown(folder: Path) -> list[Path]:
    return [samples.txt(folder, "# A title\n\nSome *text*, and a list:\n\n- one\n- two\n", name="note.md")]


def page(folder: Path) -> list[Path]:
    body = (
        "<body style='font: 40px serif; background: linear-gradient(#fed, #def)'><h1>A page</h1><p>drawn by a browser"
    )
    return [
        samples.txt(
            folder, f"<!doctype html><meta charset=utf-8><style>html {{ height: 100% }}</style>{body}", name="page.html"
        )
    ]


def archive(folder: Path) -> list[Path]:
    return [samples.archive(folder, {"letters/a.txt": b"a letter", "letters/b.txt": b"another one"})]


def suspects(folder: Path) -> list[Path]:
    """A harmless text, and the one that scanners take for a virus by agreement."""
    (folder / "eicar.com").write_bytes(EICAR)
    return [samples.txt(folder, "Nothing but words.\n"), folder / "eicar.com"]


def nothing(_: Path) -> list[Path]:
    return []


def mixture(folder: Path) -> list[Path]:
    makers = (photo, clip, song, papers, markdown, archive)
    return [path for maker in makers for path in maker(folder)]


def one(robot: str, files: Files, title: str = "", **params: Any) -> Exhibit:
    """A single step over the uploads."""
    return Exhibit(f"{robot} {title}".strip(), files, {"made": {"robot": robot, "use": ":original", **params}})


def tagged(robot: str, files: Files, roles: Sequence[tuple[str, str]], title: str = "", **params: Any) -> Exhibit:
    """A single step over uploads that are told apart by their type: (media type, role)."""
    sorted_ = {
        role: {"robot": "/file/filter", "use": ":original", "accepts": [["${file.mime}", "regex", kind]]}
        for kind, role in roles
    }
    use = {"steps": [{"name": role, "as": role} for _, role in roles], "bundle_steps": True}
    return Exhibit(f"{robot} {title}".strip(), files, {**sorted_, "made": {"robot": robot, "use": use, **params}})


def together(robot: str, files: Files, title: str = "", **params: Any) -> Exhibit:
    """A single step over all uploads at once."""
    use = {"steps": [":original"], "bundle_steps": True}
    return Exhibit(f"{robot} {title}".strip(), files, {"made": {"robot": robot, "use": use, **params}})


RENDITIONS = {
    "low": {"robot": "/video/encode", "use": ":original", "preset": "hls/270p"},
    "high": {"robot": "/video/encode", "use": ":original", "preset": "hls/360p"},
}


def streamed(technique: str) -> Exhibit:
    use = {"steps": list(RENDITIONS), "bundle_steps": True}
    made = {"robot": "/video/adaptive", "use": use, "technique": technique, "segment_duration": 2}
    return Exhibit(f"/video/adaptive {technique}", clip, {**RENDITIONS, "made": made})


TEXT = [{"text": "Sluice", "size": 40, "color": "#ffffff", "valign": "bottom", "y_offset": -10}]
EXHIBITS = [
    *(
        one("/image/resize", photo, strategy, width=300, height=300, resize_strategy=strategy, background="#336699")
        for strategy in ("fit", "fillcrop", "pad", "stretch")
    ),
    one("/image/resize", photo, "text", width=400, text=TEXT),
    one("/image/resize", photo, "sepia", width=400, sepia=80),
    one(
        "/image/resize",
        photo,
        "blur regions",
        width=400,
        blur="0x8",
        blur_regions=[{"x": 200, "y": 90, "width": 160, "height": 90}],
    ),
    one("/image/resize", photo, "avif", width=400, format="avif"),
    one("/image/optimize", photos),
    *(together("/image/merge", photos, effect, effect=effect, seed=3) for effect in ("mosaic", "polaroid-stack")),
    together("/image/merge", photos, "row", border=10),
    one("/image/facedetect", faces, faces="each", crop=True, crop_padding="10px"),
    one("/video/encode", clip, "ipad", preset="ipad"),
    one("/video/encode", clip, "gif", preset="gif", width=200, height=112),
    one("/video/thumbs", clip, count=4, width=160),
    together("/video/concat", clips, video_fade_seconds=0.5, preset="web/mp4/240p"),
    together("/video/concat", clips, "crossfade", transition="crossfade", preset="web/mp4/240p"),
    tagged("/video/merge", lambda folder: [*photo(folder), *song(folder)], [("^image", "image"), ("^audio", "audio")]),
    tagged(
        "/video/subtitle",
        lambda folder: [*clip(folder), samples.srt(folder)],
        [("^video", "video"), ("subrip", "subtitles")],
        "burned",
        subtitles_type="burned",
    ),
    streamed("hls"),
    streamed("dash"),
    one("/audio/encode", song, "opus", preset="opus"),
    together("/audio/concat", songs),
    together("/audio/merge", songs, loop=True),
    one("/audio/waveform", song, width=340, height=100, center_color="2255aa", outer_color="88bbff"),
    one(
        "/audio/waveform", song, "bars", style="v1", width=340, height=100, waveform_style="bars", center_color="2255aa"
    ),
    one("/audio/waveform", song, "spectrogram", style="spectrogram", width=340, height=160),
    one("/document/thumbs", papers, width=200),
    one("/document/thumbs", papers, "gif", width=200, format="gif", delay=50),
    one("/document/convert", letter, "docx to pdf", format="pdf"),
    one("/document/convert", markdown, "markdown to pdf", format="pdf"),
    one("/document/convert", markdown, "markdown to html", format="html"),
    one("/html/convert", page, width=600, format="png"),
    one("/html/convert", page, "pdf", format="pdf"),
    one("/file/preview", mixture, width=200, height=150),
    together("/file/compress", mixture, format="zip"),
    one("/file/decompress", archive),
    one("/script/run", photo, script="${file.meta.width * file.meta.height}"),
    one("/file/hash", photo),
    one("/file/filter", mixture, accepts=[["${file.mime}", "regex", "^image/"]]),
    one("/file/virusscan", suspects),
    replace(one("/file/serve", photo, headers={"X-Name": "${file.url_name}"}, cache_duration=60), answered=True),
    replace(one("/s3/store", photo, path="pets/${file.name}"), in_s3=True),
    replace(Exhibit("/s3/import", nothing, {"made": {"robot": "/s3/import", "path": "pets/photo.jpg"}}), in_s3=True),
]
