"""The presets: names for encoding settings, one table for all audio and video robots.

Sizes, bit rates and sample rates are the documented ones where there are any: the device, dash-*-video, flash, hevc and
audio presets. The others follow the same ladder of sizes. Where libfdk_aac is documented stands `aac`, ffmpeg's own
encoder, because that library may not be distributed with ffmpeg.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from pydantic import AfterValidator, WithJsonSchema


@dataclass(frozen=True, slots=True)
class Preset:
    """Encoding settings; what is None is left to the source.

    `container` is ffmpeg's name of the format, `video` and `audio` name encoders, None meaning no such stream; rates
    are in bits a second. With `capped` the video has constant quality and its rate is only the ceiling.
    `keyframes` is the distance in seconds that adaptive streaming needs between points where a player may switch.
    """

    container: str
    video: str | None = None
    audio: str | None = None
    width: int | None = None
    height: int | None = None
    video_rate: int | None = None
    audio_rate: int | None = None
    sample_rate: int | None = None
    capped: bool = False
    keyframes: float | None = None
    options: Mapping[str, str] = field(default_factory=dict)


# What one word of a name means: width, height, and the rate of H.264 in bits a second.
LADDER = {
    "240p": (426, 240, 400_000),
    "270p": (480, 270, 460_000),
    "360p": (640, 360, 800_000),
    "480p": (854, 480, 1_300_000),
    "540p": (960, 540, 1_850_000),
    "576p": (1024, 576, 2_100_000),
    "720p": (1280, 720, 3_300_000),
    "1080p": (1920, 1080, 7_500_000),
    "4k": (3840, 2160, 20_000_000),
    "8k": (7680, 4320, 60_000_000),
}
STREAMED = ("270p", "360p", "480p", "540p", "576p", "720p", "1080p")
WEB = ("240p", "360p", "480p", "720p", "1080p", "4k", "8k")
SWITCH = 2.0  # seconds between key frames: every usual segment length is a multiple of it

MP4 = Preset("mp4", "libx264", "aac", audio_rate=128_000, sample_rate=44_100)
VP8 = Preset("webm", "libvpx", "libvorbis", audio_rate=128_000)
VP9 = Preset("webm", "libvpx-vp9", "libopus", audio_rate=128_000)
AV1 = Preset("webm", "libsvtav1", "libopus", audio_rate=128_000)
# The quality that a newer codec keeps needs only a part of H.264's rate.
THRIFT = {"libx265": 0.6, "libvpx-vp9": 0.65, "libsvtav1": 0.5}


def _sized(base: Preset, word: str, **changes: Any) -> Preset:
    width, height, rate = LADDER[word]
    thrifty = int(rate * THRIFT.get(base.video or "", 1.0))
    return replace(base, width=width, height=height, video_rate=thrifty, **changes)


def _device(width: int, height: int, rate: int, profile: str) -> Preset:
    return replace(MP4, width=width, height=height, video_rate=rate, options={"profile:v": profile, "level:v": "3.1"})


VIDEO: dict[str, Preset] = {
    "android": _device(480, 320, 512_000, "baseline"),
    "android-high": _device(480, 320, 700_000, "baseline"),
    "android-low": _device(480, 320, 96_000, "baseline"),
    "iphone": _device(480, 320, 512_000, "baseline"),
    "iphone-high": _device(480, 320, 700_000, "baseline"),
    "iphone-low": _device(480, 320, 96_000, "baseline"),
    "ipad": _device(1024, 768, 1_200_000, "main"),
    "ipad-high": _device(1024, 768, 2_400_000, "main"),
    "ipad-low": _device(1024, 768, 600_000, "main"),
    "flash": Preset("flv", "flv", "libmp3lame", 320, 240, 512_000, 64_000, 44_100),
    "gif": Preset("gif", "gif", width=480, height=270),
    "hevc": replace(MP4, video="libx265", video_rate=1_200_000),
    "ogv": Preset("ogg", "libtheora", "libvorbis", audio_rate=128_000),
    "wmv": Preset("asf", "wmv2", "wmav2", audio_rate=128_000, sample_rate=44_100),
    "webm": VP8,
    "vp9": VP9,
    **{f"dash-{word}-video": _sized(replace(MP4, audio=None), word, keyframes=SWITCH) for word in STREAMED},
    **{
        f"dash/{word}-video": _sized(replace(MP4, audio=None), word, keyframes=SWITCH, capped=True) for word in STREAMED
    },
    **{f"hls-{word}": _sized(MP4, word, keyframes=SWITCH) for word in STREAMED},
    **{
        f"hls/{word}": _sized(MP4, word, keyframes=SWITCH, capped=True)
        for word in ("270p", "360p", "480p", "540p", "720p", "1080p", "4k")
    },
    **{f"vod/{word}": _sized(MP4, word, keyframes=SWITCH, capped=True) for word in ("270p", "480p", "720p", "1080p")},
    **{f"webm-{word}": _sized(VP8, word) for word in STREAMED},
    **{f"vp9-{word}": _sized(VP9, word) for word in STREAMED},
    **{f"web/mp4/{word}": _sized(MP4, word, capped=True) for word in (*WEB, "540p")},
    **{f"web/mp4-x265/{word}": _sized(replace(MP4, video="libx265"), word, capped=True) for word in WEB},
    **{f"web/webm/{word}": _sized(VP9, word, capped=True) for word in WEB},
    **{f"web/webm-av1/{word}": _sized(AV1, word, capped=True) for word in WEB},
}


def _sound(container: str, encoder: str, rate: int | None, sample_rate: int, **options: str) -> Preset:
    return Preset(container, audio=encoder, audio_rate=rate, sample_rate=sample_rate, options=options)


# Lossless formats are documented with 128 kbit/s too, which means nothing to them and is left out.
AUDIO: dict[str, Preset] = {
    "aac": _sound("mp4", "aac", 128_000, 44_100),
    "alac": _sound("ipod", "alac", None, 44_100),
    "audio/aac": _sound("mp4", "aac", 192_000, 48_000),
    "audio/alac": _sound("ipod", "alac", None, 44_100),
    "audio/flac": _sound("flac", "flac", None, 44_100),
    "audio/mp3": _sound("mp3", "libmp3lame", 128_000, 44_100),
    "audio/ogg": _sound("ogg", "libvorbis", 192_000, 48_000),
    "flac": _sound("flac", "flac", None, 44_100),
    "hg-transformers-audio": _sound("f32le", "pcm_f32le", None, 16_000, ac="1"),
    "mp3": _sound("mp3", "libmp3lame", 128_000, 44_100),
    "ogg": _sound("ogg", "libvorbis", 192_000, 48_000),
    "opus": _sound("ogg", "libopus", 128_000, 48_000),
    "speech": _sound("wav", "pcm_s16le", None, 16_000, ac="1"),
    "wav": _sound("wav", "pcm_s16le", None, 48_000),
    **{
        f"dash{mark}{rate}k-audio": _sound("mp4", "aac", rate * 1000, 44_100)
        for mark in "-/"
        for rate in (32, 64, 128, 256)
    },
}

EMPTY = "empty"  # the preset that sets nothing


def folded(name: str) -> str:
    """Names may be written with `_`, which means `-`."""
    return name.replace("_", "-")


def _known_video(name: str) -> str:
    return _known(folded(name), {**VIDEO, **AUDIO})


def _known_audio(name: str) -> str:
    return _known(folded(name), AUDIO)


def _known(name: str, table: Mapping[str, Preset]) -> str:
    if name == EMPTY or name in table:
        return name
    raise ValueError(f"there is no preset {name[:60]}")


VideoPreset = Annotated[
    str,
    AfterValidator(_known_video),
    WithJsonSchema({"type": "string", "enum": sorted([*VIDEO, *AUDIO, EMPTY])}),
]
AudioPreset = Annotated[
    str, AfterValidator(_known_audio), WithJsonSchema({"type": "string", "enum": sorted([*AUDIO, EMPTY])})
]


def preset(name: str) -> Preset | None:
    """The settings under a name, None for `empty`."""
    name = folded(name)
    return None if name == EMPTY else {**VIDEO, **AUDIO}[name]
