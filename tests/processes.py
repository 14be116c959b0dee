"""The processes that a server has started, read from the kernel's table of them."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def programs_under(pid: int, name: str) -> list[int]:
    """The ids of all processes below this one whose program's name starts so."""
    return [child for child, program in _under(pid) if program.startswith(name)]


def names_under(pid: int) -> list[str]:
    """The names of the programs of all processes below this one."""
    return [program for _, program in _under(pid)]


def largest_under(pid: int) -> int:
    """The most bytes that one of the processes below this one holds in memory."""
    found = [0]
    for child, _ in _under(pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found.append(int(Path(f"/proc/{child}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
    return max(found)


def files_open() -> int:
    """How many files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def _under(pid: int) -> list[tuple[int, str]]:
    table = dict(entry for path in Path("/proc").glob("[0-9]*/stat") if (entry := _read(path)))
    found, level = [], [pid]
    while level:
        level = [child for child, (_, parent) in table.items() if parent in level]
        found += [(child, table[child][0]) for child in level]
    return found


def _read(path: Path) -> tuple[int, tuple[str, int]] | None:
    """Its id, with its name and its parent's id; None for one that is gone or only waits to be collected."""
    try:
        start, _, rest = path.read_text().rpartition(") ")
    except (FileNotFoundError, ProcessLookupError):
        return None
    pid, _, name = start.partition(" (")
    state, parent = rest.split()[:2]
    return (int(pid), (name, int(parent))) if state != "Z" else None
