"""Recipe: how one output is written, from a preset and the `ffmpeg` object that is laid over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from robots.tools.encoders import CHANNELS, CONTAINERS, LOSSLESS, OTHER, PICTURES, VIDEO, Container, Encoder, container
from robots.tools.options import Options, Settings, parsed
from robots.tools.presets import EMPTY, MP4, Preset, preset

# Names of codecs that people write for encoders, and encoders that may not be distributed.
ENCODERS = {
    "h264": "libx264",
    "x264": "libx264",
    "h265": "libx265",
    "hevc": "libx265",
    "x265": "libx265",
    "vp8": "libvpx",
    "vp9": "libvpx-vp9",
    "av1": "libsvtav1",
    "theora": "libtheora",
    "prores": "prores_ks",
    "webp": "libwebp_anim",
    "mp3": "libmp3lame",
    "vorbis": "libvorbis",
    "opus": "libopus",
    "libfdk_aac": "aac",
    "libfaac": "aac",
    "libvo_aacenc": "aac",
}
# Containers that take nearly every codec, so that a preset's own can stay.
HOSPITABLE = {"matroska", "mov"}
# Any of these sets the quality, so a preset's bit rate does not apply.
QUALITY = {"b:v", "crf", "q:v", "qp", "global_quality"}
HANDLED = {"f", "c", "c:v", "c:a", "vn", "an", "pass"}
# Encoders that meet an average rate better when they have seen the whole video before.
TWICE = {"libx264", "libvpx", "libvpx-vp9"}
AUTO = ""  # ffmpeg chooses the encoder
DEEP = ("p10", "p12", "p16")  # parts of the names of pixel formats
MOST_CHANNELS = 8


@dataclass(frozen=True, slots=True)
class Recipe:
    """`video` and `audio` name encoders; None where the output has no such stream."""

    muxer: str
    video: str | None
    audio: str | None
    settings: Settings
    options: Options
    preset: Preset | None = None

    @property
    def container(self) -> Container:
        return CONTAINERS[self.muxer]

    @property
    def encoder(self) -> Encoder:
        """What is known of the video encoder."""
        return VIDEO.get(self.video or self.container.video or "", OTHER)

    @property
    def last(self) -> tuple[str, ...]:
        """The filters that frames pass after those of the user, for an encoder that was named."""
        return self.encoder.last if self.video else ()

    @property
    def channels(self) -> int:
        """How many channels of sound it can write."""
        return CHANNELS.get(self.audio or self.container.audio or "", MOST_CHANNELS)

    @property
    def shallow(self) -> bool:
        """Whether it is known to write no more than 8 bits a channel."""
        pixels = "".join(self.settings.get("pix_fmt", []))
        return not any(depth in pixels for depth in DEEP) if pixels else self.video in PICTURES

    @property
    def aims_at_a_rate(self) -> bool:
        """Whether the preset's average rate is what the encoder has to meet."""
        chosen = self.preset
        if chosen is None or not chosen.video_rate or chosen.capped or self.video != chosen.video:
            return False
        return self.settings.get("b:v") == [str(chosen.video_rate)]

    def twice(self, turbo: bool) -> bool:
        """Whether the video is read once before it is encoded: `pass` says so, else a preset that aims at a rate."""
        if self.video not in TWICE:
            return False
        told = self.options.first("pass")
        return told == "2" if told else self.aims_at_a_rate and not turbo

    @property
    def ext(self) -> str:
        return self.container.extension(self.video is not None)


def recipe(name: str | None, given: Mapping[str, Any] | None, *, fallback: Preset = MP4, ext: str = "") -> Recipe:
    """`fallback` is used where neither a preset nor a format is named; `empty` keeps to the format of `ext`."""
    options = parsed(given or {})
    chosen = _chosen(name, options, fallback)
    muxer = options.first("f") or (chosen.container if chosen else _kept(ext))
    video, audio = _encoders(chosen, options, muxer)
    settings: Settings = {}
    if chosen:
        settings |= {name: [value] for name, value in CONTAINERS[muxer].options.items()}
        settings |= _video(video, chosen, options) | _audio(audio, chosen)
        if video == "libx265" and muxer in {"mp4", "mov"}:
            settings["tag:v"] = ["hvc1"]  # without it Apple's players refuse the file
    settings |= {name: values for name, values in options.output.items() if name not in HANDLED}
    settings = {name: values for name, values in settings.items() if name not in options.dropped}
    return Recipe(muxer, video, audio, _named(video, audio) | settings, options, chosen)


def _chosen(name: str | None, options: Options, fallback: Preset) -> Preset | None:
    if name == EMPTY:
        return None
    if name:
        return preset(name)
    muxer = options.first("f")
    if muxer is None or muxer == fallback.container:
        return fallback
    held = CONTAINERS[muxer]
    return Preset(muxer, held.video, held.audio)


def _kept(ext: str) -> str:
    held = container(ext)
    return next((name for name, item in CONTAINERS.items() if item is held), MP4.container)


def _encoders(chosen: Preset | None, options: Options, muxer: str) -> tuple[str | None, str | None]:
    """The encoders for video and audio: the user's, else the preset's if the container takes them, else its usual."""
    held = CONTAINERS[muxer]
    source = chosen or Preset(muxer, AUTO, AUTO)
    if chosen and muxer != chosen.container and muxer not in HOSPITABLE:
        source = Preset(muxer, chosen.video and held.video, chosen.audio and held.audio)
    both = options.first("c")
    video = options.first("c:v") or both or source.video
    audio = options.first("c:a") or both or source.audio
    if "vn" in options.output or held.video is None:
        video = None
    if "an" in options.output or held.audio is None:
        audio = None
    return ENCODERS.get(video or "", video), ENCODERS.get(audio or "", audio)


def _named(video: str | None, audio: str | None) -> Settings:
    named: Settings = {"vn": []} if video is None else {"c:v": [video]} if video else {}
    return named | ({"an": []} if audio is None else {"c:a": [audio]} if audio else {})


def _video(encoder: str | None, chosen: Preset, options: Options) -> Settings:
    if not encoder or encoder == "copy":
        return {}
    known = VIDEO.get(encoder, OTHER)
    found = dict(known.always)
    if known.pixels:
        found["pix_fmt"] = known.pixels
    if not QUALITY & options.output.keys():
        found |= _rates(encoder, known, chosen)
    if encoder == chosen.video:
        found |= chosen.options
    if chosen.keyframes:
        found["force_key_frames"] = f"expr:gte(t,n_forced*{chosen.keyframes:g})"
    return {name: [value] for name, value in found.items()}


def _rates(encoder: str, known: Encoder, chosen: Preset) -> dict[str, str]:
    """Constant quality, an average rate, or constant quality below a ceiling."""
    rate = chosen.video_rate
    if not rate:
        return dict(known.quality)
    if not chosen.capped or not known.quality:
        return {"b:v": str(rate)}
    if encoder.startswith("libvpx"):  # takes the ceiling as its bit rate
        return {**known.quality, "b:v": str(rate)}
    return {**known.quality, "maxrate": str(rate), "bufsize": str(2 * rate)}


def _audio(encoder: str | None, chosen: Preset) -> Settings:
    if not encoder or encoder == "copy":
        return {}
    found: Settings = {name: [value] for name, value in chosen.options.items()} if chosen.video is None else {}
    if chosen.audio_rate and encoder not in LOSSLESS and not encoder.startswith("pcm_"):
        found["b:a"] = [str(chosen.audio_rate)]
    if chosen.sample_rate:
        found["ar"] = ["48000" if encoder == "libopus" else str(chosen.sample_rate)]
    return found
