"""Good files that were cut off or hit by flipped bits; the good ones come from the samples of the other tests."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import samples
from tests.badfiles.bad import Bad, Kind, fixed

KINDS = {
    "cut": Kind(72, "A file that ends early."),
    "flipped": Kind(72, "A file some of whose bits are wrong."),
}
GOODS: dict[str, Callable[[Path], Path]] = {
    **{
        ending: partial(samples.video, ending=ending, seconds=1)
        for ending in ("mp4", "mov", "mkv", "webm", "avi", "ts")
    },
    **{ending: partial(samples.sound, ending=ending, seconds=1) for ending in ("mp3", "wav", "flac", "ogg", "m4a")},
    "gif": partial(samples.gif, frames=3),
    "jpg": samples.jpeg,
    "png": samples.png,
    "webp": samples.webp,
    "avif": samples.avif,
    "tiff": samples.tiff,
    "heic": samples.heic,
    "jxl": samples.jxl,
    "bmp": samples.bmp,
    "pdf": samples.pdf,
    "svg": samples.svg,
    "docx": samples.docx,
}
FLIPS_PER_BYTE = 1 / 500


@cache
def good(ending: str) -> bytes:
    with TemporaryDirectory() as folder:
        return GOODS[ending](Path(folder)).read_bytes()


def cut(ending: str, share: float) -> bytes:
    whole = good(ending)
    return whole[: int(len(whole) * share)]


def flipped(ending: str, seed: int, spared: int = 64) -> bytes:
    """Some bits after the first bytes, by which a file is known, are turned round."""
    content, chance = bytearray(good(ending)), random.Random(f"{ending} {seed}")
    for _ in range(max(1, int(len(content) * FLIPS_PER_BYTE))):
        content[chance.randrange(min(spared, len(content) - 1), len(content))] ^= 1 << chance.randrange(8)
    return bytes(content)


def mutated(ending: str, seed: int) -> bytes:
    """A good file after a few blows of chance: bits, bytes, blocks doubled, lost or filled."""
    content, chance = bytearray(good(ending)), random.Random(f"fuzz {ending} {seed}")
    for _ in range(chance.randint(1, 8)):
        at, length = chance.randrange(len(content)), chance.randint(1, 32)
        blow = chance.randrange(5)
        if blow == 0:
            content[at] ^= 1 << chance.randrange(8)
        elif blow == 1:
            content[at : at + length] = chance.randbytes(length)
        elif blow == 2:
            content[at : at + length] = bytes([chance.choice((0, 0x7F, 0x80, 0xFF))]) * length
        elif blow == 3:
            content[at:at] = content[at : at + length]
        else:
            del content[at : at + length]
        content = content or bytearray(1)
    return bytes(content)


FILES: tuple[Bad, ...] = (
    *(fixed(f"trunc-10.{ending}", "cut", partial(cut, ending, 0.1)) for ending in GOODS),
    *(fixed(f"trunc-60.{ending}", "cut", partial(cut, ending, 0.6)) for ending in GOODS),
    *(fixed(f"bitflip.{ending}", "flipped", partial(flipped, ending, 1)) for ending in GOODS),
)
