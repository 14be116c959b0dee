"""Screen: looks at videos that tests made, by ffprobe and by their pixels."""

import io
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from robots.base.file import File
from robots.tools.ffprobe import Ffprobe
from robots.tools.footage import Footage
from robots.tools.programs import Programs
from tests.robots.workspace import file_at

PROGRAMS = Programs()
PROBE = Ffprobe(PROGRAMS)
RED = (255, 0, 0)


def video_at(path: Path, **known: Any) -> File:
    """An uploaded video."""
    return file_at(path, type="video", mime="video/mp4", **known)


def written(path: Path, *arguments: str) -> File:
    """A video that ffmpeg makes of these arguments."""
    path.write_bytes(_encoded(path.suffix, arguments))
    return video_at(path)


def plain(folder: Path, color: str, seconds: float, name: str = "plain.mp4", *, size: str = "160x120") -> File:
    """One colour at 10 frames a second, with a tone."""
    picture = f"color={color}:size={size}:rate=10:duration={seconds},format=yuv420p"
    tone = ("-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}")
    return written(folder / name, "-f", "lavfi", "-i", picture, *tone, "-preset", "ultrafast")


def hd(folder: Path, color: tuple[int, int, int]) -> File:
    """One colour, written as HD video writes it."""
    written_so = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,setparams=colorspace=bt709:range=tv"
    drawn = f"color=0x{bytes(color).hex()}:size=64x48:rate=10:duration=1,{written_so}"
    return written(folder / "hd.mp4", "-f", "lavfi", "-i", drawn, "-preset", "ultrafast")


@cache
def _encoded(suffix: str, arguments: tuple[str, ...]) -> bytes:
    """The same wish is encoded once in a test run."""
    with TemporaryDirectory() as folder:
        made = Path(folder, f"made{suffix}")
        line = [str(PROGRAMS.need("ffmpeg")), "-nostdin", "-loglevel", "error", "-threads", "1", *arguments, str(made)]
        subprocess.run(line, check=True, timeout=60)
        return made.read_bytes()


async def footage(file: File) -> Footage:
    return Footage.of(await PROBE.show(file.bytes))


def picture(file: File, at: float = 0) -> Image.Image:
    """The frame at some second."""
    line = [str(PROGRAMS.need("ffmpeg")), "-loglevel", "error", *(["-ss", str(at)] if at else []), "-i", str(file.path)]
    line += ["-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "-"]
    return Image.open(io.BytesIO(subprocess.run(line, capture_output=True, check=True).stdout)).convert("RGB")


def pixel(file: File, x: int, y: int, at: float = 0) -> tuple[int, int, int]:
    """The colour at one place of the frame at some second."""
    frame = picture(file, at)
    red, green, blue = frame.tobytes()[3 * (y * frame.width + x) :][:3]
    return red, green, blue


def like(found: tuple[int, int, int], wanted: tuple[int, int, int]) -> bool:
    """Whether two colours are the same but for what encoding does to them."""
    return all(abs(one - other) < 40 for one, other in zip(found, wanted, strict=True))
