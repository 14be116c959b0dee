"""The same work by bare tools: the command lines of those with which robots are compared."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.rivals import Words

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
BARE_H264 = tuple(part for name, value in SETTINGS.items() for part in (f"-{name}", value))
BARE_MP3 = ("-c:a", "libmp3lame", "-b:a", "192k")
AT = (6, 12, 18, 24)  # seconds at which pictures are taken
FRAME = ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "2", "-frames:v", "1", "-update", "1")
SIGNATURE = "test.ndb"
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


HLS = ("-f", "hls", "-hls_time", "6", "-hls_playlist_type", "vod")
KEYS = ("-force_key_frames", "expr:gte(t,n_forced*6)")
WAVES = ("-filter_complex", "showwavespic=s=800x200:colors=black", "-frames:v", "1")
PREVIEW = ("-frames:v", "1", "-vf", "scale=300:-1,pad=300:200:-1:-1:white")
