"""Limits: how much of the machine one child may use."""

from __future__ import annotations

import resource
import sys
from dataclasses import dataclass

MORE_SECONDS = 5  # between the signal that says which limit was passed and the end
# Without a namespace the system counts all processes of a user together; this keeps the machine alive, no more.
OF_THE_USER = 8192


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may use.

    `wall` and `cpu` are seconds. `memory` is the address space of one process, None where programs reserve far more
    than they use; `resident` is the memory that the child and all that it started really hold, together. `file_size` is
    the bytes of one written file, `disk` and `files` what may lie in the job's folder.
    """

    wall: float = 4 * 3600.0
    cpu: int = 8 * 3600
    memory: int | None = 8 << 30
    resident: int = 4 << 30
    file_size: int = 1 << 40
    disk: int = 1 << 40
    files: int = 50_000
    open_files: int = 256
    processes: int = 512

    def bounds(self, own_users: bool = False) -> dict[str, tuple[int, int]]:
        """The resource limits, soft and hard, by their names; `own_users` says that the child's users are its own."""
        given = {
            "cpu": (self.cpu, self.cpu + MORE_SECONDS),
            "fsize": (self.file_size, self.file_size),
            "nofile": (self.open_files, self.open_files),
            "nproc": (self.processes, self.processes) if own_users else (OF_THE_USER, OF_THE_USER),
            "core": (0, 0),
            **({} if self.memory is None else {"as": (self.memory, self.memory)}),
        }
        return {name: _possible(name, *bound) for name, bound in given.items()}


def _possible(name: str, soft: int, hard: int) -> tuple[int, int]:
    """A host may have set a lower limit for the server itself, and nobody but root may raise that one."""
    _, most = resource.getrlimit(getattr(resource, f"RLIMIT_{name.upper()}"))
    if most == resource.RLIM_INFINITY or (sys.platform == "darwin" and name == "nproc"):
        return soft, hard
    return min(soft, most), min(hard, most)
