"""The processes that a server has started, read from the kernel's table of them."""

from __future__ import annotations

from pathlib import Path


def programs_under(pid: int, name: str) -> list[int]:
    """The ids of all processes below this one whose program's name starts so."""
    table = dict(entry for path in Path("/proc").glob("[0-9]*/stat") if (entry := _read(path)))
    found, level = [], [pid]
    while level:
        level = [child for child, (_, parent) in table.items() if parent in level]
        found += [child for child in level if table[child][0].startswith(name)]
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
