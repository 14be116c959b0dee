"""Which streams of a file go along into another format, and what is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator

from robots.tools.footage import TEXT_SUBTITLES, Footage, channels_of, transparent
from robots.tools.recipe import Recipe

# Formats for sound that can hold a cover as it is.
COVERED = {"mp3", "ipod", "mp4", "flac"}
COVERS = {"mjpeg", "png"}
TURNING = {"mp4", "mov", "3gp", "matroska", "webm"}  # formats that tell players to turn the picture
SHORT, SHORT_SAMPLES = 16, {"pcm_s16le", "pcm_s16be"}
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
        line += _mixed(footage, recipe)
    if recipe.audio == "libopus" and footage.channels > 2 and "af" not in recipe.settings:
        line += ["-af", SURROUND]  # Opus refuses layouts that cameras write, such as 5.1(side)
    for place, index in enumerate(_subtitles(footage, recipe)):
        line += ["-map", f"0:{index}", f"-c:s:{place}", str(recipe.container.subtitles)]
    if footage.cover and keeps_cover(footage, recipe):
        line += ["-map", f"0:{footage.cover['index']}", "-c:v", "copy", "-disposition:v", "attached_pic"]
    return line


def _mixed(footage: Footage, recipe: Recipe) -> list[str]:
    """Tracks of more channels than the encoder takes, which not every encoder says of itself, become as many."""
    if recipe.audio == "copy" or "ac" in recipe.settings:
        return []
    tracks = footage.audio if recipe.container.many else footage.audio[:1]
    wide = [place for place, track in enumerate(tracks) if channels_of(track) > recipe.channels]
    return [part for place in wide for part in (f"-ac:a:{place}", str(recipe.channels))]


def keeps_cover(footage: Footage, recipe: Recipe) -> bool:
    """Whether the cover of a sound goes along; `vn` drops it on purpose."""
    if footage.cover is None or recipe.video is not None or "vn" in recipe.options.output:
        return False
    return recipe.muxer in COVERED and footage.cover.get("codec_name") in COVERS


def losses(footage: Footage, recipe: Recipe) -> Iterator[str]:
    """One sentence for everything that the new file cannot hold; a stream left out on purpose is none."""
    if recipe.video not in {None, "copy"} and footage.video:
        yield from _of_picture(footage, recipe)
    if recipe.video == "copy" and footage.video and footage.rotation and recipe.muxer not in TURNING:
        yield f"The picture is not turned upright any more: {recipe.muxer} does not tell players to do so."
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
    if footage.hdr and recipe.shallow:
        yield "The video was HDR and was brought to the colours of ordinary screens: this codec cannot hold HDR here."
    elif footage.deep and recipe.shallow:
        yield "The colours were rounded to 8 bits, which every player shows."
    opaque = not transparent(pixels) if pixels else recipe.encoder.pixels and not recipe.encoder.clear
    if footage.alpha and opaque:
        yield f"Transparency was lost: {recipe.video or recipe.container.video} cannot hold it."


def _of_sound(footage: Footage, recipe: Recipe) -> Iterator[str]:
    if recipe.container.audio is None:
        yield f"The sound was left out: {recipe.muxer} holds pictures only."
    elif recipe.audio is not None and len(footage.audio) > 1 and not recipe.container.many:
        yield f"Only the first of {len(footage.audio)} audio tracks was kept: {recipe.muxer} holds one."
    if recipe.audio in {None, "copy"}:
        return
    encoder, most = recipe.audio or recipe.container.audio, recipe.channels
    if footage.channels > most and "ac" not in recipe.settings:
        yield f"The sound was mixed from {footage.channels} channels down to {most}: {encoder} takes no more."
    if footage.bits > SHORT and encoder in SHORT_SAMPLES:
        yield f"The sound was rounded from {footage.bits} bits a sample to {SHORT}: {encoder} holds no more."


def _subtitles(footage: Footage, recipe: Recipe) -> list[int]:
    """The text tracks that can go along; pictures of text cannot become text."""
    if not recipe.container.subtitles or recipe.video is None or "sn" in recipe.settings:
        return []
    return [int(track["index"]) for track in footage.subtitles if track.get("codec_name") in TEXT_SUBTITLES]
