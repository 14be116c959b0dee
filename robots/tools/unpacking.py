"""Unpacking: divides what is poured out of an archive into files, and counts each byte before it is written."""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from robots.base.errors import BadInput, RobotError
from robots.tools.members import Member
from robots.tools.sevenzip import INVALID, Caps

LONGEST_TARGET = 4096
LEADS_OUT = "The archive holds a link that leads out of it: "


@dataclass(slots=True)
class Allowance:
    """How many bytes may still be written for an archive of some size."""

    caps: Caps
    packed: int
    written: int = 0

    @property
    def most(self) -> int:
        return min(self.caps.bytes, max(self.caps.free, self.packed * self.caps.ratio))

    def spend(self, count: int) -> None:
        self.written += count
        self.check(self.written)

    def check(self, count: int) -> None:
        if count > self.caps.bytes:
            raise BadInput(f"The archive holds more than the {self.caps.bytes} bytes that are allowed.", INVALID)
        if count > self.most:
            raise BadInput(f"The archive holds more than {self.caps.ratio} times its own size.", INVALID)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A member whose bytes lie at a path that the server has named."""

    member: Member
    path: Path


class Unpacking:
    """Takes the bytes of all members as they come; those that are `whole` wait to be handed on."""

    def __init__(self, members: Sequence[Member], allowance: Allowance, fresh: Callable[[str], Path]) -> None:
        self.waiting = [member for member in members if not member.is_folder][::-1]
        self.allowance = allowance
        self.fresh = fresh
        self.whole: deque[Unpacked] = deque()
        self.left_out: list[Member] = []
        self._file: BinaryIO | None = None
        self._path = Path()
        self._rest = 0
        self._check = 0
        self._target = b""

    def take(self, piece: bytes) -> None:
        """Writes a piece; it blocks."""
        self.allowance.spend(len(piece))
        view = memoryview(piece)
        while view:
            self._pass_empty_ones()
            if not self.waiting:
                raise damaged()
            self._open()
            part = view[: self._rest]
            self._write(part)
            view = view[len(part) :]
            if self._rest == 0:
                self._ended()

    def end(self) -> None:
        """The members without bytes at the end; raises if others have not got all of theirs."""
        self._pass_empty_ones()
        if self.waiting or self._file is not None:
            raise damaged()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _pass_empty_ones(self) -> None:
        while self._file is None and self.waiting and self.waiting[-1].size == 0:
            self._open()
            self._ended()

    def _open(self) -> None:
        if self._file is not None:
            return
        member = self.waiting[-1]
        if member.size is None:
            raise BadInput("The archive does not tell how large its members are.", INVALID)
        if member.link and member.size > LONGEST_TARGET:
            raise damaged()
        self._path = self.fresh("member")
        self._file = self._path.open("xb")
        self._rest, self._check, self._target = member.size, 0, b""

    def _write(self, part: memoryview) -> None:
        assert self._file is not None
        member = self.waiting[-1]
        if member.is_file:
            self._file.write(part)
            self._check = zlib.crc32(part, self._check)
        else:
            self._target += part
        self._rest -= len(part)

    def _ended(self) -> None:
        member = self.waiting.pop()
        self.close()
        self._file = None
        if member.is_file:
            if member.check not in (None, self._check):
                raise damaged(member)
            self.whole.append(Unpacked(member, self._path))
            return
        self._path.unlink()
        if member.link and member.leads_out(self._target.decode("utf-8", "replace")):
            raise BadInput(f"{LEADS_OUT}{member.path[:200]}.", INVALID)
        self.left_out.append(member)


def damaged(member: Member | None = None) -> RobotError:
    where = f" at {member.path[:200]}" if member else ""
    return BadInput(f"The archive is damaged{where}: what it holds is not what it lists.", INVALID)
