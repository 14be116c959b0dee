"""Toy robots, so that the heart is tested without a tool or a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from robots.base.catalog import UnknownRobot
from robots.base.file import File
from robots.base.params import Param, Params
from robots.base.robot import BundleRobot, FileRobot, ImportRobot, Robot
from server.model.instructions import Instructions, parse


class NoParams(Params):
    pass


class ResizeParams(Params):
    width: int | None = Param(None, ge=1, le=5000)
    height: int | None = Param(None, ge=1, le=5000)
    strategy: Literal["fit", "crop"] = Param("fit")
    text: list[dict[str, Any]] = Param([])
    ffmpeg: dict[str, Any] = Param({})
    imagemagick_stack: str = Param("v3", pattern=r"^v?[23]")
    font_size: int | None = Param(None, unheeded=True)


class StoreParams(Params):
    path: str = Param("${unique_prefix}/${file.url_name}")
    bucket: str = Param(...)


class ScriptParams(Params):
    script: str = Param(..., literal=True)


class OrderParams(Params):
    sort_by: str = Param("basename")


class UrlParams(Params):
    url: str = Param(...)


class UploadHandleRobot(Robot[NoParams]):
    name = "/upload/handle"
    inputs = "none"


class ImageResizeRobot(FileRobot[ResizeParams]):
    name = "/image/resize"
    accepts = ("image",)
    starts_early = True


class VideoEncodeRobot(FileRobot[NoParams]):
    name = "/video/encode"
    accepts = ("video",)
    work = "video"


class VideoConcatRobot(BundleRobot[OrderParams]):
    name = "/video/concat"
    accepts = ("video",)


class ScriptRunRobot(FileRobot[ScriptParams]):
    name = "/script/run"


class HttpImportRobot(ImportRobot[UrlParams]):
    name = "/http/import"


class S3StoreRobot(FileRobot[StoreParams]):
    name = "/s3/store"
    stores = True


class Toys:
    """A catalogue of the robots above."""

    robots: Mapping[str, type[Robot[Any]]] = {
        robot.name: robot
        for robot in (
            UploadHandleRobot,
            ImageResizeRobot,
            VideoEncodeRobot,
            VideoConcatRobot,
            ScriptRunRobot,
            HttpImportRobot,
            S3StoreRobot,
        )
    }

    def get(self, name: str) -> type[Robot[Any]]:
        if name not in self.robots:
            raise UnknownRobot(name)
        return self.robots[name]


def instructions(steps: Mapping[str, Any], **more: Any) -> Instructions:
    return parse({"steps": steps, **more}, Toys())


def resize(use: Any = ":original", **more: Any) -> dict[str, Any]:
    return {"robot": "/image/resize", "use": use, **more}


def encode(use: Any = ":original", **more: Any) -> dict[str, Any]:
    return {"robot": "/video/encode", "use": use, **more}


def store(use: Any = ":original", **more: Any) -> dict[str, Any]:
    return {"robot": "/s3/store", "use": use, "bucket": "b", **more}


def image(**more: Any) -> File:
    return File(**{"id": "f2d3eeeb67479f11f8b091b04f6181ad", "name": "my photo.jpg", "type": "image", **more})
