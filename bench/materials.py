"""The files on which robots are measured, made by formula."""

from __future__ import annotations

import asyncio
import random
import sys
import zipfile
from collections.abc import Callable, Collection
from pathlib import Path

from bench.overhead import PICTURE, run
from robots.tools.programs import Programs
from tests import samples
from tests.robots.file.test_virusscan import EICAR

GRAPHIC = """
import pyvips, sys
plain = pyvips.Image.sines(1600, 1200, hfreq=2, vfreq=1) * 60 + 128
lines = pyvips.Image.text("Sluice " * 400, width=1500, dpi=150).embed(50, 50, 1600, 1200)
(plain.bandjoin([plain * 0.8, lines])).cast("uchar").copy(interpretation="srgb").pngsave(sys.argv[1], compression=3)
"""
PAGE = "<!doctype html><meta charset=utf-8><h1>A page</h1>" + "<p>with some words on it</p>" * 40
LAVFI = ("-y", "-loglevel", "error", "-f", "lavfi", "-i")


def clip(seconds: int) -> tuple[str, ...]:
    picture = (*LAVFI, f"testsrc2=size=1280x720:rate=25:duration={seconds}", "-f", "lavfi", "-i", "sine")
    return (*picture, "-t", str(seconds), "-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-c:a", "aac")


def noise(seconds: int) -> tuple[str, ...]:
    return (*LAVFI, f"anoisesrc=duration={seconds}:color=pink:seed=1", "-ac", "2")


BY_FFMPEG = {
    "clip.mp4": clip(30),
    "short.mp4": clip(10),
    "still.png": (*LAVFI, "testsrc2=size=1280x720", "-frames:v", "1", "-update", "1"),
    "sound.wav": noise(120),
    "sound.mp3": (*noise(120), "-c:a", "libmp3lame", "-b:a", "192k"),
    "short.wav": noise(30),
}
BY_VIPS = {"12mp.jpg": PICTURE, "graphic.png": GRAPHIC}


def words(path: Path) -> None:
    """Four million letters of text, which has an end of repeating itself."""
    seeded = random.Random(1)
    known = ["".join(seeded.choices("abcdefghijklmnopqrstuvwxyz", k=seeded.randint(2, 9))) for _ in range(5000)]
    path.write_text(" ".join(seeded.choices(known, k=600_000)), "utf-8")


def archive(path: Path) -> None:
    words(path)
    text = path.read_text("utf-8")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(20):
            file.writestr(f"{number}.txt", text[number * 200_000 :][:200_000])


BY_HAND: dict[str, Callable[[Path], object]] = {
    "words.txt": words,
    "words.zip": archive,
    "words.srt": lambda path: samples.srt(path.parent, name=path.name),
    "letter.docx": lambda path: samples.docx(path.parent, text="A letter. " * 500, name=path.name),
    "paper.pdf": lambda path: samples.pdf(path.parent, pages=10, name=path.name),
    "page.html": lambda path: path.write_text(PAGE, "utf-8"),
    "test.ndb": lambda path: path.write_bytes(b"Eicar-Test:0:*:" + EICAR.hex().encode() + b"\n"),
}


async def make(folder: Path, names: Collection[str]) -> None:
    for name in names:
        if name in BY_FFMPEG:
            await run(Programs().need("ffmpeg"), *BY_FFMPEG[name], folder / name)
        elif name in BY_VIPS:
            await run(sys.executable, "-c", BY_VIPS[name], folder / name)
        else:
            await asyncio.to_thread(BY_HAND[name], folder / name)
