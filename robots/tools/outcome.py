"""Outcome: what came of an encoding beside what was wanted of it."""

from __future__ import annotations

from pathlib import Path

from robots.base.errors import BadInput, ToolFailed
from robots.base.workspace import Workspace
from robots.tools.ffprobe import Ffprobe
from robots.tools.footage import Footage
from robots.tools.recipe import Recipe
from robots.tools.span import Span

RAW = {"f32le", "s16le"}  # formats without a header, which cannot be probed
SLACK = 0.3  # seconds by which the beginning of a picture may miss the wanted one without a word
RESHAPING = {"vf", "af", "filter_complex", "shortest", "frames:v", "frames:a", "r", "fs", "map"}


async def check(made: Path, recipe: Recipe, span: Span, seconds: float | None, workspace: Workspace) -> None:
    """The streams must be there, for so many seconds if that is known; what is less is told, or an error."""
    if not made.exists() or made.stat().st_size == 0:
        raise ToolFailed("ffmpeg found nothing in this file that it could write.")
    if recipe.muxer in RAW:
        return
    result = Footage.of(await workspace.tool(Ffprobe).show(made))
    if recipe.video is not None and result.video is None:
        raise BadInput(_unseen(recipe, span))
    if not seconds or not result.duration or RESHAPING & recipe.settings.keys():
        return
    late = _late(result.duration - seconds, result) if recipe.video == "copy" and span.start else 0.0
    _compare(result.duration + max(0.0, late), seconds, workspace)
    if abs(late) > SLACK:
        begins = f"{abs(late):.1f} seconds {'later' if late > 0 else 'earlier'} than ffmpeg.ss says"
        workspace.warn(f"The picture begins {begins}: one that is copied begins with a key frame.")


def _late(longer: float, result: Footage) -> float:
    """By how many seconds a copied picture begins after the time that was asked for; before it, if negative."""
    return result.delay if result.audio and longer < SLACK else -longer


def _unseen(recipe: Recipe, span: Span) -> str:
    """Why there is no picture."""
    if span.start and recipe.video == "copy":
        return f"There is no key frame after second {span.start:g}, with which a copied picture could begin."
    if span.start:
        return f"No frame after second {span.start:g} could be decoded; the picture may end there."
    return "No frame of the video could be decoded; the file seems to be damaged."


def _compare(found: float, wanted: float, workspace: Workspace) -> None:
    """Files that lost their end decode without an error; a wrong duration in a header is a smaller sin."""
    missing = wanted - found
    if missing > 1 and found < wanted / 2:
        raise BadInput(f"The file ends early: only {found:.1f} of {wanted:.1f} seconds could be read.")
    if missing > max(1.0, wanted / 20):
        workspace.warn(f"The file seems to be damaged: only {found:.1f} of {wanted:.1f} seconds could be read.")
