"""Cuts renditions of a video into segments, with the playlists by which players choose among them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from robots.base.errors import BadInput, BadParams
from robots.base.file import File, Meta
from robots.base.params import Param
from robots.base.robot import BundleRobot
from robots.base.workspace import Workspace
from robots.tools.clips import ReelParams
from robots.tools.encoding import Encoding
from robots.tools.ffmpeg import Ffmpeg
from robots.tools.ffprobe import Ffprobe
from robots.tools.footage import Footage
from robots.tools.framing import Framing
from robots.tools.hls import Hls, pieces_of
from robots.tools.manifest import Manifest
from robots.tools.pieces import Pieces
from robots.tools.recipe import recipe
from robots.tools.rendition import Rendition, hindrance, lost, named, streamable
from robots.tools.streams import losses

ListName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*$", max_length=200)]

ROOT = "stream"  # the folder in which the main playlists lie


class VideoAdaptiveParams(ReelParams):
    """What /video/adaptive may be told."""

    technique: Literal["dash", "hls", "cmaf"] = Param(
        "dash", "MPEG-DASH, HLS, or CMAF, where playlists of both kinds name the same segments."
    )
    playlist_name: ListName | None = Param(
        None, "The name of the main playlist; playlist.mpd, or for hls playlist.m3u8, without it."
    )
    hls_playlist_name: ListName | None = Param(
        None, "The name of the main playlist of HLS with cmaf; playlist.m3u8 without it."
    )
    segment_duration: int = Param(10, "Seconds of each segment; each begins with a key frame.", ge=1, le=3600)
    closed_captions: bool = Param(
        True, "Whether players of HLS look for captions in the picture; false tells them that there are none."
    )
    audio_group: bool = Param(
        False, "With hls, files of sound become choices beside each video, whose own sound is left out."
    )

    @property
    def main(self) -> str:
        return self.playlist_name or ("playlist.m3u8" if self.technique == "hls" else "playlist.mpd")

    @property
    def hls(self) -> str | None:
        """The name of the main playlist of HLS, if there is one."""
        if self.technique == "cmaf":
            return self.hls_playlist_name or "playlist.m3u8"
        return self.main if self.technique == "hls" else None

    @property
    def as_they_are(self) -> bool:
        """Whether nothing is wanted of the renditions."""
        return self.preset is None and not self.ffmpeg and not (self.width or self.height)


class VideoAdaptiveRobot(BundleRobot[VideoAdaptiveParams]):
    """Cuts renditions of a video into segments for HLS, MPEG-DASH or both.

    The main playlist of HLS tells which `playlists` it names, and has an `hls_url` for players where an exporter has
    stored it.
    """

    name = "/video/adaptive"
    accepts = ("video", "audio")
    work = "video"
    tools = ("ffmpeg", "ffprobe")
    example = {
        "low": {"robot": "/video/encode", "use": ":original", "preset": "hls/270p"},
        "high": {"robot": "/video/encode", "use": ":original", "preset": "hls/720p"},
        "streamed": {
            "robot": "/video/adaptive",
            "use": {"steps": ["low", "high"], "bundle_steps": True},
            "technique": "hls",
        },
    }

    async def run(self, files: Sequence[File], workspace: Workspace) -> AsyncIterator[File]:
        folder = workspace.fresh("streamed")
        folder.mkdir()
        renditions = named([await self._rendition(file, workspace) for file in files])
        for sentence in lost(renditions):
            workspace.warn(sentence)
        if self.params.technique == "hls":
            packed = await self._hls(renditions, workspace).write(folder, workspace)
        else:
            packed = await self._manifest().write(renditions, folder, workspace)
        pieces = Pieces(workspace.tool(Ffprobe))
        for cut in pieces_of(packed):
            await pieces.look(cut)
        told = [(path, {"relative_path": _place(path, folder), **meta}) for path, meta in packed]
        main = folder / self.params.hls if self.params.hls else None
        playlists = [_listed(path, meta) for path, meta in told if path.suffix == ".m3u8" and path != main]
        for path, meta in told:
            pieces.tell(path)
            made = replace(files[0].made(path, **meta), name=path.name)
            yield replace(made, playlists=playlists) if path == main else made

    def _hls(self, renditions: Sequence[Rendition], workspace: Workspace) -> Hls:
        params, grouped = self.params, self.params.audio_group
        if grouped and all(each.footage.video for each in renditions):
            workspace.warn("audio_group means nothing without files of sound and was passed over.")
            grouped = False
        return Hls(renditions, params.main, params.segment_duration, params.closed_captions, grouped)

    def _manifest(self) -> Manifest:
        return Manifest(self.params.main, self.params.hls, self.params.segment_duration)

    async def _rendition(self, file: File, workspace: Workspace) -> Rendition:
        """The file itself where players take its codecs, else encoded anew with key frames where segments begin."""
        shown = await workspace.tool(Ffprobe).show(file.bytes)
        footage = Footage.of(shown)
        if not footage.video and not footage.audio:
            raise BadInput(f"The file {file.name} has neither picture nor sound.")
        if self.params.as_they_are:
            if (why := hindrance(footage)) is None:
                as_it_is = Rendition(file.bytes, footage, file.basename)
                return as_it_is if "mp4" in shown["format"]["format_name"] else await _repacked(as_it_is, workspace)
            workspace.warn(f"A file was encoded anew, for {why}.")
        keys = {"force_key_frames": f"expr:gte(t,n_forced*{self.params.segment_duration})"}
        wanted = {**keys, **self.params.ffmpeg} if footage.video else {**self.params.ffmpeg, "vn": True}
        made = recipe(self.params.preset, wanted, ext="mp4")
        encoding = Encoding.of(footage, made, Framing(box=self.params.box(made)), sources=[file.bytes])
        for sentence in [*encoding.limits, *losses(footage, encoding.recipe)]:
            workspace.warn(sentence)
        target: Path = workspace.fresh(f"rendition.{encoding.recipe.ext}")
        told = [*encoding.arguments, "-f", encoding.recipe.muxer]
        await workspace.tool(Ffmpeg).encode(
            told, inputs=encoding.inputs, output=target, workspace=workspace, seconds=encoding.seconds, share=(0.0, 0.5)
        )
        await encoding.check(target, workspace)
        seen = Footage.of(await workspace.tool(Ffprobe).show(target))
        if self.params.technique == "hls" and not streamable(seen):
            raise BadParams("technique: players of HLS take H.264 or HEVC with AAC, MP3 or AC-3, and nothing else")
        return Rendition(target, seen, file.basename)


async def _repacked(each: Rendition, workspace: Workspace) -> Rendition:
    """The same streams in an MP4, for other formats do not say how long each frame lasts, or have tags of their own."""
    footage, target = each.footage, workspace.fresh("rendition.mp4")
    told = ["-map", f"0:{footage.video['index']}"] if footage.video else []
    told += ["-map", f"0:{footage.audio[0]['index']}"] if footage.audio else []
    await workspace.tool(Ffmpeg).encode(
        [*told, "-c", "copy", "-f", "mp4"], inputs=[each.source], output=target, workspace=workspace, share=(0.0, 0.0)
    )
    seen = Footage.of(await workspace.tool(Ffprobe).show(target))
    sound = [{**track, "tags": footage.audio[0].get("tags") or {}} for track in seen.audio]  # languages as they are
    kept = replace(seen, audio=[*sound, *footage.audio[1:]], subtitles=footage.subtitles)
    return replace(each, source=target, footage=kept)


def _place(path: Path, folder: Path) -> str:
    """Never empty: exporters write ${file.meta.relative_path}/${file.name}, where // would be another place."""
    return Path(ROOT, path.relative_to(folder)).parent.as_posix()


def _listed(path: Path, meta: Meta) -> Meta:
    return {"name": path.name, "relative_path": meta["relative_path"], "meta": meta}
