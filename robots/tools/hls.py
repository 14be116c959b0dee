"""Hls: renditions in segments of MPEG-TS or MP4, each with its playlist, and the main playlist over them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from robots.base.errors import BadInput
from robots.base.workspace import Workspace
from robots.tools.ffmpeg import Ffmpeg
from robots.tools.leavings import text_of
from robots.tools.rendition import Packed, Rendition

LIST = "playlist.m3u8"
BEGINNING = "init.mp4"
# Apple's players take HEVC from fragments of MP4 only, and older ones take everything else from MPEG-TS only.
FRAGMENTS = ("-tag:v", "hvc1", "-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", BEGINNING)
LENGTH = re.compile(r"#EXTINF:([\d.]+)")


@dataclass(frozen=True, slots=True)
class Hls:
    """`grouped` makes sounds choices beside every video, instead of variants of their own."""

    renditions: Sequence[Rendition]
    main: str
    seconds: int
    captions: bool
    grouped: bool

    async def write(self, folder: Path, workspace: Workspace) -> Packed:
        packed: Packed = []
        lines = ["#EXTM3U", "#EXT-X-VERSION:4", "#EXT-X-INDEPENDENT-SEGMENTS"]
        ordered = sorted(self.renditions, key=lambda each: each.footage.video is not None) if self.grouped else None
        parts = ordered or self.renditions
        for number, each in enumerate(parts):
            share = (number / len(parts), (number + 1) / len(parts))
            pieces = await self._cut(each, folder / each.name, workspace, (0.5 + share[0] / 2, 0.5 + share[1] / 2))
            told = self._told(each, pieces)
            beginning = folder / each.name / BEGINNING
            packed += [*([(beginning, {})] if beginning.exists() else []), *pieces, (folder / each.name / LIST, told)]
            first = not any("TYPE=AUDIO" in line for line in lines)
            lines += self._choice(each, first=first) if self._apart(each) else self._variant(each, told)
        main = folder / self.main
        main.write_text("\n".join([*lines, ""]))
        return [*packed, (main, {})]

    async def _cut(self, each: Rendition, folder: Path, workspace: Workspace, share: tuple[float, float]) -> Packed:
        folder.mkdir()
        footage = each.footage
        told = ["-map", f"0:{footage.picture['index']}"] if footage.video else []
        told += ["-map", f"0:{footage.audio[0]['index']}"] if footage.audio and not self._silent(each) else []
        told += ["-c", "copy", "-f", "hls", "-hls_time", str(self.seconds), "-hls_playlist_type", "vod"]
        fragments = footage.video is not None and footage.video.get("codec_name") == "hevc"
        ext = "m4s" if fragments else "ts"
        told += [*(FRAGMENTS if fragments else ()), "-hls_list_size", "0"]
        told += ["-hls_segment_filename", f"file:{folder}/segment_%05d.{ext}"]
        await workspace.tool(Ffmpeg).encode(
            told,
            inputs=[each.source],
            output=folder / LIST,
            workspace=workspace,
            seconds=footage.duration,
            share=share,
        )
        lengths = [float(length) for length in LENGTH.findall(text_of(folder / LIST))]
        paths = sorted(folder.glob(f"*.{ext}"))
        if not paths or len(paths) != len(lengths):
            raise BadInput("There is nothing in this file that could be cut into segments.")
        starts = list(accumulate(lengths, initial=0.0))
        return [
            (path, {"segment_index": n, "starts_at": f"{starts[n]:.6f}", "ends_at": f"{starts[n + 1]:.6f}"})
            for n, path in enumerate(paths)
        ]

    def _silent(self, each: Rendition) -> bool:
        return self.grouped and each.footage.video is not None

    def _apart(self, each: Rendition) -> bool:
        return self.grouped and each.footage.video is None

    def _told(self, each: Rendition, pieces: Packed) -> dict[str, Any]:
        lengths = [float(told["ends_at"]) - float(told["starts_at"]) for _, told in pieces]
        rates = [path.stat().st_size * 8 / max(0.1, long) for (path, _), long in zip(pieces, lengths, strict=True)]
        codecs = each.codecs(sound=not self._silent(each))
        told = {"bandwidth": round(max(rates)), "resolution": each.resolution, "codecs": codecs}
        told |= {"closed_captions": self.captions} if each.footage.video else {}
        return {key: value for key, value in told.items() if value is not None}

    def _variant(self, each: Rendition, told: dict[str, Any]) -> list[str]:
        words, codecs = [f"BANDWIDTH={told['bandwidth']}"], told.get("codecs")
        if self._silent(each) and codecs:
            others = (one.codecs() for one in self.renditions if self._apart(one))
            codecs = ",".join(dict.fromkeys([codecs, *filter(None, others)]))
        words += [f'CODECS="{codecs}"'] if codecs else []
        words += [f"RESOLUTION={each.resolution}"] if each.resolution else []
        words += [f"FRAME-RATE={each.footage.rate:.3f}"] if each.footage.video and each.footage.rate else []
        words += ['AUDIO="audio"'] if self._silent(each) else []
        words += ["CLOSED-CAPTIONS=NONE"] if each.footage.video and not self.captions else []
        return [f"#EXT-X-STREAM-INF:{','.join(words)}", f"{each.name}/{LIST}"]

    def _choice(self, each: Rendition, *, first: bool) -> list[str]:
        title = re.sub(r'["\r\n]', "'", each.title)
        words = ["TYPE=AUDIO", 'GROUP-ID="audio"', f'NAME="{title} ({each.name})"', "AUTOSELECT=YES"]
        words += [f'LANGUAGE="{each.language}"'] if each.language else []
        return [f'#EXT-X-MEDIA:{",".join(words)},DEFAULT={"YES" if first else "NO"},URI="{each.name}/{LIST}"']


def pieces_of(packed: Packed) -> list[list[tuple[Path, float]]]:
    """The segments of each rendition, with their seconds."""
    cut: dict[Path, list[tuple[Path, float]]] = defaultdict(list)
    for path, told in packed:
        if path.suffix == ".ts":
            cut[path.parent].append((path, float(told["ends_at"]) - float(told["starts_at"])))
    return list(cut.values())
