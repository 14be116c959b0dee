"""Settings file: the usual one of the current folder, where relative paths begin, or one that somebody names."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

USUAL = Path("sluice.toml")


class Unreadable(Exception):
    """Nobody can tell what it holds; the sentence says why."""


def usual() -> Path | None:
    """The one of the current folder, if it is there."""
    try:
        return USUAL if USUAL.is_file() else None
    except OSError as error:
        raise _unusable(error) from error


def check_here() -> None:
    """The current folder may have been removed, or belong to somebody else."""
    try:
        os.getcwd()
        os.stat(os.curdir)
    except OSError as error:
        raise _unusable(error) from error


def _unusable(error: OSError) -> Unreadable:
    told = f"the current folder cannot be used: {error.strerror}"
    return Unreadable(f"{told}. Start in another one, or name --config and --data by absolute paths.")


def content(path: Path) -> dict[str, Any]:
    """What it says, as it stands there."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise Unreadable(f"{path} is not TOML: {error}.") from error
