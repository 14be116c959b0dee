"""The contests of robots: what each is asked for, on which files, and who does the same without Sluice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench import tools
from bench.overhead import RESIZE
from bench.rivals import Peer, Rival, by_process, by_sharp, nobody, sharp

H264 = {"preset": "empty", "ffmpeg": tools.SETTINGS}
SOUND = {"preset": "empty", "ffmpeg": {"c:a": "libmp3lame", "b:a": "192k", "f": "mp3"}}
UNFADED = {"video_fade_seconds": 0, "audio_fade_seconds": 0}
WAVEFORM = {"made": {"robot": "/audio/waveform", "use": ":original", "width": 800, "height": 200}}
SIGNATURES = {"virus_signatures": f"{{folder}}/{tools.SIGNATURE}"}
SUBTITLES = {
    **{
        role: {"robot": "/file/filter", "use": ":original", "accepts": [["${file.ext}", "=", ext]]}
        for role, ext in (("video", "mp4"), ("subtitles", "srt"))
    },
    "made": {
        "robot": "/video/subtitle",
        "use": {"steps": [{"name": role, "as": role} for role in ("video", "subtitles")], "bundle_steps": True},
        **{"subtitles_type": "burned", **H264},
    },
}


@dataclass(frozen=True, slots=True)
class Contest:
    """So many times the same files through the steps of an Assembly, and through what it is compared with.

    The files of one time go into a run of their own, or are `bundled` with those of all times into one; `made` is how
    many results a run has, None where nobody counts. `runs` of the last step take the same uploads each.
    The robot of one that is `isolated` runs in bubblewrap only. A `peer` is a server that does the work of the other.
    `settings` of ours may name the `{folder}` in which the files lie, and what else lies `beside` them.
    """

    name: str
    steps: Mapping[str, object]
    sources: tuple[str, ...]
    count: int
    rival: Rival
    made: int | None = 1
    bundled: bool = False
    runs: int = 1
    isolated: bool = False
    peer: Peer = nobody
    settings: Mapping[str, str] = field(default_factory=dict)
    beside: tuple[str, ...] = ()

    @property
    def needs(self) -> tuple[str, ...]:
        """The files that have to be there."""
        return self.sources + self.beside

    def of(self, times: int | None) -> Contest:
        """The same with as many files, or as many runs; what works on different ones takes them once."""
        if not times or len(self.sources) > 1:
            return self
        return replace(self, runs=times) if self.runs > 1 else replace(self, count=times)

    def alone(self, runs: int) -> Contest:
        """The robot without what its uploads cost, for as many runs share them."""
        return replace(self, name=f"{self.name} alone", count=self.count if self.bundled else 1, runs=runs)

    @property
    def asked(self) -> dict[str, object]:
        """The steps with the last one as often as it runs."""
        *others, (name, last) = self.steps.items()
        return {**dict(others), **{f"{name}{number or ''}": last for number in range(self.runs)}}

    def uploads(self, folder: Path) -> list[Path]:
        return [folder / name for name in self.sources] * self.count

    def batches(self, folder: Path) -> list[list[Path]]:
        """The files of each run."""
        uploads = self.uploads(folder)
        return [uploads] * self.runs if self.bundled else [[path] for path in uploads] * self.runs

    def right(self, results: int) -> bool:
        return self.made is None or results == self.made * (1 if self.bundled else self.count) * self.runs


def each(robot: str, **params: object) -> dict[str, object]:
    """A step over the uploads, one by one."""
    return {"made": {"robot": robot, "use": ":original", **params}}


def together(robot: str, **params: object) -> dict[str, object]:
    """A step over all of them at once."""
    return each(robot, **{**params, "use": {"steps": [":original"], "bundle_steps": True}})


ADAPTIVE = each("/video/adaptive", technique="hls", segment_duration=6)
WAVEFORMS = Contest("/audio/waveform", WAVEFORM, ("sound.wav",), 6, by_process(tools.ffmpeg("made.png", *tools.WAVES)))
MIX = Contest(
    "/audio/merge",
    together("/audio/merge", **SOUND),
    ("sound.wav",),
    4,
    by_process(tools.heard("amix=inputs={}")),
    bundled=True,
)
STILLS = Contest("/video/thumbs", each("/video/thumbs", count=4), ("clip.mp4",), 10, by_process(tools.stills), made=4)
JOIN_SOUNDS = Contest(
    "/audio/concat",
    together("/audio/concat", **SOUND, audio_fade_seconds=0),
    ("sound.wav",),
    4,
    by_process(tools.heard("concat=n={}:v=0:a=1")),
    bundled=True,
)
CUT = Contest(
    "/video/adaptive",
    ADAPTIVE,
    ("clip.mp4",),
    4,
    by_process(tools.ffmpeg("list.m3u8", "-c", "copy", *tools.HLS)),
    made=None,
)
GLIMPSE = Contest("/file/preview", each("/file/preview", optimize=False), ("clip.mp4",), 10, by_process(tools.glimpse))
HASH = Contest("/file/hash", each("/file/hash"), ("sound.wav",), 8, by_process(tools.hashed))
SCAN = Contest(
    "/file/virusscan",
    each("/file/virusscan"),
    ("words.zip",),
    4,
    by_process(tools.scanned),
    settings=SIGNATURES,
    beside=(tools.SIGNATURE,),
)


def of_mp3(contest: Contest) -> Contest:
    return replace(contest, name=f"{contest.name} of mp3", sources=("sound.mp3",))


SMALLER = Contest("/image/resize", RESIZE, ("12mp.jpg",), 100, by_sharp("/resize"), peer=sharp)
CONTESTS = (
    SMALLER,
    SMALLER.alone(60),
    Contest("/image/resize quick", RESIZE, ("12mp.jpg",), 100, by_sharp("/resize-quick"), peer=sharp),
    Contest("/image/optimize", each("/image/optimize"), ("graphic.png",), 20, by_sharp("/optimize"), peer=sharp),
    Contest(
        "/image/merge",
        together("/image/merge", format="jpg"),
        ("still.png",),
        6,
        by_process(tools.row_of_pictures),
        bundled=True,
    ),
    Contest(
        "/video/encode",
        each("/video/encode", **H264),
        ("clip.mp4",),
        2,
        by_process(tools.ffmpeg("made.mp4", *tools.BARE_H264)),
    ),
    STILLS,
    STILLS.alone(10),
    Contest(
        "/video/concat",
        together("/video/concat", **H264, **UNFADED),
        ("short.mp4",),
        3,
        by_process(tools.joined),
        bundled=True,
    ),
    Contest(
        "/video/merge",
        together("/video/merge", **H264),
        ("still.png", "short.wav"),
        1,
        by_process(tools.shown),
        bundled=True,
    ),
    Contest("/video/subtitle", SUBTITLES, ("short.mp4", "words.srt"), 1, by_process(tools.burned), bundled=True),
    CUT,
    CUT.alone(8),
    replace(
        CUT,
        name="/video/adaptive encoded",
        steps=each("/video/adaptive", technique="hls", segment_duration=6, **H264),
        sources=("short.mp4",),
        count=2,
        rival=by_process(tools.ffmpeg("list.m3u8", *tools.BARE_H264, *tools.KEYS, *tools.HLS)),
    ),
    Contest(
        "/audio/encode",
        each("/audio/encode", **SOUND),
        ("sound.wav",),
        4,
        by_process(tools.ffmpeg("made.mp3", *tools.BARE_MP3)),
    ),
    JOIN_SOUNDS,
    JOIN_SOUNDS.alone(2),
    MIX,
    MIX.alone(4),
    of_mp3(MIX),
    of_mp3(MIX).alone(4),
    WAVEFORMS,
    WAVEFORMS.alone(10),
    of_mp3(WAVEFORMS),
    of_mp3(WAVEFORMS).alone(8),
    Contest(
        "/document/convert",
        each("/document/convert", format="pdf"),
        ("letter.docx",),
        2,
        by_process(tools.printed),
        isolated=True,
    ),
    Contest(
        "/document/thumbs",
        each("/document/thumbs", trim_whitespace=False),
        ("paper.pdf",),
        2,
        by_process(tools.pages),
        made=10,
    ),
    Contest(
        "/html/convert",
        each("/html/convert", wait_until="load", fullpage=False),
        ("page.html",),
        4,
        by_process(tools.visited),
        isolated=True,
    ),
    GLIMPSE,
    GLIMPSE.alone(10),
    Contest(
        "/file/compress",
        together("/file/compress", gzip=True),
        ("words.txt",),
        4,
        by_process(tools.packed),
        bundled=True,
    ),
    Contest("/file/decompress", each("/file/decompress"), ("words.zip",), 4, by_process(tools.unpacked), made=20),
    HASH,
    HASH.alone(16),
    SCAN,
    SCAN.alone(4),
)
