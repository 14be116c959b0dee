"""View: what of the machine one child can see and change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from os.path import abspath, realpath
from pathlib import Path


@dataclass(frozen=True)
class View:
    """What one child gets beside the programs of the system.

    It works in `folder`. `reads` and `writes` are files, or folders with all beneath them. `temporary` is how many
    bytes its own /tmp holds, and `shared` its own /dev/shm: both are memory. `sockets` lets it use Unix sockets, which
    only namespaces make safe, and `local` its own network, in which there is nobody else; see
    robots/tools/sandbox/command.py for what is left out at the weaker levels.
    """

    folder: Path | None = None
    reads: tuple[Path, ...] = ()
    writes: tuple[Path, ...] = ()
    temporary: int = 64 << 20
    shared: int = 0
    sockets: bool = False
    local: bool = False

    @property
    def filter(self) -> str:
        """The name of the filter of system calls."""
        return "local" if self.local else "sockets" if self.sockets else "tool"

    @cached_property
    def writable(self) -> list[str]:
        return outermost([*self.writes, *([self.folder] if self.folder else [])])

    @cached_property
    def readable(self) -> list[str]:
        """Without what can be written anyway."""
        return [path for path in outermost(self.reads) if not is_beneath(path, self.writable)]


def outermost(paths: Iterable[Path]) -> list[str]:
    """Absolute, without those that lie in another one."""
    found: list[str] = []
    for path in sorted({abspath(path) for path in paths}, key=len):
        if not is_beneath(path, found):
            found.append(path)
    return found


def is_beneath(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def around(folder: str, hidden: Iterable[str]) -> Iterator[str]:
    """A folder without what is hidden in it: where something is, what lies beside it, level by level."""
    here, secret = realpath(folder), [realpath(path) for path in hidden]
    if is_beneath(here, secret):
        return
    if not any(is_beneath(path, [here]) for path in secret):
        yield folder
        return
    for entry in sorted(Path(folder).iterdir()):
        yield from around(str(entry), secret)
