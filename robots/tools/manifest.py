"""Manifest: renditions in fragments of MP4, with a manifest for DASH and perhaps playlists for HLS."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from robots.base.errors import BadInput
from robots.base.file import Meta
from robots.base.workspace import Workspace
from robots.tools.ffmpeg import Ffmpeg, Input
from robots.tools.footage import Footage
from robots.tools.leavings import text_of
from robots.tools.rendition import UNKNOWN, Packed, Rendition, spoken

LONGEST = 2147  # seconds of a segment that ffmpeg can count to
NEAR = 0.01  # sides are whole and even, so that 854x480 has the shape of 1280x720
CHUNK = re.compile(r"chunk-stream(\d+)-(\d+)\.m4s")
LIST = re.compile(r"media_(\d+)\.m3u8")
# What ffmpeg writes of one representation, and of segments that follow one another.
REPRESENTATION = re.compile(r'<Representation id="(\d+)"([^>]*)>(.*?)</Representation>', re.DOTALL)
WORD = re.compile(r'(\w+)="([^"]*)"')
STRETCH = re.compile(r'<S (?:t="(\d+)" )?d="(\d+)"(?: r="(\d+)")? />')


@dataclass(frozen=True, slots=True)
class Manifest:
    """`hls` is the name of the main playlist of HLS, None where there shall be none."""

    main: str
    hls: str | None
    seconds: int

    async def write(self, renditions: Sequence[Rendition], folder: Path, workspace: Workspace) -> Packed:
        pictures = [each.footage for each in renditions if each.footage.video]
        shapes = _shapes(pictures)
        if len(shapes) > 1:
            workspace.warn(
                "The videos have different shapes, between which players of DASH do not switch by themselves."
            )
        maps, sets = _mapped(renditions, shapes)
        told = [*maps, *_shaped(shapes, pictures), "-c", "copy", *_unpacked(pictures), "-f", "dash"]
        told += ["-seg_duration", str(min(self.seconds, LONGEST)), "-dash_segment_type", "mp4"]
        told += ["-use_template", "1", "-use_timeline", "1", "-adaptation_sets", sets]
        told += ["-hls_playlist", "1", "-hls_master_name", self.hls] if self.hls else []
        lengths = [each.footage.duration or 0 for each in renditions]
        await workspace.tool(Ffmpeg).encode(
            told,
            inputs=[Input(each.source) for each in renditions],
            output=folder / self.main,
            workspace=workspace,
            seconds=max(lengths) or None,
            share=(0.5, 1.0),
        )
        paths = sorted(path for path in folder.iterdir() if path.name != self.main)
        if not any(CHUNK.fullmatch(path.name) for path in paths):
            raise BadInput("There is nothing in these files that could be cut into segments.")
        main = folder / self.main
        found = {number: Told(words, inside) for number, words, inside in REPRESENTATION.findall(text_of(main))}
        return [*((path, _told(path, found)) for path in paths), (main, {})]


class Told:
    """What a manifest tells of one representation: its words, and when its segments start and end."""

    def __init__(self, words: str, inside: str) -> None:
        self.words = dict(WORD.findall(words))
        scale, now = int(dict(WORD.findall(inside)).get("timescale", 1)), 0
        self.spans: list[tuple[float, float]] = []
        for start, length, again in STRETCH.findall(inside):
            now = int(start or now)
            for _ in range(int(again or 0) + 1):
                self.spans.append((now / scale, (now + int(length)) / scale))
                now += int(length)

    def segment(self, index: int) -> Meta:
        if index >= len(self.spans):
            return {"segment_index": index}
        start, end = self.spans[index]
        return {"segment_index": index, "starts_at": f"{start:.6f}", "ends_at": f"{end:.6f}"}

    @property
    def playlist(self) -> Meta:
        told: Meta = {"bandwidth": int(self.words["bandwidth"])} if "bandwidth" in self.words else {}
        if {"width", "height"} <= self.words.keys():
            told["resolution"] = f"{self.words['width']}x{self.words['height']}"
        return told | ({"codecs": self.words["codecs"]} if "codecs" in self.words else {})


def _shapes(pictures: Sequence[Footage]) -> dict[Fraction, list[int]]:
    """The numbers of the pictures by their shape, which the widest of each tells."""
    shapes: dict[Fraction, list[int]] = {}
    for number, each in sorted(enumerate(pictures), key=lambda item: -item[1].stored.width):
        own = _shape(each)
        shapes.setdefault(next((shape for shape in shapes if abs(own / shape - 1) < NEAR), own), []).append(number)
    return shapes


def _shape(picture: Footage) -> Fraction:
    width, height = (int(picture.picture.get(side) or 1) for side in ("width", "height"))
    return Fraction(picture.pixel_aspect * width / height).limit_denominator(10**6) or Fraction(1)


def _shaped(shapes: Mapping[Fraction, Sequence[int]], pictures: Sequence[Footage]) -> list[str]:
    """ffmpeg puts into one set only what has exactly one shape."""
    near = [(shape, all_of) for shape, all_of in shapes.items() if any(_shape(pictures[n]) != shape for n in all_of)]
    told = [(f"-aspect:v:{n}", f"{shape.numerator}:{shape.denominator}") for shape, all_of in near for n in all_of]
    return [part for pair in told for part in pair]


def _unpacked(pictures: Sequence[Footage]) -> list[str]:
    """ffmpeg tells the codec of HEVC only where its frames come as in a broadcast."""
    found = (n for n, each in enumerate(pictures) if each.picture.get("codec_name") == "hevc")
    return [part for n in found for part in (f"-tag:v:{n}", "hvc1", f"-bsf:v:{n}", "hevc_mp4toannexb")]


def _mapped(renditions: Sequence[Rendition], shapes: Mapping[Fraction, list[int]]) -> tuple[list[str], str]:
    """The streams, and the sets among which players switch: pictures of one shape, and the sounds of each language.

    Every video brings its own copy of one sound, so that it is taken once, unless there are files of sound alone.
    """
    videos = [(n, each) for n, each in enumerate(renditions) if each.footage.video]
    sounds = [(n, each) for n, each in enumerate(renditions) if not each.footage.video]
    sounds = sounds or [(n, each) for n, each in videos if each.footage.audio][-1:]
    maps = [f"{n}:{each.footage.picture['index']}" for n, each in videos]
    languages = [spoken(each.footage.picture) for _, each in videos]
    groups: dict[str, list[int]] = {}
    for n, each in sounds:
        groups.setdefault(each.language or UNKNOWN, []).append(len(maps))
        maps.append(f"{n}:{each.footage.audio[0]['index']}")
        languages.append(each.language)
    together = [*map(sorted, shapes.values()), *groups.values()]
    sets = (f"id={number},streams={','.join(map(str, streams))}" for number, streams in enumerate(together))
    told = [part for name in maps for part in ("-map", name)]
    for number, language in enumerate(languages):  # else ffmpeg copies what the files say, and escapes nothing
        told += [f"-metadata:s:{number}", f"language={language or UNKNOWN}", f"-metadata:s:{number}", "role="]
    return told, " ".join(sets)


def _told(path: Path, found: Mapping[str, Told]) -> Meta:
    chunk, playlist = CHUNK.fullmatch(path.name), LIST.fullmatch(path.name)
    if chunk and chunk[1] in found:
        return found[chunk[1]].segment(int(chunk[2]) - 1)
    return found[playlist[1]].playlist if playlist and playlist[1] in found else {}
