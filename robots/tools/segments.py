"""Cuts a video into MPEG-TS pieces, with the playlist that joins them."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from math import ceil
from pathlib import Path
from uuid import uuid4

from robots.base.errors import BadParams
from robots.tools.leavings import text_of

# What MPEG-TS holds in a way that players of HLS know.
VIDEO = {"libx264", "libx265", "copy", None}
AUDIO = {"aac", "libmp3lame", "ac3", "eac3", "copy", None}
LIST = "pieces.csv"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece, with the seconds between which it plays."""

    path: Path
    name: str
    starts_at: float
    ends_at: float


@dataclass(frozen=True, slots=True)
class Segments:
    """How pieces are cut and named; `name` may hold ${segment_prefix}, ${segment_number} and ${segment_id}."""

    duration: int = 10
    prefix: str = ""
    name: str = ""
    delta: float | None = None

    def arguments(self, folder: Path) -> list[str]:
        """For ffmpeg's segment muxer; the last one is the output."""
        line = ["-f", "segment", "-segment_format", "mpegts", "-segment_time", str(self.duration)]
        line += ["-segment_list", str(folder / LIST), "-segment_list_type", "csv"]
        if self.delta is not None:
            line += ["-segment_time_delta", f"{self.delta:g}"]
        return [*line, f"file:{folder}/%06d.ts"]

    def pieces(self, folder: Path) -> list[Piece]:
        """What was written, under the names that users see."""
        lines = csv.reader(StringIO(text_of(folder / LIST), newline=""))
        rows = [(folder / Path(name).name, float(start), float(end)) for name, start, end in lines]
        # Where frames are reordered, the last one to be written is not the last one to be seen.
        ends = [*(start for _, start, _ in rows[1:]), *(end for _, _, end in rows[-1:])]
        names = [self._name(number) for number in range(len(rows))]
        if len(set(names)) < len(names):
            raise BadParams("segment_name: must hold ${segment_number} or ${segment_id}, so that names differ")
        told = zip(names, rows, ends, strict=True)
        return [Piece(path, name, start, end) for name, (path, start, _), end in told]

    def _name(self, number: int) -> str:
        name = self.name or "${segment_prefix}${segment_number}.ts"
        for key, value in (
            ("segment_prefix", self.prefix),
            ("segment_number", str(number)),
            ("segment_id", uuid4().hex),
        ):
            name = name.replace(f"${{{key}}}", value)
        # The playlist names the pieces, so their names must not change on the way into a URL.
        return re.sub(r"[^\w.-]", "_", re.sub(r"\s", "-", name), flags=re.ASCII)


def playlist(pieces: Sequence[Piece]) -> str:
    longest = max(ceil(piece.ends_at - piece.starts_at) for piece in pieces)
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", f"#EXT-X-TARGETDURATION:{longest}", "#EXT-X-MEDIA-SEQUENCE:0"]
    lines.append("#EXT-X-PLAYLIST-TYPE:VOD")
    for piece in pieces:
        lines += [f"#EXTINF:{piece.ends_at - piece.starts_at:.6f},", piece.name]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])
