"""Finds the faces in images, and cuts them out if that is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from robots.base.file import File
from robots.base.params import Param, Params
from robots.base.robot import FileRobot
from robots.base.workspace import Workspace
from robots.tools.images.losses import plain
from robots.tools.vips import LIBRARIES, Images

FIND, CUT = "robots.tools.images.portraits:find", "robots.tools.images.portraits:cut"
Found = dict[str, Any]


class ImageFacedetectParams(Params):
    """Which faces are wanted, and how."""

    provider: Literal["auto", "aws", "gcp", "replicate", "fal", "transloadit"] = Param(
        "auto", "Accepted and without effect: faces are found on this machine."
    )
    crop: bool = Param(False, "Makes an image of each face, instead of passing the input on with `faces` in its meta.")
    crop_padding: Annotated[str, Field(pattern=r"^\d+(px|%)$")] = Param(
        "5px", "How much is added at each side of a face, in pixels or in percent of its own sides."
    )
    format: Literal["jpg", "png", "tiff", "preserve"] = Param(
        "preserve", "The format of the images of faces; preserve is that of the input."
    )
    min_confidence: int = Param(70, "Faces that are less sure, from 0 to 100, are not counted.", ge=0, le=100)
    faces: Literal["each", "group", "max-confidence", "max-size"] | int = Param(
        "each",
        "Which faces: each of them, the surest, the largest, one rectangle round all, or one by its number, which is "
        "counted from 0, from left to right.",
    )


class ImageFacedetectRobot(FileRobot[ImageFacedetectParams]):
    """Finds faces, tells where they are, and cuts them out."""

    name = "/image/facedetect"
    accepts = ("image",)
    work = "image"
    tools = (*LIBRARIES, "litert")
    example = {"faces": {"robot": "/image/facedetect", "use": ":original", "crop": True, "faces": "max-confidence"}}

    async def run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        p, images = self.params, workspace.tool(Images)
        seen = await images.call(FIND, source=file.bytes, pixels=images.pixels)
        sure = [face for face in seen["faces"] if face["confidence"] >= p.min_confidence]
        faces = chosen(sorted(sure, key=lambda face: (face["x1"], face["y1"])), p.faces)
        if not p.crop:
            if faces or isinstance(p.faces, str):
                yield file.with_meta(faces=faces)
            return
        boxes = [padded(face, p.crop_padding, seen["width"], seen["height"]) for face in faces]
        for face, made in zip(faces, await self._cut(file, boxes, workspace), strict=True):
            yield made.with_meta(faces=[{**face, "width": made.meta["width"], "height": made.meta["height"]}])

    async def _cut(self, file: File, boxes: Sequence[Sequence[int]], workspace: Workspace) -> list[File]:
        if not boxes:
            return []
        images = workspace.tool(Images)
        targets = [workspace.fresh(file.name) for _ in boxes]
        wanted = None if self.params.format == "preserve" else self.params.format
        parts = await images.call(
            CUT, source=file.bytes, ext=file.ext, format=wanted, boxes=boxes, targets=targets, pixels=images.pixels
        )
        for sentence in dict.fromkeys(loss for part in parts for loss in part["losses"]):
            workspace.warn(plain(sentence))
        return [
            file.made(target, part["ext"], width=part["width"], height=part["height"])
            for target, part in zip(targets, parts, strict=True)
        ]


def chosen(faces: Sequence[Found], which: str | int) -> list[Found]:
    """Those that are wanted, of faces in their order."""
    if isinstance(which, int):
        return [faces[which]] if 0 <= which < len(faces) else []
    if which == "each" or not faces:
        return list(faces)
    if which == "group":
        return [together(faces)]
    size = which == "max-size"
    return [max(faces, key=lambda face: face["width"] * face["height"] if size else face["confidence"])]


def together(faces: Sequence[Found]) -> Found:
    """The rectangle round all of them, which is as sure as the least sure of them."""
    x1, y1 = min(face["x1"] for face in faces), min(face["y1"] for face in faces)
    x2, y2 = max(face["x2"] for face in faces), max(face["y2"] for face in faces)
    confidence = min(face["confidence"] for face in faces)
    return {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "width": x2 - x1, "height": y2 - y1, "confidence": confidence}


def padded(face: Found, padding: str, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom, no farther than the image goes."""
    if padding.endswith("%"):
        part = int(padding[:-1]) / 100
        across, down = round(face["width"] * part), round(face["height"] * part)
    else:
        across = down = int(padding[:-2])
    return (
        max(0, face["x1"] - across),
        max(0, face["y1"] - down),
        min(width, face["x2"] + across),
        min(height, face["y2"] + down),
    )
