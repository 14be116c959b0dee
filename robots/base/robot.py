"""Robot and its kinds: one worker-facing method, and a friendly one each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, ClassVar, Generic, Literal, TypeVar, get_args

from robots.base.errors import BadInput
from robots.base.file import File
from robots.base.params import Params
from robots.base.workspace import Workspace

P = TypeVar("P", bound=Params)
Work = Literal["image", "video", "file", "network"]


class Robot(Generic[P]):
    """What a step runs. A subclass is one file whose path is its name.

    `accepts` lists what it takes: "any", a kind ("image", "video", "audio") or a media type ("application/pdf");
    files of other types are passed over silently. `work` is the class of work, by which jobs are limited.
    `tools` names the programs it cannot do without, as `run.py doctor` prints them. One that `starts_early` makes new
    files, and needs neither the hash of its input nor metadata that takes decoding. One that is `isolated` runs foreign
    code, or programs that are easily led astray, and is refused where children have limits but no sandbox.
    """

    name: ClassVar[str]
    accepts: ClassVar[tuple[str, ...]] = ("any",)
    work: ClassVar[Work] = "file"
    tools: ClassVar[tuple[str, ...]] = ()
    example: ClassVar[Mapping[str, Any]]
    inputs: ClassVar[Literal["none", "file", "bundle"]] = "file"
    stores: ClassVar[bool] = False
    starts_early: ClassVar[bool] = False
    isolated: ClassVar[bool] = False
    model: ClassVar[type[Params]]

    def __init__(self, params: P) -> None:
        self.params = params

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for base in getattr(cls, "__orig_bases__", ()):
            for kind in get_args(base):
                if isinstance(kind, type) and issubclass(kind, Params):
                    cls.model = kind

    @property
    def forgives(self) -> frozenset[str]:
        """The phases that its own parameters allow to fail, beside those of the step."""
        return frozenset()

    @classmethod
    def takes(cls, file: File) -> bool:
        """Whether this robot knows what to do with such a file."""
        return "any" in cls.accepts or file.type in cls.accepts or file.mime in cls.accepts

    @classmethod
    def error(cls, kind: str = "VALIDATION") -> str:
        """The error code made from the name: IMAGE_RESIZE_VALIDATION."""
        return f"{cls.name.strip('/').replace('/', '_').upper()}_{kind}"

    @classmethod
    def divide(cls, files: Sequence[File]) -> list[Sequence[File]]:
        """The files that came together for this robot, as one job gets them each."""
        return [files] if files else []

    def work_on(self, files: Sequence[File], workspace: Workspace) -> AsyncIterator[File]:
        """Runs the robot; each result is yielded as soon as it is ready."""
        raise NotImplementedError


class FileRobot(Robot[P]):
    """Works on one file at a time."""

    def work_on(self, files: Sequence[File], workspace: Workspace) -> AsyncIterator[File]:
        return self.run(files[0], workspace)

    def run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        raise NotImplementedError


class StoreRobot(FileRobot[P]):
    """Puts each file where it stays; the status then tells that place as the file's own."""

    stores = True
    work = "network"

    @classmethod
    def divide(cls, files: Sequence[File]) -> list[Sequence[File]]:
        return [[file] for file in files]

    def work_on(self, files: Sequence[File], workspace: Workspace) -> AsyncIterator[File]:
        file = files[0]
        if file.path is None or not file.path.exists():
            raise BadInput(f"{file.name} was not fetched: a file stub has no bytes to store.")
        return super().work_on(files, workspace)


class RoleRobot(Robot[P]):
    """Works on one main file, with others beside it that were tagged with `as` in the step's `use`.

    The main file is the one tagged with `main`, else the first that has no role of its own.
    """

    main: ClassVar[str]
    roles: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def takes(cls, file: File) -> bool:
        """A file that was tagged for a role is let in whatever its type: a PNG over a video, subtitles beside it."""
        return role_of(file) in cls.roles or super().takes(file)

    @classmethod
    def divide(cls, files: Sequence[File]) -> list[Sequence[File]]:
        """Each main file gets a job of its own, with all the others beside it."""
        others = [file for file in files if role_of(file) in cls.roles]
        return [[file, *others] for file in files if file not in others] or super().divide(files)

    def work_on(self, files: Sequence[File], workspace: Workspace) -> AsyncIterator[File]:
        others: dict[str, list[File]] = {role: [] for role in self.roles}
        candidates: list[File] = []
        for file in files:
            others.get(role_of(file), candidates).append(file)
        candidates.sort(key=lambda file: role_of(file) != self.main)
        if not candidates:
            raise BadInput(f"{self.name} got no file to work on, only files for {', '.join(self.roles)}.")
        return self.run(candidates[0], others, workspace)

    def run(self, file: File, others: Mapping[str, Sequence[File]], workspace: Workspace) -> AsyncIterator[File]:
        raise NotImplementedError


class BundleRobot(Robot[P]):
    """Works on several files together."""

    inputs = "bundle"

    def work_on(self, files: Sequence[File], workspace: Workspace) -> AsyncIterator[File]:
        return self.run(files, workspace)

    def run(self, files: Sequence[File], workspace: Workspace) -> AsyncIterator[File]:
        raise NotImplementedError


class ImportRobot(Robot[P]):
    """Needs no input: it brings files of its own."""

    inputs = "none"
    work = "network"

    def work_on(self, files: Sequence[File], workspace: Workspace) -> AsyncIterator[File]:
        return self.run(workspace)

    def run(self, workspace: Workspace) -> AsyncIterator[File]:
        raise NotImplementedError


def role_of(file: File) -> str:
    """The role that a tag gives: "watermark" for `as: watermark_2`."""
    tag = file.tag if isinstance(file.tag, str) else (file.tag or ("",))[0]
    return tag.partition("_")[0]
