"""Description: what is known of an upload beside its bytes, kept in an attribute of their file.

So an upload is one inode, whose creation is the costly part of a small one. Where a file system has no attributes, or
none so large, the description is a file beside it.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from tus import durable

ATTRIBUTE = "user.sluice.upload"
SUFFIX = ".json"
# Some file systems say that they are full when only the attribute is too large.
UNABLE = {errno.ENOTSUP, errno.EPERM, errno.ENOSPC, errno.EDQUOT, errno.E2BIG, errno.ERANGE}
NONE = {errno.ENOTSUP, errno.ENODATA}
ABLE = hasattr(os, "setxattr")


def read(path: str) -> dict[str, Any]:
    """FileNotFoundError if there is none, or none that can be understood."""
    try:
        said: dict[str, Any] = dict(orjson.loads(_attribute(path) or _beside(path)))
    except (ValueError, TypeError) as error:
        raise FileNotFoundError(errno.ENOENT, "the description of the upload is damaged", path) from error
    return said


def write(path: str, said: Mapping[str, Any], attributes: bool) -> None:
    """Describes a file that exists. An attribute becomes durable with the next sync of the file."""
    text = orjson.dumps(said)
    try:
        if attributes and ABLE:
            os.setxattr(path, ATTRIBUTE, text)
            return
    except OSError as error:
        if error.errno not in UNABLE:
            raise
    durable.write_atomic(Path(beside(path)), text)
    if attributes and ABLE:
        # An older one would hide the file.
        with suppress(OSError):
            os.removexattr(path, ATTRIBUTE)


def beside(path: str) -> str:
    return path + SUFFIX


def _beside(path: str) -> bytes:
    with open(beside(path), "rb") as file:
        return file.read()


def _attribute(path: str) -> bytes | None:
    try:
        return os.getxattr(path, ATTRIBUTE) if ABLE else None
    except OSError as error:
        if error.errno not in NONE:
            raise
        return None
