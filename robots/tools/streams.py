"""Which streams of a file go along into another format, and what is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator

from robots.tools.encoders import STEREO
from robots.tools.footage import TEXT_SUBTITLES, Footage, transparent
from robots.tools.recipe import Recipe

# Formats for sound that can hold a cover as it is.
COVERED = {"mp3", "ipod", "mp4", "flac"}
COVERS = {"mjpeg", "png"}
SURROUND = "aformat=channel_layouts=7.1|6.1|5.1|5.0|quad|3.0|stereo|mono"


def chosen(footage: Footage, recipe: Recipe, picture: str | None = None) -> list[str]:
    """The arguments that map streams; `picture` is the label of a filter graph that makes the picture.

    Every audio track and every text subtitle goes along where the container holds them.
    """
    line: list[str] = []
    if recipe.video is not None and footage.video:
        line += ["-map", picture or f"0:{footage.video['index']}"]
    if recipe.audio is not None and footage.audio:
        line += ["-map", "0:a" if recipe.container.many else f"0:{footage.audio[0]['index']}"]
    if recipe.audio == "libopus" and footage.channels > 2 and "af" not in recipe.settings:
        line += ["-af", SURROUND]  # Opus refuses layouts that cameras write, such as 5.1(side)
    for place, index in enumerate(_subtitles(footage, recipe)):
        line += ["-map", f"0:{index}", f"-c:s:{place}", str(recipe.container.subtitles)]
    if footage.cover and keeps_cover(footage, recipe):
        line += ["-map", f"0:{footage.cover['index']}", "-c:v", "copy", "-disposition:v", "attached_pic"]
    return line


def keeps_cover(footage: Footage, recipe: Recipe) -> bool:
    """Whether the cover of a sound goes along; `vn` drops it on purpose."""
    if footage.cover is None or recipe.video is not None or "vn" in recipe.options.output:
        return False
    return recipe.muxer in COVERED and footage.cover.get("codec_name") in COVERS


def losses(footage: Footage, recipe: Recipe) -> Iterator[str]:
    """One sentence for everything that the new file cannot hold; a stream left out on purpose is none."""
    if recipe.video not in {None, "copy"} and footage.video:
        yield from _of_picture(footage, recipe)
    if footage.audio:
        yield from _of_sound(footage, recipe)
    unwanted = footage.video is not None or "vn" in recipe.options.output
    if footage.cover and not unwanted and not keeps_cover(footage, recipe):
        yield f"The cover picture was left out: {recipe.muxer} cannot hold it here."
    lost = len(footage.subtitles) - len(_subtitles(footage, recipe))
    if lost and recipe.video is not None and "sn" not in recipe.settings:
        yield f"{lost} subtitle track{'s were' if lost > 1 else ' was'} left out: {recipe.muxer} cannot hold this kind."


def _of_picture(footage: Footage, recipe: Recipe) -> Iterator[str]:
    pixels = "".join(recipe.settings.get("pix_fmt", []))
    shallow = bool(pixels) and not any(depth in pixels for depth in ("p10", "p12", "p16"))
    if footage.hdr and shallow:
        yield "The video was HDR and was brought to the colours of ordinary screens: this codec cannot hold HDR here."
    elif footage.deep and shallow:
        yield "The colours were rounded to 8 bits, which every player shows."
    if footage.alpha and pixels and not transparent(pixels):
        yield f"Transparency was lost: {recipe.video} cannot hold it."


def _of_sound(footage: Footage, recipe: Recipe) -> Iterator[str]:
    if recipe.container.audio is None:
        yield f"The sound was left out: {recipe.muxer} holds pictures only."
    elif recipe.audio and len(footage.audio) > 1 and not recipe.container.many:
        yield f"Only the first of {len(footage.audio)} audio tracks was kept: {recipe.muxer} holds one."
    if recipe.audio in STEREO and footage.channels > 2 and "ac" not in recipe.settings:
        yield f"The sound was mixed from {footage.channels} channels down to 2: {recipe.audio} takes no more."


def _subtitles(footage: Footage, recipe: Recipe) -> list[int]:
    """The text tracks that can go along; pictures of text cannot become text."""
    if not recipe.container.subtitles or recipe.video is None or "sn" in recipe.settings:
        return []
    return [int(track["index"]) for track in footage.subtitles if track.get("codec_name") in TEXT_SUBTITLES]
