"""Controls: for each kind of bad file one that is shown to live on a bare tool, or to be refused by the tool itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.badfiles.catalogue import Entry, named
from tests.security.bare import Ending
from tests.security.trap import Trap


@dataclass(frozen=True, slots=True)
class Seen:
    """What is left after a bare tool has had a bad file."""

    path: Path
    ending: Ending
    trap: Trap

    @property
    def reached(self) -> bool:
        return bool(self.trap.opened() or self.trap.calls)


Sign = Callable[[Seen], bool]


@dataclass(frozen=True, slots=True)
class Control:
    """A bad file, a tool, and what is seen when the attack lives; without a sign the tool refuses it by itself."""

    name: str
    tool: str
    sign: Sign | None = None

    @property
    def entry(self) -> Entry:
        return named(self.name)

    def holds(self, seen: Seen) -> bool:
        return (self.sign or refused)(seen)


def refused(seen: Seen) -> bool:
    """It ended by itself within bounds, and nothing was reached."""
    code = seen.ending.code
    return code is not None and code >= 0 and not seen.reached


def reached(seen: Seen) -> bool:
    return seen.reached


def exhausted(seen: Seen) -> bool:
    return seen.ending.exhausted


def endless(seen: Seen) -> bool:
    return seen.ending.code is None


def passed(seen: Seen) -> bool:
    """What is damaged is taken for a success."""
    return seen.ending.code == 0


def poured(times: int) -> Sign:
    return lambda seen: len(seen.ending.printed) > times * seen.path.stat().st_size


def told(*words: str) -> Sign:
    return lambda seen: all(word.encode() in seen.ending.printed for word in words)


def half(seen: Seen) -> bool:
    """It broke off, and left what it had written until then."""
    return seen.ending.code not in (None, 0) and any((seen.path.parent / "out").iterdir())


def privileged(seen: Seen) -> bool:
    return bool((seen.path.parent / "out" / "shell").stat().st_mode & 0o4000)


def claimed(size: int) -> Sign:
    return lambda seen: sum(int(line.split()[-1]) for line in seen.ending.printed.splitlines()) > size


# Those of LibreOffice and Chromium go together, for it takes them long to start.
CONTROLS: Mapping[str, Control] = {
    "hls": Control("hls-segment-file.m3u8", "ffmpeg", reached),
    "hls-endless": Control("hls-endless.m3u8", "ffmpeg", endless),
    "hls-disguised": Control("hls-as-film.mp4", "ffmpeg"),
    "hls-in-avi": Control("hls-in-avi.avi", "ffmpeg"),
    "ffconcat": Control("ffconcat-path.txt", "ffmpeg", reached),
    "dash": Control("dash-file.mpd", "ffmpeg"),
    "sdp": Control("session.sdp", "ffmpeg", endless),
    "imf": Control("composition.xml", "ffmpeg"),
    "links": Control("list.pls", "ffmpeg"),
    "dref": Control("mp4-dref-url.mp4", "ffmpeg"),
    "apic-link": Control("mp3-apic-link.mp3", "ffmpeg"),
    "pixel-bomb": Control("gif-256mp.gif", "vips", exhausted),
    "dimension-lie": Control("jpeg-4gpx-lie.jpg", "vips", exhausted),
    "icon-bomb": Control("ico-of-bmp.ico", "pillow", exhausted),
    "frame-bomb": Control("gif-4000-frames.gif", "vips of all pages", exhausted),
    "page-loop": Control("tiff-ifd-loop.tiff", "vips of all pages"),
    "scan-bomb": Control("jpeg-4000-scans.jpg", "vips", exhausted),
    "loader-sniff": Control("matrix.jpg", "vips", exhausted),
    "profile-bomb": Control("png-icc-bomb.png", "vips"),
    "broken-tables": Control("jpeg-tables-garbage.jpg", "vips"),
    "svg-reference": Control("svg-image-file.svg", "vips", reached),
    "svg-entity": Control("svg-xxe.svg", "vips"),
    "svg-style": Control("svg-css-import.svg", "vips"),
    "svg-disguised": Control("svg-named.png", "vips", reached),
    "svg-script": Control("svg-script.svg", "vips"),
    "svg-entities": Control("svg-billion-laughs.svg", "vips"),
    "svg-use-tree": Control("svg-use-wide.svg", "vips", exhausted),
    "svg-filter": Control("svg-filter-morphology.svg", "vips", exhausted),
    "svg-deep": Control("svg-deep.svg", "vips"),
    "svg-dims": Control("svg-dims.svg", "vips", exhausted),
    "svgz-bomb": Control("svgz-bomb.svg", "vips", exhausted),
    "svg-cycle": Control("svg-pattern-cycle.svg", "vips"),
    "slip": Control("tar-slip.tar", "tar", reached),
    "member-link": Control("tar-slip-links.tar", "tar", reached),
    "member-device": Control("tar-suid.tar", "tar", privileged),
    "member-names": Control("zip-same-names.zip", "unzip", half),
    "zip-overlap": Control("zip-overlap-150gb.zip", "zipfile", claimed(150 * 10**9)),
    "archive-bomb": Control("xz-100mb.xz", "7z pour", poured(5000)),
    "archive-nested": Control("zip-nested-6.zip", "7z pour", poured(3)),
    "archive-many": Control("zip-5000-files.zip", "7z list", told("Path = 4999.txt")),
    "archive-lie": Control("zip-size-lie.zip", "7z pour", poured(900)),
    "archive-locked": Control("zip-encrypted.zip", "7z pour"),
    "office-reference": Control("docx-external-image.docx", "soffice", reached),
    "office-xxe": Control("docx-xxe.docx", "soffice"),
    "flat-office": Control("fodt-section.fodt", "soffice", reached),
    "rich-text": Control("rtf-fields.rtf", "soffice"),
    "table-formula": Control("csv-formula.csv", "soffice"),
    "office-bomb": Control("docx-zip-bomb.docx", "soffice", exhausted),
    "web-references": Control("html-references.html", "chromium", reached),
    "web-busy": Control("html-dialogs.html", "chromium", endless),
    "web-memory": Control("html-memory.html", "chromium", exhausted),
    "web-tall": Control("html-tall.html", "chromium"),
    "pdf-dims": Control("pdf-mediabox.pdf", "pdfium", exhausted),
    "pdf-pages": Control("pdf-exp-pages.pdf", "pdfium"),
    "pdf-bomb": Control("pdf-content-bomb.pdf", "pdfium", exhausted),
    "pdf-reach": Control("pdf-actions.pdf", "pdfium"),
    "pdf-locked": Control("pdf-encrypted.pdf", "pdfium"),
    "printer-program": Control("ps-file.ps", "gs", reached),
    "magick-script": Control("msl-read.jpg", "vips"),
    "sample-tables": Control("mp4-stts-runs.mp4", "ffprobe", told('"nb_frames": "107374182350000"')),
    "nested-boxes": Control("mp4-nested-boxes.mp4", "ffprobe"),
    "absurd-clock": Control("avi-rate-2g.avi", "ffprobe", told("2147483647/1")),
    "sound-lie": Control("wav-65535-channels.wav", "ffmpeg"),
    "flac-picture": Control("flac-picture.flac", "ffmpeg"),
    "unknown-sizes": Control("mkv-unknown-sizes.mkv", "ffmpeg"),
    "many-streams": Control("mp4-5000-tracks.mp4", "ffprobe"),
    "frame-in-film": Control("mov-png-900mp.mov", "ffmpeg"),
    "compressed-header": Control("mov-compressed-header.mov", "ffmpeg", exhausted),
    "no-media": Control("random-frames.mp3", "ffmpeg", passed),
    "note-control": Control("mp4-name-control.mp4", "ffprobe", told("\\r\\nSet-Cookie: a=b")),
    "note-bomb": Control("png-ztxt-bomb.png", "vips"),
    "note-many": Control("mp3-id3-4mb.mp3", "ffprobe", told("t" * 9000, "l" * 4_000_000)),
    "note-loop": Control("jpeg-exif-loop.jpg", "vips"),
    "note-number": Control("mp3-id3-tempo.mp3", "ffprobe", told('"nan"', '"1e999"', "9" * 5000)),
    "note-entity": Control("jpeg-xmp-entity.jpg", "vips"),
    "cut": Control("trunc-60.wav", "ffmpeg", passed),
    "flipped": Control("bitflip.wav", "ffmpeg", passed),
}
