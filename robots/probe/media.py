"""The metadata of video and audio, from what ffprobe shows."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from robots.probe import notes
from robots.probe.text import clean, kept

Stream = Mapping[str, Any]
ALPHA = ("yuva", "rgba", "bgra", "argb", "abgr", "gbrap", "ya8", "ya16")
UNKNOWN = {None, "", "unknown", "reserved", "N/A"}


def read(shown: Mapping[str, Any], wanted: Collection[str] = ()) -> tuple[str | None, dict[str, Any]]:
    """The type, "video" or "audio", and all keys that the headers allow; `wanted` may add colorspace."""
    form, streams = shown.get("format", {}), shown.get("streams", [])
    pictures = [stream for stream in streams if _is(stream, "video") and _is_artwork(stream)]
    videos = [stream for stream in streams if _is(stream, "video") and not _is_artwork(stream)]
    audios = [stream for stream in streams if _is(stream, "audio")]
    texts = [stream for stream in streams if _is(stream, "subtitle")]
    duration = _duration(form, [*videos, *audios])
    meta = {
        "duration": duration,
        "overall_bitrate": _overall(form, duration),
        **notes.read(_tags(form, videos, audios)),
    }
    if audios:
        meta |= _audio(audios[0])
    if not videos:
        return ("audio" if audios else None), kept({**meta, "has_artwork": bool(pictures)})
    meta |= _video(videos[0], wanted)
    meta["video_bitrate"] = _bitrate(videos[0]) or _rest(meta["overall_bitrate"], audios, len(videos))
    meta |= {
        "seekable": bool(duration),
        "num_video_streams": len(videos),
        "num_audio_streams": len(audios),
        "num_subtitles": len(texts),
        "has_artwork": bool(pictures),
        "streams": {"video": _listed(videos), "audio": _listed(audios), "subtitle": _listed(texts)},
    }
    return "video", kept(meta)


def _video(stream: Stream, wanted: Collection[str]) -> dict[str, Any]:
    # Codecs have ffmpeg's own names (h264, aac), as current players and encoders do; the ffh264 and faad of early
    # servers were decoders of a player that has gone.
    rotation = _rotation(stream)
    width, height = _displayed(stream)
    if rotation in {90, 270}:
        width, height = height, width
    pixels = clean(stream.get("pix_fmt"))
    return {
        "width": width,
        "height": height,
        "rotation": rotation,
        "framerate": _rate(stream.get("avg_frame_rate")) or _guessed(stream),
        "video_codec": clean(stream.get("codec_name")),
        "pixel_format": pixels,
        "bit_depth": _whole(stream.get("bits_per_raw_sample")) or _depth(pixels),
        "has_alpha_channel": bool(pixels and pixels.startswith(ALPHA))
        or stream.get("tags", {}).get("alpha_mode") == "1",
        "time_base": clean(stream.get("time_base")),
        "reference_count": _whole(stream.get("refs")),
        "encoding_profile": _said(stream, "profile"),
        "encoding_level": _level(stream),
        "field_order": _said(stream, "field_order"),
        "colortransfer": _said(stream, "color_transfer"),
        "colorprimaries": _said(stream, "color_primaries"),
        "colorspace": _said(stream, "color_space") if "colorspace" in wanted else None,
    }


def _audio(stream: Stream) -> dict[str, Any]:
    return {
        "audio_codec": clean(stream.get("codec_name")),
        "audio_bitrate": _bitrate(stream),
        "audio_samplerate": _whole(stream.get("sample_rate")),
        "audio_channels": _whole(stream.get("channels")),
        "audio_channel_layout": _said(stream, "channel_layout"),
        "audio_sample_format": _said(stream, "sample_fmt"),
        "audio_profile": _said(stream, "profile"),
        "bit_depth": _whole(stream.get("bits_per_raw_sample")) or _whole(stream.get("bits_per_sample")) or None,
    }


def _listed(streams: Sequence[Stream]) -> list[dict[str, Any]]:
    """One line for each stream."""
    return [
        kept(
            {
                "index": stream.get("index"),
                "codec": clean(stream.get("codec_name")),
                "profile": _said(stream, "profile"),
                "width": _whole(stream.get("width")),
                "height": _whole(stream.get("height")),
                "channels": _whole(stream.get("channels")),
                "samplerate": _whole(stream.get("sample_rate")),
                "bitrate": _bitrate(stream),
                "duration": _seconds(stream.get("duration")),
                "language": clean(stream.get("tags", {}).get("language"), 40),
                "title": clean(stream.get("tags", {}).get("title"), 200),
            }
        )
        for stream in streams
    ]


def _is(stream: Stream, kind: str) -> bool:
    return bool(stream.get("codec_type") == kind)


def _is_artwork(stream: Stream) -> bool:
    return bool(stream.get("disposition", {}).get("attached_pic"))


def _tags(form: Stream, videos: Sequence[Stream], audios: Sequence[Stream]) -> dict[str, str]:
    """The tags of the container win; Ogg has them at its streams only."""
    found: dict[str, str] = {}
    for holder in (form, *videos[:1], *audios[:1]):
        for key, value in holder.get("tags", {}).items():
            found.setdefault(key.lower(), value)
    return found


def _displayed(stream: Stream) -> tuple[int | None, int | None]:
    """The size at which players show the picture: pixels need not be square."""
    width, height = _whole(stream.get("width")), _whole(stream.get("height"))
    across, _, down = str(stream.get("sample_aspect_ratio", "")).partition(":")
    if not width or not (across.isdigit() and down.isdigit() and int(across) and int(down)):
        return width, height
    return round(width * int(across) / int(down)), height


def _rotation(stream: Stream) -> int:
    """Clockwise, as cameras mean it; ffprobe counts the other way."""
    matrix = next((data["rotation"] for data in stream.get("side_data_list", []) if "rotation" in data), None)
    turned = -(_number(matrix) or 0) if matrix is not None else _number(stream.get("tags", {}).get("rotate")) or 0
    return round(turned) % 360


def _level(stream: Stream) -> str | None:
    """The level as the standards write it: 4.1, not 41 or 123."""
    level = _whole(stream.get("level"))
    if level is None or level <= 0:
        return None
    steps = {"h264": 10, "hevc": 30}.get(str(stream.get("codec_name")))
    return f"{level / steps:.1f}" if steps else str(level)


def _duration(form: Stream, streams: Sequence[Stream]) -> float | None:
    lengths = [_seconds(stream.get("duration")) or 0 for stream in streams]
    return _seconds(form.get("duration")) or max(lengths, default=0) or None


def _overall(form: Stream, duration: float | None) -> int | None:
    size = _number(form.get("size"))
    return _whole(form.get("bit_rate")) or (round(size * 8 / duration) if size and duration else None)


def _bitrate(stream: Stream) -> int | None:
    """Matroska keeps it in a tag, if at all."""
    return _whole(stream.get("bit_rate")) or _whole(stream.get("tags", {}).get("BPS"))


def _rest(overall: int | None, audios: Sequence[Stream], videos: int) -> int | None:
    """What the audio leaves of the whole, if there is one video stream and every other is known."""
    others = [_bitrate(stream) for stream in audios]
    if not overall or videos != 1 or None in others:
        return None
    left = overall - sum(filter(None, others))
    return left if left > 0 else None


def _depth(pixels: str | None) -> int | None:
    found = re.search(r"(?<=p|y|e)(9|10|12|14|16)(?:le|be)$", pixels or "")
    return int(found[1]) if found else 8 if pixels else None


def _guessed(stream: Stream) -> float | int | None:
    """The frame rate that ffprobe guesses, which is that of the clock where there are no frames."""
    guess, ticks = str(stream.get("r_frame_rate")), str(stream.get("time_base"))
    return None if guess.split("/") == ticks.split("/")[::-1] else _rate(guess)


def _rate(value: Any) -> float | int | None:
    """Frames a second, from a fraction; 25 rather than 25.0."""
    above, _, below = str(value).partition("/")
    over, under = _number(above), _number(below or 1)
    if not over or not under:
        return None
    rate = round(over / under, 3)
    return int(rate) if rate.is_integer() else rate


def _seconds(value: Any) -> float | None:
    number = _number(value)
    return round(number, 3) if number is not None and number >= 0 else None


def _said(stream: Stream, key: str) -> str | None:
    value = stream.get(key)
    return None if value in UNKNOWN else clean(str(value), 100)


def _whole(value: Any) -> int | None:
    number = _number(value)
    return int(number) if number is not None and abs(number) < 1 << 53 else None


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
