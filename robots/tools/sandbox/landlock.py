"""Landlock: a process gives up all files but those that are named, without privileges and for good."""

from __future__ import annotations

import ctypes
import os
import stat
import struct

CREATE, ADD, RESTRICT = 444, 445, 446  # the same numbers on all kinds of processors
ASK_VERSION = 1
BENEATH = 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REGULAR = 1 << 4, 1 << 5, 1 << 7, 1 << 8
REFER, TRUNCATE, IOCTL = 1 << 13, 1 << 14, 1 << 15
READ = EXECUTE | READ_FILE | READ_DIR
# Not to be made: devices, pipes, sockets and symbolic links.
WRITE = READ_FILE | READ_DIR | WRITE_FILE | TRUNCATE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REGULAR | REFER
OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
TCP = 3  # to listen and to connect
OUTSIDE = 3  # abstract sockets of others, and signals to them


def version() -> int:
    """What this kernel knows of Landlock; 0 is nothing."""
    return max(0, int(_libc().syscall(CREATE, None, 0, ASK_VERSION)))


def restrict(reads: list[str], writes: list[str]) -> None:
    """Leaves this process these files and folders and all beneath them. A path that is not there is left out."""
    libc, known = _libc(), version()
    if not known:
        raise OSError("this kernel has no Landlock")
    handled = (1 << min(16, {1: 13, 2: 14, 3: 15, 4: 15}.get(known, 16))) - 1
    rules = struct.pack("QQQ", handled, TCP if known >= 4 else 0, OUTSIDE if known >= 6 else 0)
    rules = rules[: 24 if known >= 6 else 16 if known >= 4 else 8]
    ruleset = _checked(libc.syscall(CREATE, rules, len(rules), 0))
    for rights, paths in ((READ, reads), (WRITE, writes), (READ | WRITE_FILE | IOCTL, DEVICES)):
        for path in paths:
            try:  # noqa: SIM105 - contextlib takes longer to load than all of this
                _allow(libc, ruleset, path, rights & handled)
            except FileNotFoundError:
                pass
    _checked(libc.syscall(RESTRICT, ruleset, 0))
    os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= OF_A_FILE
        _checked(libc.syscall(ADD, ruleset, BENEATH, struct.pack("=Qi", rights, place), 0))
    finally:
        os.close(place)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(answer: int) -> int:
    if answer < 0:
        raise OSError(ctypes.get_errno(), "Landlock")
    return answer
