"""What a robot is given: scratch space, progress, and the tools."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

T = TypeVar("T")


class Workspace(Protocol):
    """What one job may touch."""

    @property
    def folder(self) -> Path:
        """The scratch folder; all that is left in it goes away when the job ends."""

    def fresh(self, name: str) -> Path:
        """A path in the scratch folder at which nothing exists yet; `name` is only a hint, mostly its extension."""

    def progress(self, fraction: float) -> None:
        """How much of the job is done, from 0 to 1."""

    def warn(self, sentence: str) -> None:
        """Tells the user in `warnings` that something was lost or changed."""

    def tool(self, kind: type[T]) -> T:
        """The tool of this kind, such as `robots.tools.ffmpeg.Ffmpeg`; ToolMissing if there is none here."""

    async def in_thread(self, act: Callable[..., T], *args: object) -> T:
        """Runs a blocking act beside the event loop; it is over when this ends, even by a cancel."""
