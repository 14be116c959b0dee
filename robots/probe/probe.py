"""Prober: the type and the metadata of every upload and every result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from robots.base.errors import BadInput, RobotError, ToolMissing
from robots.probe import media
from robots.probe.bounds import bounded
from robots.tools.ffprobe import Ffprobe
from robots.tools.pool import Pool
from robots.tools.sights import Sight, Sights

# What the app's pool of children keeps loaded.
PRELOAD = ("robots.probe.inspection",)
MAX_PIXELS = 200_000_000
SECONDS = 60.0
KINDS = ("image", "video", "audio")
MANY_FRAMES = 100
AT_ONCE = 1_000_000  # pixels that are decoded about as quickly as a second call is made

# Containers of which only ffprobe can say whether they hold pictures.
UNDECIDED = frozenset(
    {"video/mp4", "audio/mp4", "video/quicktime", "video/webm", "video/x-matroska", "audio/ogg", "video/ogg"}
    | {"video/x-ms-wmv", "video/3gpp", "video/3gpp2", "video/mp2t", "video/mpeg"}
)
MEDIA = UNDECIDED | {
    *("video/x-msvideo", "video/x-flv", "application/mxf", "audio/mpeg", "audio/flac", "audio/x-wav", "audio/aac"),
    *("audio/x-aiff", "audio/amr", "audio/x-ape", "audio/x-wavpack", "audio/x-caf", "audio/ac3", "audio/basic"),
}
# A transport stream has no other type than this.
AS_AUDIO = {"video/quicktime": "audio/mp4", "video/x-ms-wmv": "audio/x-ms-wma", "video/mp2t": "video/mp2t"}


@dataclass(frozen=True, slots=True)
class Probed:
    """What is known of a file: media type, type ("image", "video", "audio" or none) and metadata.

    It is not `whole` while the pixels of an image are still to be looked at.
    """

    mime: str | None
    type: str | None
    meta: dict[str, Any] = field(default_factory=dict)
    whole: bool = True


class Unreadable(BadInput):
    """A file says that it is an image, a video or audio, and cannot be read; `probed` is what is known nevertheless.

    `retry` says that it was no fault of the file: the process that looked at it was killed.
    """

    code = "FILE_META_DATA_ERROR"

    def __init__(self, message: str, probed: Probed, retry: bool = False) -> None:
        super().__init__(message)
        self.probed = probed
        self.retry = retry


class Prober:
    """Looks into files: libraries in the warm children, audio and video by ffprobe."""

    def __init__(self, images: Pool, ffprobe: Ffprobe, max_pixels: int = MAX_PIXELS, seconds: float = SECONDS) -> None:
        self.images = images
        self.ffprobe = ffprobe
        self.max_pixels = max_pixels
        self.seconds = seconds
        self.sights = Sights()

    async def probe(
        self, path: Path, name: str, wanted: bool | Mapping[str, bool] | Sequence[str] = True, *, seen: bool = False
    ) -> Probed:
        """The type and the metadata; raises Unreadable. `wanted` is the step's `output_meta`.

        False asks for the type alone; names add what is costly: dominant_colors, blurhash and thumbhash of images,
        colorspace and interlaced of video, mean_volume of audio. If what pixels show has been `seen` by who made them,
        they are not decoded for it again.
        """
        return await self._probe(path, name, wanted, 0 if seen and not _names(wanted) else self.max_pixels)

    async def probe_together(
        self,
        files: Sequence[tuple[Path, str]],
        wanted: bool | Mapping[str, bool] | Sequence[str] = True,
        *,
        seen: bool = False,
    ) -> list[Probed | None]:
        """The same for several small files, by their paths and names, in one call; None for one to be probed alone."""
        if not files or wanted is False:
            return [None] * len(files)
        names, told = _names(wanted), [[str(path), name] for path, name in files]
        pixels = 0 if seen and not names else self.max_pixels
        arguments = {"files": told, "wanted": sorted(names), "max_pixels": pixels}
        try:
            found = await self.images.call("robots.probe.inspection:inspect_all", self.seconds, **arguments)
        except RobotError:
            return [None] * len(files)
        probed = [Probed(**one) if one else None for one in found]
        return [await self._known(path, one, names) for (path, _), one in zip(files, probed, strict=True)]

    async def _known(self, path: Path, probed: Probed | None, wanted: frozenset[str]) -> Probed | None:
        """With what ffprobe need not be asked for, where it belongs to it."""
        if probed is None or probed.mime not in MEDIA:
            return probed
        try:
            return await self._heard(path, probed, wanted) if self.ffprobe.knows(path) else None
        except RobotError:
            return None

    async def glance(self, path: Path, name: str, wanted: bool | Mapping[str, bool] | Sequence[str] = True) -> Probed:
        """The same, but of a large image only what its header says; `complete` adds the rest."""
        probed = await self._probe(path, name, wanted, min(AT_ONCE, self.max_pixels))
        pixels = probed.meta.get("width", 0) * probed.meta.get("height", 0)
        return replace(probed, whole=probed.type != "image" or not AT_ONCE < pixels <= self.max_pixels)

    async def complete(
        self,
        path: Path,
        glanced: Probed,
        wanted: bool | Mapping[str, bool] | Sequence[str],
        sight: Sight | None = None,
    ) -> Probed:
        """What a glance left out is added, from the sight of a job if that is enough; raises Unreadable."""
        names = _names(wanted)
        if sight and not names and (average := await sight):
            told = {"average_color": average, "has_transparency": False}
            return replace(glanced, meta=glanced.meta | told, whole=True)
        arguments = {"path": str(path), "mime": glanced.mime, "wanted": sorted(names)}
        try:
            seen = await self.images.call("robots.probe.inspection:see", self.seconds, **arguments)
        except RobotError as error:
            raise Unreadable(error.message, replace(glanced, whole=True), error.retry) from error
        if sentence := seen.get("error"):
            raise Unreadable(sentence, replace(glanced, whole=True))
        return replace(glanced, meta=glanced.meta | seen["meta"], whole=True)

    async def _probe(
        self, path: Path, name: str, wanted: bool | Mapping[str, bool] | Sequence[str], pixels: int
    ) -> Probed:
        if path.stat().st_size == 0:
            return _named(name)
        if wanted is False:
            return await self._typed(path, name)
        names = _names(wanted)
        probed = await self._inspected(path, name, names, pixels)
        return await self._heard(path, probed, names) if probed.mime in MEDIA else probed

    async def _typed(self, path: Path, name: str) -> Probed:
        sniffed = Probed(
            **await self.images.call("robots.probe.inspection:sniff", self.seconds, path=str(path), name=name)
        )
        if sniffed.mime not in UNDECIDED:
            return sniffed
        try:
            kind, _ = media.read(await self.ffprobe.show(path))
        except ToolMissing:
            raise
        except RobotError:
            return sniffed
        return _decided(sniffed, kind)

    async def _inspected(self, path: Path, name: str, wanted: frozenset[str], pixels: int) -> Probed:
        arguments = {"path": str(path), "name": name, "wanted": sorted(wanted), "max_pixels": pixels}
        try:
            found = await self.images.call("robots.probe.inspection:inspect", self.seconds, **arguments)
        except RobotError as error:
            # A file that exhausts or kills the child is asked for no more than its type.
            raise Unreadable(error.message, await self._typed(path, name), error.retry) from error
        sentence = found.pop("error", None)
        if sentence:
            raise Unreadable(sentence, Probed(**found))
        return Probed(**found)

    async def _heard(self, path: Path, probed: Probed, wanted: frozenset[str]) -> Probed:
        """Adds what ffprobe shows; the tags that the child found win over those of ffprobe."""
        try:
            kind, meta = media.read(await self.ffprobe.show(path), wanted)
        except ToolMissing:
            raise
        except RobotError as error:
            raise Unreadable(error.message, probed, error.retry) from error
        if kind is None:
            raise Unreadable("The file holds neither picture nor sound.", probed)
        meta |= await self._measured(path, meta, kind, wanted)
        return _decided(Probed(probed.mime, probed.type, bounded({**meta, **probed.meta})), kind)

    async def _measured(self, path: Path, meta: Mapping[str, Any], kind: str, wanted: frozenset[str]) -> dict[str, Any]:
        """What takes decoding."""
        if kind == "audio" and "mean_volume" in wanted:
            volume = await self.ffprobe.mean_volume(path)
            return {} if volume is None else {"mean_volume": volume}
        if kind == "video" and "interlaced" in wanted:
            return _interlaced(await self.ffprobe.interlacing(path), meta.get("field_order"))
        return {}


def _named(name: str) -> Probed:
    """An empty file has no content to tell its type by; by its name a robot takes it, and says what is wrong."""
    told = guess_type(name)[0] or "application/octet-stream"
    kind = told.partition("/")[0]
    return Probed(told, kind if kind in KINDS else None, {})


def _names(wanted: bool | Mapping[str, bool] | Sequence[str]) -> frozenset[str]:
    if isinstance(wanted, bool):
        return frozenset()
    return frozenset(name for name in wanted if not isinstance(wanted, Mapping) or wanted[name])


def _decided(probed: Probed, kind: str | None) -> Probed:
    """The type that the streams tell: a container without pictures is audio."""
    mime = probed.mime or ""
    if kind == "audio" and mime.startswith("video/"):
        mime = AS_AUDIO.get(mime) or mime.replace("video/", "audio/")
    elif kind == "video" and mime.startswith("audio/"):
        mime = mime.replace("audio/", "video/")
    return Probed(mime, kind or probed.type, probed.meta)


def _interlaced(counted: Mapping[str, int] | None, told: str | None) -> dict[str, Any]:
    """Whether frames are woven of two fields; a stream that is coded as progressive must show it clearly."""
    if counted is None:
        return {}
    woven = counted["tff"] + counted["bff"]
    judged = woven + counted["progressive"]
    share = woven / judged if judged else 0.0
    detection = {
        **counted,
        "sampled_frames": sum(counted.values()),
        "confidence": round(max(share, 1 - share) if judged else 0.0, 3),
        "method": "idet",
        "ffprobe_field_order": told,
    }
    interlaced = share >= 0.9 and judged >= MANY_FRAMES if told == "progressive" else share > 0.5
    return {"interlaced": interlaced, "interlace_detection": detection}
