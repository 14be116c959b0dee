"""System calls that are refused: a filter for the kernel, as a program of its own small machine."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from functools import cache

from robots.tools.sandbox.syscalls import CALLS, CLONE, CLONE3, HIDDEN_MEMORY, SOCKET, STARTS

MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column of the tables, the kernel's name for it
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # where these lie in what the filter is shown
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
OTHER_WORDS = 0x40000000  # from here on x86_64 counts the calls of another binary interface
NEW_NAMESPACES = 0x7E020000
THREAD = 0x00010000
UNIX, INTERNET = 1, 2
SET_NO_NEW_PRIVS, SET_SECCOMP, BY_FILTER = 38, 22, 2

# The kinds of filters, and the families of sockets that each leaves.
KINDS: dict[str, tuple[int, ...]] = {"tool": (), "sockets": (UNIX,), "local": (UNIX, INTERNET), "worker": ()}


@cache
def program(kind: str) -> bytes:
    """The filter for a "tool", for one that may use Unix sockets ("sockets"), or for a warm child ("worker").

    "local" leaves the sockets of the internet as well, for a tool in a network namespace where nobody else is.

    All are refused sockets of other families, and what reaches into other processes or into the kernel. A worker,
    which has its libraries loaded, starts no processes either. Empty on machines whose numbers are not known.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no filter {kind}")
    if os.uname().machine not in MACHINES:
        return b""
    column, architecture = MACHINES[os.uname().machine]
    lines = [_line(LOAD, ARCHITECTURE), _line(EQUAL, architecture, yes=1), _line(RETURN, KILL), _line(LOAD, NUMBER)]
    lines += [] if column else [_line(AT_LEAST, OTHER_WORDS, no=1), _line(RETURN, REFUSE | errno.ENOSYS)]
    lines += _refused(CALLS, column, errno.EPERM)
    lines += _refused({"clone3": CLONE3}, column, errno.ENOSYS)  # its flags cannot be seen here; clone does the same
    if not KINDS[kind]:
        lines += _refused(HIDDEN_MEMORY, column, errno.ENOSYS)
    if kind == "worker":
        lines += _refused(STARTS, column, errno.EPERM)
    lines += _socket(SOCKET[column], KINDS[kind])
    lines += _clone(CLONE[column], kind == "worker")
    return b"".join([*lines, _line(RETURN, ALLOW)])


def install(kind: str) -> None:
    """From now on this process, and all that it starts, is under the filter."""
    code = program(kind)
    if not code:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(code, len(code))
    told = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    libc.prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.prctl(SET_SECCOMP, BY_FILTER, told, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


def _line(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    """One instruction; `yes` and `no` are how many lines a comparison skips."""
    return struct.pack("HBBI", code, yes, no, value)


def _refused(calls: dict[str, tuple[int | None, int | None]], column: int, reason: int) -> list[bytes]:
    numbers = [numbers[column] for numbers in calls.values()]
    return [
        line
        for number in numbers
        if number is not None
        for line in (_line(EQUAL, number, no=1), _line(RETURN, REFUSE | reason))
    ]


def _socket(number: int, families: tuple[int, ...]) -> list[bytes]:
    left = range(len(families), 0, -1)
    body = [_line(EQUAL, family, yes=further) for family, further in zip(families, left, strict=True)]
    body = [_line(LOAD, FIRST_ARGUMENT), *body, _line(RETURN, REFUSE | errno.EPERM), _line(RETURN, ALLOW)]
    return [_line(EQUAL, number, no=len(body)), *body]


def _clone(number: int, only_threads: bool) -> list[bytes]:
    """A new process is no matter, a new namespace is; a worker may only have threads."""
    flags = [_line(ANY_BIT, NEW_NAMESPACES, no=1), _line(RETURN, REFUSE | errno.EPERM)]
    flags += [_line(ANY_BIT, THREAD, yes=1), _line(RETURN, REFUSE | errno.EPERM)] if only_threads else []
    body = [_line(LOAD, FIRST_ARGUMENT), *flags, _line(RETURN, ALLOW)]
    return [_line(EQUAL, number, no=len(body)), *body]
