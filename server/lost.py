"""Lost: a data folder whose files are there, and whose database is not."""

from __future__ import annotations

from pathlib import Path

from server.database.sqlite import DATABASE


def sentence(data: Path) -> str | None:
    """What is told instead of making a new database: it would know none of the files, and a start removes those."""
    database, files = data / DATABASE, data / "files"
    if (database.exists() and database.stat().st_size) or not any(files.glob("*/*/*")):
        return None
    return f"{database} is gone or empty, and {files} holds files: put it back, or move them away to begin anew."
