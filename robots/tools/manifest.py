"""Manifest: renditions in fragments of MP4, with a manifest for DASH and perhaps playlists for HLS."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from robots.base.errors import BadInput
from robots.base.workspace import Workspace
from robots.tools.ffmpeg import Ffmpeg, Input
from robots.tools.rendition import Packed, Rendition

CHUNK = re.compile(r"chunk-.*-(\d+)\.m4s")


@dataclass(frozen=True, slots=True)
class Manifest:
    """`hls` is the name of the main playlist of HLS, None where there shall be none."""

    main: str
    hls: str | None
    seconds: int

    async def write(self, renditions: Sequence[Rendition], folder: Path, workspace: Workspace) -> Packed:
        maps, sets = _mapped(renditions)
        told = [*maps, "-c", "copy", "-f", "dash", "-seg_duration", str(self.seconds), "-dash_segment_type", "mp4"]
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
        return [*((path, _told(path)) for path in paths), (folder / self.main, {})]


def _mapped(renditions: Sequence[Rendition]) -> tuple[list[str], str]:
    """The streams, and the sets among which players switch: all pictures, and the sounds of each language.

    Every video brings its own copy of one sound, so that it is taken once, unless there are files of sound alone.
    """
    videos = [(n, each) for n, each in enumerate(renditions) if each.footage.video]
    sounds = [(n, each) for n, each in enumerate(renditions) if not each.footage.video]
    sounds = sounds or [(n, each) for n, each in videos if each.footage.audio][-1:]
    maps = [f"{n}:{each.footage.picture['index']}" for n, each in videos]
    groups: dict[str, list[int]] = {"": list(range(len(maps)))} if maps else {}
    for n, each in sounds:
        groups.setdefault(each.language or "und", []).append(len(maps))
        maps.append(f"{n}:{each.footage.audio[0]['index']}")
    sets = (f"id={number},streams={','.join(map(str, streams))}" for number, streams in enumerate(groups.values()))
    return [part for name in maps for part in ("-map", name)], " ".join(sets)


def _told(path: Path) -> dict[str, int]:
    found = CHUNK.fullmatch(path.name)
    return {"segment_index": int(found[1]) - 1} if found else {}
