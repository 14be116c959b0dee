"""Likenesses: what stands for a file: the cover of a sound, its waveform, a frame of a video, or a first page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from robots.base.errors import BadInput, ToolMissing
from robots.base.file import File
from robots.base.workspace import Workspace
from robots.tools.children import chosen
from robots.tools.conversions import PACKED, POSTSCRIPT, kind, office_kind
from robots.tools.ffmpeg import Ffmpeg
from robots.tools.ffprobe import Ffprobe
from robots.tools.footage import Footage
from robots.tools.framing import Framing
from robots.tools.ghostscript import Ghostscript
from robots.tools.libreoffice import LibreOffice
from robots.tools.sound import MIXED, seconds_of
from robots.tools.stills import Stills, length
from robots.tools.vips import Images

DRAW, EXAMINE = "robots.tools.waveform:draw", "robots.tools.texts:examine"
MOST_BYTES = 100 << 20  # of a document of which only one page is shown
RATE = 8000  # samples a second are enough for a picture of the loudness


async def artwork(source: Path, workspace: Workspace) -> Path | None:
    """The picture that lies in the file, as it is; None if there is none."""
    footage = await _footage(source, workspace)
    if footage.cover is None:
        return None
    made = workspace.fresh("artwork")
    told = ["-map", f"0:{footage.cover['index']}", "-c", "copy", "-frames:v", "1", "-f", "image2", "-update", "1"]
    await workspace.tool(Ffmpeg).encode(told, inputs=[source], output=made, workspace=workspace)
    return made


async def waveform(source: Path, look: Mapping[str, Any], workspace: Workspace) -> Path:
    """All of the sound in one picture; `look` has its sizes and colours."""
    footage = await _footage(source, workspace)
    if not footage.audio:
        raise BadInput("The file has no sound.")
    raw, made = workspace.fresh("sound.s16le"), workspace.fresh("waveform.png")
    told = ["-map", "0:a:0", "-af", MIXED, "-ac", "1", "-ar", str(RATE), "-f", "s16le"]
    await workspace.tool(Ffmpeg).encode(
        told, inputs=[source], output=raw, workspace=workspace, seconds=seconds_of(footage), share=(0.0, 0.8)
    )
    per_pixel = max(1, math.ceil(raw.stat().st_size // 2 / int(look["width"])))
    await workspace.tool(Images).call(DRAW, source=raw, target=made, per_pixel=per_pixel, rate=RATE, look=dict(look))
    raw.unlink()
    return made


async def frame(source: Path, workspace: Workspace) -> Path:
    """The frame in the middle of a video, upright and with square pixels; the last one where there is none."""
    footage = await seen(source, workspace)
    framing = Framing(even=False, clear=footage.alpha, tone_map=footage.hdr)
    chain, _ = framing.filters(footage)
    pixels = "rgba" if footage.alpha else "rgb24"
    settings = ["-c:v", "png", "-pix_fmt", pixels, "-compression_level", "0"]  # it is read once, and gone
    stills = Stills(source, footage, settings, chain, tuple(footage.decoder(framing.clear)))
    middle, made = await length(source, footage, workspace) / 2, workspace.fresh("frame.png")
    await stills.take([(middle, made)], workspace)
    if not made.exists():
        await stills.take_last(middle, made, workspace)
    if not made.exists():
        raise BadInput("No frame of the video could be decoded; the file seems to be damaged.")
    return made


async def page(file: File, workspace: Workspace) -> Path | None:
    """A PDF with the first page of a document; None if it is of a kind that has no pages."""
    if file.mime == "application/pdf":
        return file.bytes
    printed = _drawing if kind(file) in POSTSCRIPT else _paper if office_kind(file) else None
    if printed is None:
        return None
    if file.bytes.stat().st_size > MOST_BYTES:
        raise BadInput(f"The document has more than the {MOST_BYTES} bytes that are allowed.")
    return await printed(file, workspace)


async def _drawing(file: File, workspace: Workspace) -> Path:
    if chosen().level == "rlimits":
        raise ToolMissing("PostScript can only be shown where a sandbox works, which none does on this server.")
    return await workspace.tool(Ghostscript).page(file.bytes, kind(file), workspace)


async def _paper(file: File, workspace: Workspace) -> Path:
    if chosen().level != "bwrap":
        raise ToolMissing(
            "Office documents can only be shown where bubblewrap works, which it does not on this server."
        )
    if office_kind(file) in PACKED:
        await workspace.tool(Images).call(EXAMINE, source=file.bytes)
    return await workspace.tool(LibreOffice).page(file.bytes, office_kind(file), workspace)


async def seen(source: Path, workspace: Workspace) -> Footage:
    """What is known of a file with a moving picture, of which ordinary screens shall show something."""
    footage = await _footage(source, workspace)
    if footage.video is None:
        raise BadInput("The file has no moving picture.")
    if footage.hdr:
        workspace.warn("The video is HDR, and what is shown of it has the colours of ordinary screens.")
    return footage


async def _footage(source: Path, workspace: Workspace) -> Footage:
    return Footage.of(await workspace.tool(Ffprobe).show(source))
