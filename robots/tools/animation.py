"""Animations: a short part of a video as a picture that moves, in the formats of pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from robots.base.errors import BadInput, ToolFailed
from robots.base.workspace import Workspace
from robots.tools.encoders import BT601, PALETTE
from robots.tools.ffmpeg import Ffmpeg, Input
from robots.tools.ffprobe import Ffprobe
from robots.tools.framing import Framing
from robots.tools.likeness import seen
from robots.tools.vips import Images

AnimationFormat = Literal["apng", "avif", "gif", "webp"]
SHORTEST = 1e-6  # seconds; ffmpeg takes less for none, which to it means all


@dataclass(frozen=True, slots=True)
class Encoder:
    """`pixels` and `clear` are its pixel formats without and with alpha; it is told to play `forever` or `once`.

    `last` are the filters that frames pass after all others.
    """

    arguments: tuple[str, ...]
    forever: tuple[str, str]
    once: tuple[str, str]
    pixels: str | None = None
    clear: str | None = None
    last: tuple[str, ...] = ()


ENCODERS: dict[str, Encoder] = {
    "apng": Encoder(("-c:v", "apng", "-f", "apng"), ("-plays", "0"), ("-plays", "1"), "rgb24", "rgba"),
    "avif": Encoder(
        ("-c:v", "libaom-av1", "-cpu-used", "8", "-row-mt", "1", "-crf", "32", "-b:v", "0", "-f", "avif"),
        ("-loop", "0"),
        ("-loop", "1"),
        "yuv420p",
    ),
    "gif": Encoder(("-c:v", "gif", "-f", "gif"), ("-loop", "0"), ("-loop", "-1"), last=(PALETTE,)),
    "webp": Encoder(
        ("-c:v", "libwebp_anim", "-q:v", "75", "-f", "webp"),
        ("-loop", "0"),
        ("-loop", "1"),
        "yuv420p",
        "bgra",
        (BT601,),
    ),
}


@dataclass(frozen=True, slots=True)
class Animation:
    """Which part of a video, how many frames a second, and whether it starts again when it is over."""

    format: AnimationFormat = "webp"
    start: float = 1
    seconds: float = 5
    rate: int = 5
    loops: bool = True

    @property
    def clears(self) -> bool:
        """Whether its format can be seen through."""
        return self.format == "gif" or ENCODERS[self.format].clear is not None

    def arguments(self, chain: list[str], clear: bool) -> list[str]:
        """Filters and encoder; a clip at a few frames a second must not keep the time stamps of the video."""
        encoder = ENCODERS[self.format]
        filters = [f"fps={self.rate}", *chain, *encoder.last]
        pixels = encoder.clear if clear and encoder.clear else encoder.pixels
        told = [*encoder.arguments, *(encoder.forever if self.loops else encoder.once)]
        return ["-vf", ",".join(filters), "-an", *(["-pix_fmt", pixels] if pixels else []), *told]


async def animated(source: Path, animation: Animation, framing: Framing, workspace: Workspace) -> Path:
    """The part of the video; BadInput if it ends before, or if the part has no length."""
    if animation.seconds < SHORTEST:
        raise BadInput(f"A clip of {animation.seconds:g} seconds shows nothing.")
    footage = await seen(source, workspace)
    if footage.picture_duration and animation.start >= footage.picture_duration:
        raise BadInput(f"The video ends before second {animation.start:g}.")
    clear = framing.clear or (footage.alpha and animation.clears)
    # In RGB, for frames whose colours have half the size cannot be cut or padded to odd sizes.
    chain, _ = replace(framing, clear=True, tone_map=footage.hdr).filters(footage)
    chain = chain if footage.hdr else ["format=rgba", *chain]
    ahead = footage.lead(animation.start)
    chain = [f"trim={ahead:.6f}", "setpts=PTS-STARTPTS", *chain] if ahead else chain
    told = ["-map", f"0:{footage.picture['index']}", "-frames:v", str(workspace.tool(Images).frames)]
    told += animation.arguments(chain, clear)
    part = ("-ss", f"{animation.start - ahead:.6f}", "-t", f"{ahead + animation.seconds:.6f}")
    given = Input(source, (*part, *framing.input_options, *footage.decoder(clear)))
    made = workspace.fresh(f"clip.{animation.format}")
    try:
        await workspace.tool(Ffmpeg).encode(
            told, inputs=[given], output=made, workspace=workspace, seconds=animation.seconds, share=(0.0, 0.8)
        )
        if animation.format == "avif":  # which is written without any frame, too
            await workspace.tool(Ffprobe).show(made)
    except (BadInput, ToolFailed) as error:
        if footage.picture_duration:
            raise
        raise BadInput(f"The file shows nothing from second {animation.start:g} on.") from error
    return made
