"""The encoders and containers that robots write with, and how each is set when nobody says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Encoder:
    """`always` is set with every rate; `quality` only where no bit rate is given.

    `pixels` is the pixel format that players can be trusted with, `deep` the one for HDR, `clear` the one with alpha.
    `last` are the filters that frames pass after all others.
    """

    always: Mapping[str, str] = field(default_factory=dict)
    quality: Mapping[str, str] = field(default_factory=dict)
    pixels: str | None = "yuv420p"
    deep: str | None = None
    clear: str | None = None
    last: tuple[str, ...] = ()


# A palette for each frame keeps memory bounded, where one for all frames would need them all at once.
PALETTE = "split[plain][seen];[seen]palettegen=stats_mode=single[palette];[plain][palette]paletteuse=new=1"
# The one way in which some formats write colours; that of HD video is another.
BT601 = "scale=out_color_matrix=bt601:flags=accurate_rnd"
# libvpx and SVT-AV1 are set several times quicker than their defaults, at a loss that is hard to see.
VP9 = Encoder(
    {"deadline": "good", "cpu-used": "4", "row-mt": "1"},
    {"crf": "32", "b:v": "0"},
    deep="yuv420p10le",
    clear="yuva420p",
)
VIDEO: dict[str, Encoder] = {
    "libx264": Encoder({"preset": "medium"}, {"crf": "23"}),
    "libx265": Encoder({"preset": "fast", "x265-params": "log-level=error"}, {"crf": "26"}, deep="yuv420p10le"),
    "libvpx": Encoder(
        {"deadline": "good", "cpu-used": "4"}, {"crf": "10", "b:v": "2M"}, clear="yuva420p", last=(BT601,)
    ),
    "libvpx-vp9": VP9,
    "libsvtav1": Encoder({"preset": "8"}, {"crf": "35"}, deep="yuv420p10le"),
    "libaom-av1": Encoder({"cpu-used": "6", "row-mt": "1"}, {"crf": "32", "b:v": "0"}, deep="yuv420p10le"),
    "libtheora": Encoder({}, {"q:v": "7"}, last=(BT601,)),
    "wmv2": Encoder({}, {"q:v": "4"}),
    "flv": Encoder({}, {"q:v": "4"}, last=(BT601,)),
    "mpeg4": Encoder({}, {"q:v": "4"}),
    "mpeg2video": Encoder({}, {"q:v": "4"}),
    "mjpeg": Encoder({}, {"q:v": "3"}, "yuvj420p", last=(BT601,)),
    "prores_ks": Encoder({}, {}, "yuv422p10le", deep="yuv422p10le", clear="yuva444p10le"),
    "gif": Encoder({"loop": "0"}, {}, None, last=(PALETTE,)),
    "libwebp_anim": Encoder({"loop": "0"}, {"q:v": "75"}, None, clear="bgra", last=(BT601,)),
    "apng": Encoder({}, {}, None, clear="rgba"),
    "ffv1": Encoder({}, {}, None),
    "copy": Encoder({}, {}, None),
}
OTHER = Encoder()
# How many channels encoders take at most; Vorbis knows more of them, but refuses the usual rates for them.
CHANNELS = {"libmp3lame": 2, "wmav1": 2, "wmav2": 2, "mp2": 2, "ac3": 6, "eac3": 6, "libvorbis": 6}
# The sample rates that encoders know; all others know any.
MPEG = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
RATES: Mapping[str, Sequence[int]] = {
    "libmp3lame": MPEG,
    "mp2": MPEG[3:],
    "ac3": MPEG[6:],
    "eac3": MPEG[6:],
    "aac": (7_350, *MPEG, 64_000, 88_200, 96_000),
    "libopus": (8_000, 12_000, 16_000, 24_000, 48_000),
    "libvorbis": range(8_000, 200_001),
    "wmav1": range(8_000, 48_001),
    "wmav2": range(8_000, 48_001),
    "alac": range(8_000, 384_001),
    "flac": range(1, 655_351),
}
# Encoders of pictures that move: 8 bits a channel, whatever the source has.
PICTURES = {"gif", "libwebp_anim", "apng"}
# Encoders whose rate is no choice.
LOSSLESS = {"alac", "flac", "copy"}


@dataclass(frozen=True, slots=True)
class Container:
    """A format of files: its extensions with and without video, usual encoders, and what else it holds.

    `subtitles` names the encoder for text tracks, None where they cannot be kept; `many` says that it holds several
    audio tracks.
    """

    ext: str
    video: str | None = None
    audio: str | None = None
    sound_ext: str = ""
    subtitles: str | None = None
    many: bool = False
    options: Mapping[str, str] = field(default_factory=dict)

    def extension(self, has_video: bool) -> str:
        return self.ext if has_video or not self.sound_ext else self.sound_ext


# The index goes to the front of an mp4, so that it plays while it is still being fetched.
START = {"movflags": "+faststart"}
CONTAINERS: dict[str, Container] = {
    "mp4": Container("mp4", "libx264", "aac", "m4a", "mov_text", True, START),
    "mov": Container("mov", "libx264", "aac", "", "mov_text", True, START),
    "ipod": Container("m4a", None, "aac", options=START),
    "3gp": Container("3gp", "libx264", "aac", options=START),
    "matroska": Container("mkv", "libx264", "aac", "mka", "srt", True),
    "webm": Container("webm", "libvpx-vp9", "libopus", "weba", "webvtt", True),
    "ogg": Container("ogv", "libtheora", "libvorbis", "ogg"),
    "flv": Container("flv", "flv", "libmp3lame"),
    "asf": Container("wmv", "wmv2", "wmav2", "wma"),
    "avi": Container("avi", "mpeg4", "libmp3lame"),
    "mpegts": Container("ts", "libx264", "aac", many=True),
    "mpeg": Container("mpg", "mpeg2video", "mp2"),
    "gif": Container("gif", "gif"),
    "webp": Container("webp", "libwebp_anim"),
    "apng": Container("apng", "apng"),
    "mp3": Container("mp3", None, "libmp3lame"),
    "adts": Container("aac", None, "aac"),
    "flac": Container("flac", None, "flac"),
    "wav": Container("wav", None, "pcm_s16le"),
    "aiff": Container("aiff", None, "pcm_s16be"),
    "opus": Container("opus", None, "libopus"),
    "f32le": Container("f32le", None, "pcm_f32le"),
    "s16le": Container("s16le", None, "pcm_s16le"),
    "ac3": Container("ac3", None, "ac3"),
}
# Other spellings of `f`, among them the extensions that people write.
ALIASES = {
    "m4v": "mp4",
    "m4a": "ipod",
    "mkv": "matroska",
    "mka": "matroska",
    "ogv": "ogg",
    "oga": "ogg",
    "wmv": "asf",
    "wma": "asf",
    "ts": "mpegts",
    "mpg": "mpeg",
    "vob": "mpeg",
    "aac": "adts",
    "3g2": "3gp",
}


def container(name: str) -> Container | None:
    """The container of ffmpeg's name or of an extension."""
    return CONTAINERS.get(muxer(name))


def nearest(encoder: str, rate: int) -> int:
    """The sample rate nearest to this one that an encoder knows."""
    known = RATES.get(encoder, (rate,))
    if isinstance(known, range):
        return max(known[0], min(rate, known[-1]))
    return min(known, key=lambda each: abs(each - rate))


def muxer(name: str) -> str:
    """What ffmpeg calls a format."""
    return ALIASES.get(name, name)
