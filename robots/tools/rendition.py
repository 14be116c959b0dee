"""Rendition: one quality of a video, or one of its sounds, for players that choose while they play."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from robots.tools.footage import Footage

PICTURES, SOUNDS = {"h264", "hevc"}, {"aac", "mp3", "ac3", "eac3"}
PROFILES = {
    **{"Constrained Baseline": "42E0", "Baseline": "4200", "Main": "4D40", "High": "6400"},
    **{"High 10": "6E00", "High 4:2:2": "7A00"},
}
WORDS = {"aac": "mp4a.40.2", "mp3": "mp4a.40.34", "ac3": "ac-3", "eac3": "ec-3"}
UNHEARD = 1.0  # seconds of sound that may be lost without a word
LANGUAGE, UNKNOWN = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"), "und"
Packed = list[tuple[Path, dict[str, Any]]]  # what was written, with what is told of it


@dataclass(frozen=True, slots=True)
class Rendition:
    """`name` is that of its folder, once it is settled; before that of its file."""

    source: Path
    footage: Footage
    name: str
    title: str = ""

    @property
    def resolution(self) -> str | None:
        return f"{self.footage.size.width}x{self.footage.size.height}" if self.footage.video else None

    @property
    def language(self) -> str | None:
        return spoken(self.footage.audio[0]) if self.footage.audio else None

    def codecs(self, *, sound: bool = True) -> str | None:
        """As RFC 6381 writes them, None if one of them cannot be told."""
        found = [_picture(self.footage)] if self.footage.video else []
        found += [WORDS.get(str(self.footage.audio[0].get("codec_name")))] if sound and self.footage.audio else []
        return ",".join(map(str, found)) if found and None not in found else None


def spoken(stream: Mapping[str, Any]) -> str | None:
    """The language of a stream; a file may tell anything there, and it stands in playlists as it is."""
    told = str((stream.get("tags") or {}).get("language", UNKNOWN))
    return told if told != UNKNOWN and LANGUAGE.fullmatch(told) else None


def streamable(footage: Footage) -> bool:
    """Whether players take the codecs as they are."""
    pictures = {footage.video.get("codec_name")} if footage.video else set()
    sounds = {track.get("codec_name") for track in footage.audio[:1]}
    return pictures <= PICTURES and sounds <= SOUNDS


def hindrance(footage: Footage) -> str | None:
    """Why a file cannot be cut into segments as it is."""
    if not streamable(footage):
        return "players of streams do not take its codecs"
    return "segments do not tell how its picture is turned" if footage.video and footage.rotation else None


def lost(renditions: Sequence[Rendition]) -> Iterator[str]:
    """What has no place in segments."""
    if any(each.footage.subtitles for each in renditions):
        yield "Subtitle tracks were left out: segments hold picture and sound."
    if any(len(each.footage.audio) > 1 for each in renditions):
        yield "Only the first audio track of each file was kept; others may come as files of sound."
    if any(_unheard(each.footage) > UNHEARD for each in renditions):
        yield "The picture ends before the sound, and the stream with it; /video/merge makes both equally long."


def _unheard(footage: Footage) -> float:
    """For how many seconds there is sound after the end of the picture."""
    ends = footage.picture_duration if footage.video and footage.audio else None
    return (footage.duration or 0.0) - ends if ends else 0.0


def named(renditions: Sequence[Rendition]) -> list[Rendition]:
    """Folders after the heights of pictures; a number follows where there are several of one height."""
    return list(_named(renditions))


def _named(renditions: Sequence[Rendition]) -> Iterator[Rendition]:
    seen: Counter[str] = Counter()
    for each in renditions:
        name = f"{each.footage.size.height}p" if each.footage.video else "audio"
        seen[name] += 1
        yield replace(each, name=f"{name}_{seen[name]}" if seen[name] > 1 else name, title=each.name)


def _picture(footage: Footage) -> str | None:
    stream = footage.picture
    profile, level = PROFILES.get(str(stream.get("profile"))), int(stream.get("level") or 0)
    if stream.get("codec_name") == "h264" and profile and level > 0:
        return f"avc1.{profile}{level:02X}"
    if stream.get("codec_name") == "hevc" and stream.get("profile") in {"Main", "Main 10"} and level > 0:
        kind, compatible = (1, 6) if stream.get("profile") == "Main" else (2, 4)
        return f"hvc1.{kind}.{compatible}.L{level}.B0"
    return None
