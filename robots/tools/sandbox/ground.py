"""The ground that every child stands on: the programs and libraries of this machine, which it may read."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from robots.tools.sandbox.view import around, outermost

ROBOTS = Path(__file__).parents[2]
# Nothing of /etc but what tells where libraries, fonts and time zones are; nothing of /home, /root, /var or /run.
SYSTEM = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/opt", "/nix/store"),
    *("/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime", "/var/cache/fontconfig"),
    *("/etc/chromium.d", "/etc/libreoffice"),  # how they are started on Debian
)


def ground(hidden: Iterable[Path] = (), more: Iterable[Path] = ()) -> tuple[str, ...]:
    """All that is there of the system, of this Python with its libraries, and of the robots.

    What is `hidden`, such as the data folder, is left out even if it lies in one of these.
    """
    python = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix]
    known = [*map(Path, (*SYSTEM, *python, *map(os.path.realpath, python))), ROBOTS, *more]
    secret = [str(path) for path in hidden]
    found = [path for path in outermost(known) if os.path.exists(path)]
    return tuple(part for path in found for part in around(path, secret))
