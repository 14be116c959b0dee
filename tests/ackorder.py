"""Reads what a server did, as strace wrote it down, and finds each reply that came before its bytes were durable.

Bytes and names are at risk until their file or folder is synced. A thread may put them at risk: nobody can rely on them
before it tells another thread, which it does by a socket or a pipe; from then on no client may hear of success until
the sync is done. What the main thread writes itself belongs to the upload that it writes to, and to no other reply.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, zip_longest
from pathlib import Path

WRITES = ("write", "pwrite64", "writev", "pwritev", "pwritev2", "ftruncate", "fallocate", "fsetxattr", "fremovexattr")
BY_NAME = ("setxattr", "lsetxattr", "removexattr", "lremovexattr", "truncate")
COPIES = {"splice": -1, "copy_file_range": -1, "sendfile": 0}  # the place that is written to
SYNCS = ("fsync", "fdatasync")
OPENS = ("openat", "open", "creat")
NAMES = ("link", "linkat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir")
HEARS = ("recvfrom", "recvmsg")
CALLS = (*WRITES, *BY_NAME, *COPIES, *SYNCS, *OPENS, *NAMES, *HEARS, "sendto", "sendmsg")
# The server is its parent's child, which signals reach, and not a child of strace.
STRACE = ("strace", "-D", "-f", "-yy", "-qq", "-s", "300", "--seccomp-bpf", "-e", f"trace={','.join(CALLS)}", "-o")

LINE = re.compile(r"(\d+) +(.*)")
CALL = re.compile(r"(\w+)\((.*)\) += (\d+|0x[0-9a-f]+)(?:<(.*)>)?[^<>]*")
RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)")
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
PLACE = re.compile(r"(?:\d+|AT_FDCWD)<(.*?)>(?=\(deleted\)|,|\s*$)")
HEAD = re.compile(r"HTTP/1\.1 (\d)\d\d")


@dataclass
class Risk:
    """What a power cut would take: the bytes of a file, or a change of names in a folder.

    One that is `own` matters only to replies about its upload.
    """

    path: str
    line: int
    thread: str
    own: bool
    told: bool = False

    def concerns(self, talk: str) -> bool:
        return os.path.basename(self.path).partition(".")[0] in talk if self.own else self.told


@dataclass
class Trace:
    """The disk and the talk of one server; `ignored` are the places in its data folder that may be lost."""

    data: Path
    ignored: Sequence[str] = ("scratch/", "sluice.db-shm", "lock")
    replies: int = 0
    early: list[str] = field(default_factory=list)
    _main: str = ""
    _line: int = 0
    _files: dict[str, int] = field(default_factory=dict)  # the file behind each name
    _handles: dict[tuple[str, str], str] = field(default_factory=dict)  # the path behind each, of a thread
    _bytes: dict[int, Risk] = field(default_factory=dict)
    _names: dict[str, Risk] = field(default_factory=dict)
    _talk: dict[str, str] = field(default_factory=dict)  # the last request of each connection, and how it is answered
    _begun: dict[str, tuple[int, str]] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=count)

    def read(self, log: Path) -> Trace:
        with log.open(errors="replace") as lines:
            for self._line, text in enumerate(lines, 1):
                if found := LINE.match(text):
                    self._take(found[1], found[2].rstrip())
        return self

    def _take(self, thread: str, said: str) -> None:
        self._main = self._main or thread
        start = self._line
        if said.endswith("<unfinished ...>"):
            self._begun[thread] = start, said.removesuffix("<unfinished ...>")
            return
        if (resumed := RESUMED.match(said)) and thread in self._begun:
            start, head = self._begun.pop(thread)
            said = head + resumed[2]
        if call := CALL.match(said):
            self._act(thread, call, start)

    def _act(self, thread: str, call: re.Match[str], start: int) -> None:
        name, given, opened = call[1], call[2], call[4] or ""
        texts, places = TEXT.findall(given), PLACE.findall(TEXT.sub('""', given))
        if name in SYNCS:
            self._synced(places[0], start)
        elif name in OPENS:
            self._handles[thread, call[3]] = opened
            self._opened(thread, given, opened)
        elif name in NAMES:
            self._renamed(thread, name, [os.path.join(*pair) for pair in zip_longest(places, texts, fillvalue="/")])
        elif name in BY_NAME:
            self._written(thread, texts[0])
        elif name in COPIES:
            self._written(thread, places[COPIES[name]])
        elif name in HEARS:
            self._heard(places, texts)
        elif places and places[0].startswith(("/", "(")):
            self._written(thread, places[0])
        elif places:
            self._said(thread, places[0], "".join(texts))

    def _opened(self, thread: str, given: str, path: str) -> None:
        if "O_CREAT" in given and path not in self._files:
            self._named(thread, path)
        if "O_TRUNC" in given and self._file(path) in self._bytes:
            self._written(thread, path)

    def _renamed(self, thread: str, call: str, paths: list[str]) -> None:
        old, new = self._behind(thread, paths[0]), paths[-1]
        if call.startswith(("link", "rename")):
            self._files[new] = self._file(old)
            self._named(thread, new)
        elif call.startswith("mkdir"):
            self._named(thread, new)
        if call.startswith(("rename", "unlink", "rmdir")):
            gone = self._files.pop(old, None)
            self._names.pop(old, None)
            if gone not in self._files.values():
                self._bytes.pop(-1 if gone is None else gone, None)
            if call.startswith("unlink") and self._matters(old):
                self._names[old] = Risk(old, self._line, thread, own=True)

    def _behind(self, thread: str, path: str) -> str:
        """An open file may be given a name by its handle."""
        return self._handles.get((thread, path.removeprefix("/proc/self/fd/")), path)

    def _named(self, thread: str, path: str) -> None:
        self._file(path)
        if self._matters(path):
            self._names[path] = Risk(path, self._line, thread, own=thread == self._main)

    def _written(self, thread: str, path: str) -> None:
        """Also what has no name that matters, for it may get one."""
        if path.startswith(str(self.data)):
            self._bytes[self._file(path)] = Risk(path, self._line, thread, own=thread == self._main)

    def _synced(self, path: str, start: int) -> None:
        """What was changed while the sync ran may have come too late for it."""
        file = self._files.get(path)
        if file is not None and file in self._bytes and self._bytes[file].line < start:
            del self._bytes[file]
        for name in [name for name, risk in self._names.items() if os.path.dirname(name) == path and risk.line < start]:
            del self._names[name]

    def _heard(self, places: list[str], texts: list[str]) -> None:
        if places and places[0].startswith("TCP") and texts and " HTTP/1.1" in texts[0]:
            self._talk[places[0]] = texts[0].partition(" HTTP/1.1")[0]

    def _said(self, thread: str, place: str, text: str) -> None:
        if not place.startswith("TCP"):
            for risk in (*self._bytes.values(), *self._names.values()):
                risk.told = risk.told or risk.thread == thread
            return
        head = HEAD.match(text)
        asked = self._talk.get(place, "").partition("\0")[0]
        if head:
            self._talk[place] = f"{asked}\0{'good' if head[1] == '2' else ''}"
            self.replies += head[1] == "2"
        if self._talk.get(place, "").endswith("\0good"):
            self._check(asked, text)

    def _check(self, asked: str, text: str) -> None:
        named = {file: name for name, file in self._files.items() if self._matters(name)}
        risks = [replace(risk, path=named[file]) for file, risk in self._bytes.items() if file in named]
        for risk in (*risks, *self._names.values()):
            if risk.concerns(asked + text):
                path = os.path.relpath(risk.path, self.data)
                self.early.append(
                    f"line {self._line}: {asked} was answered before {path} of line {risk.line} was synced"
                )

    def _matters(self, path: str) -> bool:
        inside = path.startswith(f"{self.data}/")
        return inside and not os.path.relpath(path, self.data).startswith(tuple(self.ignored))

    def _file(self, path: str) -> int:
        if path not in self._files:
            self._files[path] = next(self._ids)
        return self._files[path]
