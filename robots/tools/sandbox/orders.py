"""Orders: what a child does to itself before it does anything else, written as words of its command line."""

from __future__ import annotations

import ctypes
import os
import resource
import struct

from robots.tools.sandbox import landlock, seccomp

END = "--"
KILL = 9  # the module that knows it is slow to load, and each tool of a job waits for this one
SET_DEATH_SIGNAL, SET_NO_NEW_PRIVS = 1, 38
SET_CAPABILITIES = {"x86_64": 126, "aarch64": 91}
CAPABILITIES_VERSION = 0x20080522
# Looked at by libraries that ask for the size of the machine, or for their own memory map.
OF_THE_SYSTEM = ["/proc/self", "/proc/meminfo", "/proc/cpuinfo", "/proc/filesystems", "/sys/devices/system/cpu"]


def obey(words: list[str]) -> list[str]:
    """Carries out the orders before "--" and returns what follows. Nothing of it can be taken back.

    "limit=cpu:60:65" sets a resource limit, "folder=PATH" goes there, "read=PATH" and "write=PATH" name all that is
    left of the disk, "filter=worker" takes system calls away, "die" ties this process to its parent's life.
    """
    end = words.index(END)
    orders = [word.partition("=")[::2] for word in words[:end]]
    given = {name: [value for key, value in orders if key == name] for name, _ in orders}
    for limit in given.get("limit", []):
        _limit(*limit.split(":"))
    for folder in given.get("folder", []):
        os.chdir(folder)
    if "read" in given:
        _give_up_privileges()
        landlock.restrict([*given["read"], *OF_THE_SYSTEM], given.get("write", []))
    for kind in given.get("filter", []):
        seccomp.install(kind)
    if "die" in given:
        _libc().prctl(SET_DEATH_SIGNAL, KILL, 0, 0, 0)
    return words[end + 1 :]


def _limit(name: str, soft: str, hard: str) -> None:
    """A system that does not know a limit, as a Mac does not know that of memory, goes without it."""
    try:  # noqa: SIM105 - contextlib takes longer to load than all of this
        resource.setrlimit(getattr(resource, f"RLIMIT_{name.upper()}"), (int(soft), int(hard)))
    except (ValueError, OSError, AttributeError):
        pass


def _give_up_privileges() -> None:
    """Root without its capabilities is a user like others, and stays one whatever program it becomes."""
    _libc().prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    number = SET_CAPABILITIES.get(os.uname().machine)
    if number and _libc().syscall(number, struct.pack("II", CAPABILITIES_VERSION, 0), bytes(24)):
        raise OSError(ctypes.get_errno(), "capset")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
