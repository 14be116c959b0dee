"""Footage: what ffprobe knows of a video or sound, in the words that robots need."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from robots.base.geometry import Size

Stream = Mapping[str, Any]

TEXT_SUBTITLES = {"subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text", "ttml", "eia_608"}
STREAMED = {"mpeg", "mpegts"}  # these formats have no list of their key frames
LEAD = 12.0  # seconds in which most films have a key frame
CLOCK = re.compile(r"(\d{1,5}):(\d\d):(\d\d(?:\.\d+)?)")
HDR_CURVES = {"smpte2084", "arib-std-b67"}


@dataclass(frozen=True, slots=True)
class Footage:
    """The streams of a file. `video` is the picture that moves, not the `cover`; None where there is none.

    In one that is `streamed` nobody knows where the last key frame before a time is.
    """

    video: Stream | None
    audio: Sequence[Stream]
    subtitles: Sequence[Stream]
    duration: float | None
    cover: Stream | None = None
    streamed: bool = False

    @classmethod
    def of(cls, shown: Mapping[str, Any]) -> Footage:
        """From ffprobe's -show_format and -show_streams."""
        streams = shown.get("streams") or []
        pictures = _kind(streams, "video")
        covers = [s for s in pictures if (s.get("disposition") or {}).get("attached_pic")]
        moving = [s for s in pictures if s not in covers]
        form = shown.get("format") or {}
        lengths = [number(s.get("duration")) for s in (form, *streams)]
        played = [_end(s, form) for s in (*moving, *_kind(streams, "audio"))]
        return cls(
            video=moving[0] if moving else None,
            audio=_kind(streams, "audio"),
            subtitles=_kind(streams, "subtitle"),
            duration=_shorter(next((length for length in lengths if length), None), played),
            cover=covers[0] if covers else None,
            streamed=form.get("format_name") in STREAMED,
        )

    @property
    def picture(self) -> Stream:
        """The moving picture; only for footage that has one."""
        if self.video is None:
            raise ValueError("this file has no moving picture")
        return self.video

    @property
    def rotation(self) -> int:
        """By how many degrees players turn the picture clockwise."""
        told = [side.get("rotation") for side in self.picture.get("side_data_list") or [] if "rotation" in side]
        return round(-(number(told[0]) or 0) / 90) * 90 % 360 if told else 0

    @property
    def stored(self) -> Size:
        """The size with square pixels, before it is turned."""
        width, height = int(self.picture.get("width") or 0), int(self.picture.get("height") or 0)
        return Size(max(1, round(width * self.pixel_aspect)), max(1, height))

    @property
    def size(self) -> Size:
        """The size as players show it."""
        return turned(self.stored, self.rotation)

    @property
    def pixel_aspect(self) -> float:
        return _ratio(self.picture.get("sample_aspect_ratio"), ":") or 1.0

    @property
    def rate(self) -> float | None:
        """Frames a second, on average."""
        return _ratio(self.picture.get("avg_frame_rate"), "/")

    @property
    def hdr(self) -> bool:
        return self.picture.get("color_transfer") in HDR_CURVES

    @property
    def deep(self) -> bool:
        """More than 8 bits a channel."""
        return bool(re.search(r"p(9|1[0-6])(le|be)$|^p01\d|^x2", str(self.picture.get("pix_fmt"))))

    @property
    def alpha(self) -> bool:
        """Whether there is transparency; VP8 and VP9 say so in a tag. GIFs always may have it, so they do not count."""
        tags = {key.lower(): value for key, value in (self.picture.get("tags") or {}).items()}
        if tags.get("alpha_mode") == "1":
            return True
        return self.picture.get("codec_name") != "gif" and transparent(str(self.picture.get("pix_fmt")))

    def decoder(self, clear: bool) -> list[str]:
        """Options of the input; only libvpx decodes the transparency of WebM."""
        codec = {"vp8": "libvpx", "vp9": "libvpx-vp9"}.get(str(self.picture.get("codec_name")))
        return ["-c:v", codec] if codec and clear and self.alpha else []

    def lead(self, at: float) -> float:
        """How long before a time decoding begins, so that the time is met.

        In a stream ffmpeg goes to any frame, and what follows cannot be decoded before the next key frame.
        """
        return min(at, LEAD) if self.streamed else 0.0

    @property
    def picture_duration(self) -> float | None:
        """When the picture ends, which may be before or after the sound; None if nothing says so."""
        long = number(self.picture.get("duration"))
        return long + self.delay if long else _shorter(self.duration, [_tagged(self.picture)])

    @property
    def delay(self) -> float:
        """How many seconds after the sound the picture begins."""
        sounds = [number(track.get("start_time")) or 0.0 for track in self.audio]
        return max(0.0, (number(self.picture.get("start_time")) or 0.0) - min(sounds)) if sounds else 0.0

    @property
    def interlaced(self) -> bool:
        return self.picture.get("field_order") in {"tt", "bb", "tb", "bt"}

    @property
    def channels(self) -> int:
        """The most channels that any audio track has."""
        return max(map(channels_of, self.audio), default=0)

    @property
    def bits(self) -> int:
        """How many bits the samples of sound have that is not lossy; 0 for other sound."""
        told = (track.get("bits_per_raw_sample") or track.get("bits_per_sample") or 0 for track in self.audio)
        return max((int(number(bits) or 0) for bits in told), default=0)


def channels_of(track: Stream) -> int:
    return int(track.get("channels") or 0)


def transparent(pixels: str) -> bool:
    """Whether a pixel format has alpha."""
    return bool(re.match(r"yuva|rgba|bgra|argb|abgr|gbrap|ya", pixels))


def turned(size: Size, rotation: int) -> Size:
    return Size(size.height, size.width) if rotation % 180 else size


def _kind(streams: Sequence[Stream], kind: str) -> list[Stream]:
    return [stream for stream in streams if stream.get("codec_type") == kind]


def _end(stream: Stream, form: Mapping[str, Any]) -> float | None:
    """When a stream ends, counted from the first frame of all."""
    begins = [number(one.get("start_time")) or 0.0 for one in (stream, form)]
    long = number(stream.get("duration"))
    return max(0.0, begins[0] - begins[1]) + long if long else _tagged(stream)


def _tagged(stream: Stream) -> float | None:
    """What Matroska tells of each stream, as 00:00:03.000000000; if the file begins late, it tells when it ends."""
    found = CLOCK.fullmatch(str((stream.get("tags") or {}).get("DURATION")))
    return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3]) if found else None


def _shorter(told: float | None, ends: Sequence[float | None]) -> float | None:
    """Subtitles may go on after picture and sound, of which each must say when it ends."""
    known = [end for end in ends if end]
    return min(told, max(known)) if told and known and len(known) == len(ends) else told


def number(text: Any) -> float | None:
    """What ffprobe tells as a text; None where it knows nothing."""
    try:
        told = float(text)
    except (TypeError, ValueError):
        return None
    return told if 0 <= abs(told) < 1e9 else None


def _ratio(text: Any, mark: str) -> float | None:
    above, _, below = str(text or "").partition(mark)
    top, bottom = number(above), number(below)
    return top / bottom if top and bottom else None
