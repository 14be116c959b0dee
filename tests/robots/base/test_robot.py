"""The shapes that robots come in."""

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest

from robots.base.errors import BadInput
from robots.base.file import File
from robots.base.params import Params
from robots.base.robot import BundleRobot, FileRobot, ImportRobot, RoleRobot, role_of
from robots.base.workspace import Workspace


class NoParams(Params):
    pass


class ImagePaintRobot(FileRobot[NoParams]):
    name = "/image/paint"
    accepts = ("image", "application/pdf")

    async def run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        yield file.made(Path("painted"), "png")


class ImageStackRobot(BundleRobot[NoParams]):
    name = "/image/stack"

    async def run(self, files: Sequence[File], workspace: Workspace) -> AsyncIterator[File]:
        yield files[0].made(Path("stacked"), pages=len(files))


class ImageMarkRobot(RoleRobot[NoParams]):
    name = "/image/mark"
    main = "base"
    roles = ("watermark", "text")

    async def run(self, file: File, others: Mapping[str, Sequence[File]], workspace: Workspace) -> AsyncIterator[File]:
        names = {role: [other.name for other in files] for role, files in others.items()}
        yield file.made(Path("marked")).with_meta(**names)


class TestPatternImportRobot(ImportRobot[NoParams]):
    __test__ = False
    name = "/testpattern/import"

    async def run(self, workspace: Workspace) -> AsyncIterator[File]:
        yield File(id="", name="bars.png")


def file(name: str, tag: str | tuple[str, ...] | None = None) -> File:
    return File(id=name, name=name, tag=tag)


async def results(robot: type, files: Sequence[File], workspace: Workspace) -> list[File]:
    return [made async for made in robot(NoParams()).work_on(files, workspace)]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    class Scratch:
        folder = tmp_path

    return Scratch()  # type: ignore[return-value]


def test_its_params_and_error_codes_come_from_its_class_and_name() -> None:
    assert ImagePaintRobot.model is NoParams
    assert ImagePaintRobot.error() == "IMAGE_PAINT_VALIDATION"
    assert ImagePaintRobot.error("INVALID_INPUT") == "IMAGE_PAINT_INVALID_INPUT"


@pytest.mark.parametrize(
    ("type_", "mime", "taken"),
    [("image", "image/png", True), (None, "application/pdf", True), ("video", "video/mp4", False), (None, None, False)],
)
def test_it_takes_the_kinds_and_media_types_that_it_accepts(type_: str | None, mime: str | None, taken: bool) -> None:
    one = File(id="a", name="a", type=type_, mime=mime)

    assert ImagePaintRobot.takes(one) is taken
    assert ImageStackRobot.takes(one)


async def test_a_file_robot_works_on_one_file(workspace: Workspace) -> None:
    (painted,) = await results(ImagePaintRobot, [file("a.jpg")], workspace)

    assert (painted.name, painted.path) == ("a.png", Path("painted"))


async def test_a_bundle_robot_gets_all_files_together(workspace: Workspace) -> None:
    (stacked,) = await results(ImageStackRobot, [file("a"), file("b")], workspace)

    assert stacked.meta == {"pages": 2}
    assert ImageStackRobot.inputs == "bundle"


async def test_an_import_robot_needs_no_file(workspace: Workspace) -> None:
    (bars,) = await results(TestPatternImportRobot, [], workspace)

    assert bars.name == "bars.png"
    assert (TestPatternImportRobot.inputs, TestPatternImportRobot.work) == ("none", "network")


async def test_a_role_robot_finds_its_main_file_among_the_others(workspace: Workspace) -> None:
    files = [file("logo", "watermark_1"), file("other"), file("photo", "base"), file("name", "watermark_2")]

    (marked,) = await results(ImageMarkRobot, files, workspace)

    assert marked.name == "photo"
    assert marked.meta == {"watermark": ["logo", "name"], "text": []}


async def test_a_role_robot_says_when_its_main_file_is_missing(workspace: Workspace) -> None:
    with pytest.raises(BadInput, match="only files for watermark, text"):
        await results(ImageMarkRobot, [file("logo", "watermark")], workspace)


def test_every_main_file_of_a_role_robot_gets_a_job_with_the_others_beside_it() -> None:
    logo, one, two = file("logo", "watermark"), file("one"), file("two", "base")

    assert ImageMarkRobot.divide([one, logo, two]) == [[one, logo], [two, logo]]
    assert ImageMarkRobot.divide([logo]) == [[logo]]
    assert ImageStackRobot.divide([one, two]) == [[one, two]]
    assert ImageStackRobot.divide([]) == []


@pytest.mark.parametrize(
    ("tag", "role"), [("watermark_2", "watermark"), ("base", "base"), (("mask", "x"), "mask"), (None, ""), ((), "")]
)
def test_the_role_of_a_file_is_its_tag_without_the_number(tag: str | tuple[str, ...] | None, role: str) -> None:
    assert role_of(file("a", tag)) == role
