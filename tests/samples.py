"""Tiny real media, made by formula: each function writes a file into a folder and returns its path."""

from __future__ import annotations

import io
import subprocess
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import imageio_ffmpeg
import pillow_heif
import pillow_jxl  # noqa: F401  registers JPEG XL with Pillow
from PIL import ExifTags, Image

from tests.papers import office, paper

pillow_heif.register_heif_opener()


def picture(width: int = 400, height: int = 300, mode: str = "RGB", shift: int = 0) -> Image.Image:
    """Red grows to the right, green grows downwards; `shift` is how blue it is. RGBA fades out to the right."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    flat = Image.new("L", (width, height), (128 + shift) % 256)
    if mode == "RGBA":
        return Image.merge("RGBA", (across, down, flat, across))
    return Image.merge("RGB", (across, down, flat)).convert(mode)


def jpeg(
    folder: Path,
    width: int = 400,
    height: int = 300,
    *,
    name: str = "picture.jpg",
    mode: str = "RGB",
    orientation: int | None = None,
    exif: Image.Exif | None = None,
    **how: Any,
) -> Path:
    """`exif` may be `camera()`; `orientation` is the EXIF number; `how` goes to Pillow (icc_profile, xmp, dpi …)."""
    exif = exif or (Image.Exif() if orientation else None)
    if exif is not None:
        exif[ExifTags.Base.Orientation] = orientation or 1
        how["exif"] = exif
    return _drawn(folder / name, picture(width, height, mode), "JPEG", **{"quality": 85, **how})


def png(folder: Path, width: int = 400, height: int = 300, *, alpha: bool = False, name: str = "picture.png") -> Path:
    return _drawn(folder / name, picture(width, height, "RGBA" if alpha else "RGB"), "PNG")


def gif(folder: Path, width: int = 80, height: int = 60, *, frames: int = 1, name: str = "picture.gif") -> Path:
    return _animated(folder / name, picture_row(width, height, frames), "GIF")


def webp(
    folder: Path,
    width: int = 200,
    height: int = 150,
    *,
    frames: int = 1,
    alpha: bool = False,
    name: str = "picture.webp",
) -> Path:
    return _animated(folder / name, picture_row(width, height, frames, "RGBA" if alpha else "RGB"), "WEBP")


def avif(folder: Path, width: int = 120, height: int = 90, *, name: str = "picture.avif") -> Path:
    return _drawn(folder / name, picture(width, height), "AVIF", speed=10)


def heic(folder: Path, width: int = 120, height: int = 90, *, name: str = "picture.heic") -> Path:
    return _drawn(folder / name, picture(width, height), "HEIF")


def jxl(folder: Path, width: int = 120, height: int = 90, *, name: str = "picture.jxl") -> Path:
    return _drawn(folder / name, picture(width, height), "JXL", effort=1)


def moving_jxl(folder: Path, width: int = 120, height: int = 90, *, name: str = "picture.jxl") -> Path:
    drawn = ("-f", "lavfi", "-i", f"testsrc=size={width}x{height}:rate=5:duration=0.6")
    return _written(folder / name, _encoded("jxl", (*drawn, "-c:v", "libjxl_anim", "-effort", "1", "-f", "image2pipe")))


def tiff(
    folder: Path, width: int = 120, height: int = 90, *, pages: int = 1, mode: str = "RGB", name: str = "picture.tiff"
) -> Path:
    first, *others = picture_row(width, height, pages, mode)
    return _drawn(folder / name, first, "TIFF", save_all=True, append_images=others)


def bmp(folder: Path, width: int = 120, height: int = 90, *, name: str = "picture.bmp") -> Path:
    return _drawn(folder / name, picture(width, height), "BMP")


def svg(folder: Path, width: int = 120, height: int = 90, *, body: str = "", name: str = "drawing.svg") -> Path:
    """A red disc on white; `body` is more SVG to put behind it."""
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'{body}<circle cx="{width / 2}" cy="{height / 2}" r="{min(width, height) / 3}" fill="#ff0000"/></svg>\n'
    )
    return _written(folder / name, text.encode())


def camera(latitude: float = 52.5374, longitude: float = 13.4034) -> Image.Exif:
    """What a camera notes in a photo."""
    exif = Image.Exif()
    base, gps = ExifTags.Base, ExifTags.GPS
    exif.update({base.Make: "Apple", base.Model: "iPhone 3GS", base.Software: "3.1.2", base.Artist: "Ada"})
    exif[base.ImageDescription] = "This tree is very old."
    exif.get_ifd(ExifTags.IFD.Exif).update(
        {
            base.ExposureTime: 1 / 30,
            base.FNumber: 5.6,
            base.ISOSpeedRatings: 800,
            base.DateTimeOriginal: "2010:06:30 22:16:06",
            base.ExposureBiasValue: 4 / 3,
            base.MeteringMode: 5,
            base.Flash: 16,
            base.FocalLength: 55.0,
            base.ExposureMode: 0,
            base.WhiteBalance: 1,
        }
    )
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            gps.GPSLatitudeRef: "S" if latitude < 0 else "N",
            gps.GPSLatitude: _sexagesimal(latitude),
            gps.GPSLongitudeRef: "W" if longitude < 0 else "E",
            gps.GPSLongitude: _sexagesimal(longitude),
        }
    )
    return exif


def pdf(folder: Path, *, pages: int = 1, text: str = "Hello World", name: str = "paper.pdf") -> Path:
    return _written(folder / name, paper(pages, text))


def docx(folder: Path, *, text: str = "Hello World", name: str = "letter.docx") -> Path:
    return _written(folder / name, _zipped(office("docx", text)))


def xlsx(folder: Path, *, text: str = "Hello World", name: str = "sheet.xlsx") -> Path:
    return _written(folder / name, _zipped(office("xlsx", text)))


def pptx(folder: Path, *, text: str = "Hello World", name: str = "slides.pptx") -> Path:
    return _written(folder / name, _zipped(office("pptx", text)))


def archive(folder: Path, members: Mapping[str, bytes] | None = None, *, name: str = "archive.zip") -> Path:
    """A zip of the members given, else of two small texts."""
    return _written(folder / name, _zipped(members or {"one.txt": b"one\n", "two/three.txt": b"three\n"}))


def seven(folder: Path, *, name: str = "archive.7z") -> Path:
    """An empty 7z archive."""
    start = bytes(20)
    return _written(folder / name, b"7z\xbc\xaf'\x1c\x00\x04" + zlib.crc32(start).to_bytes(4, "little") + start)


def txt(folder: Path, text: str = "Hello World\n", *, name: str = "note.txt") -> Path:
    return _written(folder / name, text.encode())


def csv(folder: Path, *, name: str = "table.csv") -> Path:
    return _written(folder / name, b"name,size\nAda,36\nAlan,41\n")


def srt(folder: Path, *, name: str = "subtitle.srt") -> Path:
    cues = (f"{n + 1}\n00:00:0{n},000 --> 00:00:0{n},900\nLine {n + 1}\n" for n in range(2))
    return _written(folder / name, "\n".join(cues).encode())


def vtt(folder: Path, *, name: str = "subtitle.vtt") -> Path:
    return _written(folder / name, b"WEBVTT\n\n00:00.000 --> 00:00.900\nLine 1\n\n00:01.000 --> 00:01.900\nLine 2\n")


VIDEO_CODECS = {
    "webm": ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"),
    "avi": ("-c:v", "mpeg4", "-c:a", "libmp3lame"),
}
AUDIO_CODECS = {
    "mp3": ("-c:a", "libmp3lame"),
    "ogg": ("-c:a", "libvorbis"),
    "opus": ("-c:a", "libopus"),
    "dts": ("-c:a", "dca", "-strict", "-2"),
}


def video(
    folder: Path,
    ending: str = "mp4",
    *,
    seconds: float = 2,
    width: int = 160,
    height: int = 120,
    fps: int = 10,
    audio: bool = True,
    rotation: int = 0,
    args: tuple[str, ...] = (),
    name: str = "",
) -> Path:
    """A test picture with a clock, and a tone; `ending` is mp4, mov, mkv, webm, avi or ts; `args` go to ffmpeg."""
    codecs = VIDEO_CODECS.get(ending, ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"))
    source = f"testsrc2=duration={seconds}:size={width}x{height}:rate={fps}"
    tone = ("-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}") if audio else ()
    made = _encoded(ending, ("-f", "lavfi", "-i", source, *tone, *codecs, *args))
    if rotation:
        made = _turned(made, ending, rotation)
    return _written(folder / (name or f"video.{ending}"), made)


def mp4(folder: Path, **how: Any) -> Path:
    return video(folder, "mp4", **how)


def sound(
    folder: Path,
    ending: str = "mp3",
    *,
    seconds: float = 2,
    frequency: int = 440,
    channels: int = 1,
    tags: Mapping[str, str] | None = None,
    name: str = "",
) -> Path:
    """A tone; `ending` is mp3, wav, flac, ogg, opus, m4a, aac or dts."""
    words = tuple(part for key, value in (tags or {}).items() for part in ("-metadata", f"{key}={value}"))
    source = f"sine=frequency={frequency}:duration={seconds}"
    settings = (*AUDIO_CODECS.get(ending, ()), "-ac", str(channels), *words)
    return _written(folder / (name or f"sound.{ending}"), _encoded(ending, ("-f", "lavfi", "-i", source, *settings)))


def mp3(folder: Path, **how: Any) -> Path:
    return sound(folder, "mp3", **how)


def picture_row(width: int, height: int, count: int, mode: str = "RGB") -> list[Image.Image]:
    """Pictures that differ in blue, as the frames of an animation."""
    return [picture(width, height, mode, shift=40 * number) for number in range(count)]


def _animated(path: Path, frames: list[Image.Image], form: str) -> Path:
    if len(frames) == 1:
        return _drawn(path, frames[0], form)
    return _drawn(path, frames[0], form, save_all=True, append_images=frames[1:], duration=100, loop=0)


def _drawn(path: Path, image: Image.Image, form: str, **how: Any) -> Path:
    image.save(path, form, **how)
    return path


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _zipped(members: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _sexagesimal(angle: float) -> tuple[float, float, float]:
    minutes, seconds = divmod(abs(angle) * 3600, 60)
    degrees, minutes = divmod(minutes, 60)
    return degrees, minutes, round(seconds, 4)


@cache
def _encoded(ending: str, args: tuple[str, ...]) -> bytes:
    """The bytes that ffmpeg makes; the same wish is encoded once in a test run."""
    with TemporaryDirectory() as folder:
        made = Path(folder, f"made.{ending}")
        program = imageio_ffmpeg.get_ffmpeg_exe()
        quiet = ("-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1")
        subprocess.run([program, *quiet, *args, "-bitexact", str(made)], check=True, timeout=60)
        return made.read_bytes()


def _turned(content: bytes, ending: str, rotation: int) -> bytes:
    """The same streams with a note that players must turn them clockwise."""
    with TemporaryDirectory() as folder:
        source = _written(Path(folder, f"source.{ending}"), content)
        return _encoded.__wrapped__(ending, ("-display_rotation", str(-rotation), "-i", str(source), "-c", "copy"))
