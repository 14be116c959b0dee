"""The contests of robots: what each is asked for, on which files, and who does the same without Sluice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.overhead import RESIZE
from bench.rivals import Peer, Rival, Words, by_all, by_each, by_sharp, nobody, sharp

QUIET = ("-nostdin", "-loglevel", "error")
SETTINGS = {
    "c:v": "libx264",
    "preset": "veryfast",
    "b:v": "2500k",
    "c:a": "aac",
    "b:a": "128k",
    "pix_fmt": "yuv420p",
    "f": "mp4",
}
H264 = {"preset": "empty", "ffmpeg": SETTINGS}
BARE_H264 = tuple(part for name, value in SETTINGS.items() for part in (f"-{name}", value))
SOUND = {"preset": "empty", "ffmpeg": {"c:a": "libmp3lame", "b:a": "192k", "f": "mp3"}}
BARE_MP3 = ("-c:a", "libmp3lame", "-b:a", "192k")
UNFADED = {"video_fade_seconds": 0, "audio_fade_seconds": 0}
AT = (6, 12, 18, 24)  # seconds at which pictures are taken
FRAME = ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "2", "-frames:v", "1", "-update", "1")
WAVEFORM = {"made": {"robot": "/audio/waveform", "use": ":original", "width": 800, "height": 200}}
SIGNATURE = "test.ndb"
SIGNATURES = {"virus_signatures": f"{{folder}}/{SIGNATURE}"}
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
JOIN = """
import pyvips, sys
*sources, target = sys.argv[1:]
row = pyvips.Image.arrayjoin([pyvips.Image.new_from_file(source) for source in sources], across=len(sources))
row.jpegsave(target, Q=100)
"""
DRAW = """
import pypdfium2, sys
source, folder = sys.argv[1:]
for number, page in enumerate(pypdfium2.PdfDocument(source)):
    page.render(scale=150 / 72).to_pil().save(f"{folder}/{number}.png")
"""


@dataclass(frozen=True, slots=True)
class Contest:
    """So many times the same files through the steps of an Assembly, and through what it is compared with.

    `made` is how many results there are of the files of one time; 0 says that all become one, None that nobody counts.
    The robot of one that is `isolated` runs in bubblewrap only. A `peer` is a server that does the work of the other.
    `settings` of ours may name the `{folder}` in which the files lie, and what else lies `beside` them.
    """

    name: str
    steps: Mapping[str, object]
    sources: tuple[str, ...]
    count: int
    rival: Rival
    made: int | None = 1
    isolated: bool = False
    peer: Peer = nobody
    settings: Mapping[str, str] = field(default_factory=dict)
    beside: tuple[str, ...] = ()

    @property
    def needs(self) -> tuple[str, ...]:
        """The files that have to be there."""
        return self.sources + self.beside

    def of(self, times: int | None) -> Contest:
        """The same with as many files; what works on different ones takes them once."""
        return replace(self, count=times) if times and len(self.sources) == 1 else self

    def right(self, results: int) -> bool:
        return self.made is None or results == (self.made * self.count or 1)


def each(robot: str, **params: object) -> dict[str, object]:
    """A step over the uploads, one by one."""
    return {"made": {"robot": robot, "use": ":original", **params}}


def together(robot: str, **params: object) -> dict[str, object]:
    """A step over all of them at once."""
    return each(robot, **{**params, "use": {"steps": [":original"], "bundle_steps": True}})


def ffmpeg(made: str, *options: str) -> Words:
    def words(sources: Sequence[Path], folder: Path) -> list[str | Path]:
        inputs = [part for source in sources for part in ("-i", source)]
        return ["ffmpeg", *QUIET, *inputs, *options, folder / made]

    return words


def stills(sources: Sequence[Path], folder: Path) -> list[str | Path]:
    """One process takes the frames of a video at all times."""
    inputs = [part for at in AT for part in ("-ss", str(at), "-i", sources[0])]
    outputs = [part for n in range(len(AT)) for part in ("-map", f"{n}:v:0", *FRAME, folder / f"{n}.jpg")]
    return ["ffmpeg", *QUIET, *inputs, *outputs]


def glimpse(sources: Sequence[Path], folder: Path) -> list[str | Path]:
    return ["ffmpeg", *QUIET, "-ss", "15", "-i", sources[0], *PREVIEW, folder / "made.png"]


def joined(sources: Sequence[Path], folder: Path) -> Sequence[str | Path]:
    pads = "".join(f"[{n}:v:0][{n}:a:0]" for n in range(len(sources)))
    graph = f"{pads}concat=n={len(sources)}:v=1:a=1[v][a]"
    return ffmpeg("made.mp4", "-filter_complex", graph, "-map", "[v]", "-map", "[a]", *BARE_H264)(sources, folder)


def heard(graph: str) -> Words:
    """All sounds become one; the graph is told how many there are."""
    return lambda sources, folder: ffmpeg("made.mp3", "-filter_complex", graph.format(len(sources)), *BARE_MP3)(
        sources, folder
    )


def shown(sources: Sequence[Path], folder: Path) -> list[str | Path]:
    """A picture for as long as a sound lasts."""
    picture, sound = sources
    inputs = ("-loop", "1", "-framerate", "25", "-i", picture, "-i", sound, "-shortest")
    return ["ffmpeg", *QUIET, *inputs, *BARE_H264, folder / "made.mp4"]


def burned(sources: Sequence[Path], folder: Path) -> Sequence[str | Path]:
    video, words = sources
    return ffmpeg("made.mp4", "-vf", f"subtitles={words}", *BARE_H264)([video], folder)


def row_of_pictures(sources: Sequence[Path], folder: Path) -> list[str | Path]:
    return ["python", "-c", JOIN, *sources, folder / "made.jpg"]


def pages(sources: Sequence[Path], folder: Path) -> list[str | Path]:
    return ["python", "-c", DRAW, sources[0], folder]


def printed(sources: Sequence[Path], folder: Path) -> list[str | Path]:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    return ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, sources[0]]


def visited(sources: Sequence[Path], folder: Path) -> list[str | Path]:
    told = ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=1024,768"]
    return [
        "chromium",
        *told,
        f"--user-data-dir={folder}/profile",
        f"--screenshot={folder}/made.png",
        sources[0].as_uri(),
    ]


def packed(sources: Sequence[Path], folder: Path) -> list[str | Path]:
    names = [source.name for source in sources]
    return [
        "tar",
        "--create",
        "--gzip",
        "--hard-dereference",
        "--file",
        folder / "made.tar.gz",
        "--directory",
        sources[0].parent,
        *names,
    ]


def unpacked(sources: Sequence[Path], folder: Path) -> list[str | Path]:
    return ["7zz", "x", "-bso0", f"-o{folder}", sources[0]]


def hashed(sources: Sequence[Path], folder: Path) -> list[str | Path]:
    return ["sha256sum", sources[0]]


def scanned(sources: Sequence[Path], folder: Path) -> list[str | Path]:
    return ["clamscan", "--no-summary", f"--database={sources[0].parent / SIGNATURE}", sources[0]]


HLS = ("-c", "copy", "-f", "hls", "-hls_time", "6", "-hls_playlist_type", "vod")
WAVES = ("-filter_complex", "showwavespic=s=800x200:colors=black", "-frames:v", "1")
PREVIEW = ("-frames:v", "1", "-vf", "scale=300:-1,pad=300:200:-1:-1:white")

CONTESTS = (
    Contest("/image/resize", RESIZE, ("12mp.jpg",), 100, by_sharp("/resize"), peer=sharp),
    Contest("/image/resize quick", RESIZE, ("12mp.jpg",), 100, by_sharp("/resize-quick"), peer=sharp),
    Contest("/image/optimize", each("/image/optimize"), ("graphic.png",), 20, by_sharp("/optimize"), peer=sharp),
    Contest("/image/merge", together("/image/merge", format="jpg"), ("still.png",), 6, by_all(row_of_pictures), 0),
    Contest("/video/encode", each("/video/encode", **H264), ("clip.mp4",), 2, by_each(ffmpeg("made.mp4", *BARE_H264))),
    Contest("/video/thumbs", each("/video/thumbs", count=4), ("clip.mp4",), 10, by_each(stills), 4),
    Contest("/video/concat", together("/video/concat", **H264, **UNFADED), ("short.mp4",), 3, by_all(joined), 0),
    Contest("/video/merge", together("/video/merge", **H264), ("still.png", "short.wav"), 1, by_all(shown), 0),
    Contest("/video/subtitle", SUBTITLES, ("short.mp4", "words.srt"), 1, by_all(burned), 0),
    Contest(
        "/video/adaptive",
        together("/video/adaptive", technique="hls", segment_duration=6),
        ("clip.mp4",),
        4,
        by_each(ffmpeg("list.m3u8", *HLS)),
        made=None,
    ),
    Contest("/audio/encode", each("/audio/encode", **SOUND), ("sound.wav",), 4, by_each(ffmpeg("made.mp3", *BARE_MP3))),
    Contest(
        "/audio/concat",
        together("/audio/concat", **SOUND, audio_fade_seconds=0),
        ("sound.wav",),
        4,
        by_all(heard("concat=n={}:v=0:a=1")),
        0,
    ),
    *(
        Contest(name, together("/audio/merge", **SOUND), (sound,), 4, by_all(heard("amix=inputs={}")), 0)
        for name, sound in (("/audio/merge", "sound.wav"), ("/audio/merge of mp3", "sound.mp3"))
    ),
    *(
        Contest(name, WAVEFORM, (sound,), 6, by_each(ffmpeg("made.png", *WAVES)))
        for name, sound in (("/audio/waveform", "sound.wav"), ("/audio/waveform of mp3", "sound.mp3"))
    ),
    Contest(
        "/document/convert",
        each("/document/convert", format="pdf"),
        ("letter.docx",),
        2,
        by_each(printed),
        isolated=True,
    ),
    Contest(
        "/document/thumbs", each("/document/thumbs", trim_whitespace=False), ("paper.pdf",), 2, by_each(pages), made=10
    ),
    Contest(
        "/html/convert",
        each("/html/convert", wait_until="load", fullpage=False),
        ("page.html",),
        4,
        by_each(visited),
        isolated=True,
    ),
    Contest("/file/preview", each("/file/preview", optimize=False), ("clip.mp4",), 10, by_each(glimpse)),
    Contest("/file/compress", together("/file/compress", gzip=True), ("words.txt",), 4, by_all(packed), 0),
    Contest("/file/decompress", each("/file/decompress"), ("words.zip",), 4, by_each(unpacked), made=20),
    Contest("/file/hash", each("/file/hash"), ("sound.wav",), 8, by_each(hashed)),
    Contest(
        "/file/virusscan",
        each("/file/virusscan"),
        ("words.zip",),
        4,
        by_each(scanned),
        settings=SIGNATURES,
        beside=(SIGNATURE,),
    ),
)
