"""The `ffmpeg` parameter: which options it may hold, in all their spellings, and how they become arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from robots.tools import filtergraph, graph, growth
from robots.tools.encoders import CONTAINERS, muxer

# A name and its values: none for a switch, several for `map`.
Settings = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Options:
    """What the user wants of ffmpeg: options of the output and of the input, and names that were set to null."""

    output: Settings = field(default_factory=dict)
    input: Settings = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()

    def first(self, name: str) -> str | None:
        """The value of an output option, None if it is not there."""
        values = self.output.get(name)
        return values[0] if values else None


NUMBER = r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?"
RATE = r"\d+(\.\d+)?[kKmMgG]?i?[bB]?"
WORD = r"[A-Za-z0-9_.+-]+"
TIME = r"(\d+:){0,2}\d+(\.\d+)?(us|ms|s)?"
RATIO = r"\d+(\.\d+)?([/:]\d+(\.\d+)?)?|ntsc|pal|film|ntsc-film|ntsc_film"
SIZE = r"\d+x\d+|[a-z0-9]+"
MAP = r"-?(\[\w+\]|\d+(:[\w.-]+)*\??)"
TEXT = r"[^\x00-\x1f\x7f]*"
BITSTREAM = r"[a-z0-9_]+(=[\w=:.|-]+)?(,[a-z0-9_]+(=[\w=:.|-]+)?)*"
KEYS = r"[\w .,:()*+/-]+"
SWITCH = ""

BY_PATTERN = {
    NUMBER: "ac ar aq aq-mode aq-strength aq_mode arnr-maxframes arnr-strength arnr-type b-pyramid b_qfactor "
    "b_strategy bf bits_per_mb bits_per_raw_sample chromaoffset coder complexity compression_level cplxblur cpu-used "
    "crf crf_max cutoff dct deblockalpha deblockbeta error-resilient final_delay frame-parallel frames g "
    "global_quality i_qfactor i_qoffset idct lag-in-frames level lookahead loop lossless max-intra-rate me_range "
    "min-gop mbs_per_slice muxdelay muxpreload overshoot-pct packet_loss q qblur qcomp qdiff qmax qmin rc-lookahead "
    "rc_lookahead refs row-mt sc_threshold sharpness skip_threshold slices static-thresh subq threads "
    "tile-columns tile-rows trellis undershoot-pct fps_mode_threshold max_muxing_queue_size gop_timecode "
    "alpha_quality application_rate mbd preload seek_preroll async psy-rd-x",
    RATE: "b bt bufsize fs maxrate minrate rc_init_occupancy",
    WORD: "8x8dct application aud auto-alt-ref avoid_negative_ts brand cmp color_primaries color_range color_trc "
    "colorspace c chroma_sample_location deadline direct-pred disposition fast-pskip field_order fflags flags flags2 "
    "forced-idr fps_mode frame_duration gifflags intra-refresh mapping_family mbtree me_method mixed-refs "
    "motion-est movflags nal-hrd partitions pix_fmt preset profile psy quality quant_mat shortest_buf_duration "
    "strict subcmp sws_flags swr_flags tag timecode tune usage use_wallclock vbr vendor video_track_timescale "
    "weightb weightp write_tmcd channel_layout ch_layout sample_fmt map_chapters abr stereo_mode joint_stereo "
    "aac_coder aac_ms aac_is aac_pns aac_tns dn_profile tiles",
    TIME: "ss t to itsoffset",
    RATIO: "r aspect fpsmax",
    SIZE: "s",
    MAP: "map",
    r"-?\d+(:[a-z0-9:]+)?": "map_metadata",
    TEXT: "metadata rc_eq psy-rd deblock",
    BITSTREAM: "bsf",
    KEYS: "force_key_frames",
    r"[12]": "pass",
    SWITCH: "an vn sn dn shortest copyts start_at_zero bitexact copyinkf",
}
OUTPUT = {name: re.compile(pattern) for pattern, names in BY_PATTERN.items() for name in names.split()}
INPUT = {
    name: re.compile(pattern)
    for pattern, names in {
        TIME: "ss t to itsoffset",
        NUMBER: "probesize analyzeduration",
        r"\d{1,3}": "stream_loop",
        RATIO: "r",
        WORD: "c fflags err_detect",
        SWITCH: "noaccurate_seek accurate_seek",
    }.items()
    for name in names.split()
}
LATEST = 172_800  # seconds at which an input may begin
GRAPHS = {"vf", "af", "filter_complex"}
ENCODER_PARAMS = {"x264-params", "x264opts", "x265-params", "svtav1-params", "aom-params", "svt-params"}
# Settings of encoders that name files; a number is none.
FILE_KEYS = re.compile(
    r"file|stat|csv|dump|load|save|recon|lambda|list|rpu|dhdr10|clbin|nalu|grain|fgs|input|output|cqm|roi"
)
PARAM_VALUE = re.compile(r"[\w.,+()-]*")

# Older and longer spellings. `b`, `q`, `profile` and `level` without a stream mean the video.
SPELLINGS = {
    "codec": "c",
    "vcodec": "c:v",
    "acodec": "c:a",
    "scodec": "c:s",
    "vb": "b:v",
    "ab": "b:a",
    "b": "b:v",
    "qscale": "q:v",
    "q": "q:v",
    "aq": "q:a",
    "filter:v": "vf",
    "filter:a": "af",
    "lavfi": "filter_complex",
    "profile": "profile:v",
    "level": "level:v",
    "vtag": "tag:v",
    "atag": "tag:a",
    "vframes": "frames:v",
    "aframes": "frames:a",
    "vsync": "fps_mode",
    "channel_layout": "ch_layout",
}
IGNORED = {"transloaditffpreset"}
STREAM = re.compile(r"[vVasdtg]|\d{1,2}|m|p")
NESTED = {"b", "c", "codec", "q", "qscale", "profile", "level", "filter", "tag", "r", "metadata"}


def parsed(given: Mapping[str, Any]) -> Options:
    """The options under their usual names; raises ValueError for one that is not allowed, or not with this value."""
    inner = given.get("input_options") or {}
    if not isinstance(inner, Mapping):
        raise ValueError("input_options: must be an object")
    output, dropped = _settings({k: v for k, v in given.items() if k != "input_options"}, OUTPUT)
    return Options(output, _settings(inner, INPUT)[0], dropped)


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    parsed(given)
    return given


# The type of the parameter: an object that was looked through.
FfmpegOptions = Annotated[dict[str, Any], AfterValidator(_checked)]
# Which ffmpeg is meant; instructions that name versions of long ago are still about, and work with any.
FfmpegStack = Annotated[str, Field(pattern=r"^v?\d{1,2}(\.\d+){0,2}$")]


def arguments(settings: Mapping[str, list[str]]) -> list[str]:
    """The settings as they stand on ffmpeg's command line."""
    line: list[str] = []
    for name, values in settings.items():
        line += [part for value in values for part in (f"-{name}", value)] or [f"-{name}"]
    return line


def _settings(given: Mapping[str, Any], allowed: Mapping[str, re.Pattern[str]]) -> tuple[Settings, frozenset[str]]:
    found: Settings = {}
    dropped: set[str] = set()
    for name, value in _flat(given):
        usual = spelled(name)
        if name in IGNORED or (value is False and _pattern(usual, allowed) == SWITCH):
            continue
        if value is None:
            dropped.add(usual)
            found.pop(usual, None)
            continue
        try:
            found[usual] = _values(usual, value, allowed)
        except ValueError as error:
            raise ValueError(f"{str(name)[:60]}: {error}") from None
    return found, frozenset(dropped)


def _flat(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """`codec: {v: …}` is the same as `codec:v`."""
    for name, value in given.items():
        if isinstance(value, Mapping) and name in NESTED:
            yield from ((f"{name}:{stream}", inner) for stream, inner in value.items())
        else:
            yield name, value


def spelled(name: str) -> str:
    """The usual name of an option: `codec:v` and `vcodec` are `c:v`."""
    base, colon, stream = name.partition(":")
    if name in SPELLINGS:
        return SPELLINGS[name]
    short = {"codec": "c", "qscale": "q"}.get(base, base)
    return f"{short}{colon}{stream}"


def _values(name: str, value: Any, allowed: Mapping[str, re.Pattern[str]]) -> list[str]:
    """The value as ffmpeg wants it, once it is known to be harmless."""
    base, _, stream = name.partition(":")
    if stream and not all(STREAM.fullmatch(part) for part in stream.split(":")):
        raise ValueError("is not a stream of this option")
    if allowed is OUTPUT and name in GRAPHS:
        return [filtergraph.check(";".join(value.values()) if isinstance(value, Mapping) else _text(value))]
    if allowed is OUTPUT and base in ENCODER_PARAMS:
        return [":".join(_params(value))]
    if allowed is OUTPUT and base == "f":
        return [_format(_text(value))]
    pattern = allowed.get(base)
    if pattern is None:
        raise ValueError("this option is not allowed")
    if pattern.pattern == SWITCH:
        return []
    texts = (
        [_text(item) for item in value] if isinstance(value, list) and base in {"map", "metadata"} else [_text(value)]
    )
    if not texts:
        raise ValueError("must not be empty")  # alone on the line, the option would take the next one as its value
    if not all(len(text) <= 1000 and pattern.fullmatch(text) for text in texts):
        raise ValueError(f"cannot be {str(value)[:60]!r}")
    for text in texts:
        _bounded(base, text)
    return texts


def _bounded(name: str, value: str) -> None:
    """What a filter may not do, an option may not either."""
    if name == "s":
        growth.check(graph.read(f"scale=s={value}"))
    if name == "ar":
        growth.check(graph.read(f"aresample={value}"))
    if name == "itsoffset" and seconds(value) > LATEST:
        raise ValueError(f"is more than {LATEST:,} seconds")


def _pattern(name: str, allowed: Mapping[str, re.Pattern[str]]) -> str | None:
    found = allowed.get(name.partition(":")[0])
    return found.pattern if found else None


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value).strip()
    raise ValueError("must be a text or a number")


def _format(name: str) -> str:
    if muxer(name) not in CONTAINERS:
        raise ValueError(f"the format {name[:60]!r} is not allowed")
    return muxer(name)


def _params(value: Any) -> Iterator[str]:
    """key=value pairs of an encoder's own settings, given as an object or as ffmpeg's text."""
    pairs = (
        value.items() if isinstance(value, Mapping) else (part.partition("=")[::2] for part in _text(value).split(":"))
    )
    for key, inner in pairs:
        text = "" if inner is None else _text(inner)
        if not re.fullmatch(r"[\w-]+", key) or not PARAM_VALUE.fullmatch(text):
            raise ValueError(f"{str(key)[:60]} cannot be {text[:60]!r}")
        if FILE_KEYS.search(key) and not re.fullmatch(NUMBER, text):
            raise ValueError(f"{key} may not name a file")
        yield f"{key}={text}" if text else key


def seconds(time: str) -> float:
    """A time in any of ffmpeg's spellings: 90, 1:30, 00:01:30.5, 1500ms."""
    unit = {"us": 1e-6, "ms": 1e-3}.get(time[-2:], 1.0)
    total = 0.0
    for part in time.rstrip("ums").split(":"):
        total = total * 60 + float(part)
    return total * unit
