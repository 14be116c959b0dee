"""7-Zip: lists archives, and pours out what they hold without ever writing a file itself."""

from __future__ import annotations

import re
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from robots.base.errors import BadInput, BadParams, RobotError, ToolFailed, ToolTimeout
from robots.base.workspace import Workspace
from robots.tools.members import Member, parsed
from robots.tools.packing import Entry
from robots.tools.process import Finished, Limits, View, run
from robots.tools.programs import Programs

INVALID, REQUIRED, INCORRECT = (
    f"FILE_DECOMPRESS_{kind}" for kind in ("INVALID_INPUT", "PASSWORD_REQUIRED", "PASSWORD_INCORRECT")
)
LISTED_BYTES = 1200  # of one member in a listing, as much as it needs with the longest of usual names
LISTED = b"\n----------\n"  # names may say anything
WARNING = 1  # the exit code for what could be unpacked all the same
# It reads a password where others have a terminal; the listing shall not wait for one.
BREAKS = re.compile(r"Break signaled|Enter password", re.IGNORECASE)
LONGEST_PASSWORD = 99  # which 7-Zip locks a zip with
REACHED = re.compile(rb"\x08 *(\d{1,3})%")  # names have no such sign before them
WRONG = re.compile(r"Wrong password", re.IGNORECASE)
BEHIND = re.compile(r"^ERROR: There are some data after the end of the payload data")
CAUSES = (
    (r"Unexpected end", "The archive ends early."),
    (r"Unsupported Method", "The archive was packed in a way that is not supported here."),
    (r"Can't allocate|memory", "The archive needs more memory than one job may use."),
    (r"CRC Failed|Data Error|Headers Error|E_FAIL", "The archive is damaged."),
)


@dataclass(frozen=True, slots=True)
class Caps:
    """What one archive may come to: members, bytes that are written, and how often the bytes of the archive.

    The ratio counts only from `free` bytes on, for little is no harm.
    """

    members: int = 10_000
    bytes: int = 20 * 10**9
    ratio: int = 200
    free: int = 100 * 10**6


class SevenZip:
    """The program of that name; it gets no folder to write in."""

    def __init__(self, programs: Programs, caps: Caps = Caps()) -> None:
        self.programs = programs
        self.caps = caps
        self.limits = Limits(memory=4 << 30, resident=2 << 30, file_size=0)

    async def members(self, path: Path, kind: str, password: str) -> list[Member]:
        """All entries of an archive, folders too, in the order in which they are poured."""
        keep = self.caps.members * LISTED_BYTES + (1 << 20)
        argv = [*self._argv("l", kind), "-slt", "--", path]
        limits = replace(self.limits, wall=120, cpu=120)
        finished = await run(argv, limits=limits, keep=keep, told=_typed(password), check=False)
        _check(finished, password)
        found = parsed(finished.stdout, kind) if len(finished.stdout) < keep else None
        if found is None or len(found) > self.caps.members:
            raise BadInput(f"The archive has more than the {self.caps.members} members that are allowed.", INVALID)
        return found

    async def pour(self, path: Path, kind: str, password: str, on_piece: Callable[[bytes], Awaitable[None]]) -> bool:
        """Hands on the bytes of all members, one after the other; whether all was well, or there was more behind it."""
        argv = [*self._argv("x", kind), "-so", "--", path]
        finished = await run(argv, limits=self.limits, on_piece=on_piece, told=_typed(password), check=False)
        if finished.code and finished.tail and all(BEHIND.match(line) for line in finished.tail):
            return False
        _check(finished, password)
        return finished.code == 0

    async def lock(
        self, entries: Sequence[Entry], target: Path, password: str, level: int, workspace: Workspace
    ) -> None:
        """Writes a zip behind a password; only here files lie under their own, harmless names, as links for a while."""
        if not (password.isascii() and password.isprintable() and len(password) <= LONGEST_PASSWORD):
            raise BadParams(f"The password of a zip can have at most {LONGEST_PASSWORD} characters, all of ASCII.")
        tree = workspace.folder / "tree"
        for entry in entries:
            place = tree / entry.name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(entry.path)
        argv: list[str | Path] = [
            self.programs.need("7zz"),
            "a",
            "-tzip",
            "-mem=AES256",
            f"-mx={level}",
            "-p",
            "-bsp1",
            "-r",
        ]

        reached = 0  # it may take back a little of what it told

        async def hear(piece: bytes) -> None:
            nonlocal reached
            if told := REACHED.findall(piece):
                reached = max(reached, int(told[-1]))
                workspace.progress(reached / 100)

        limits = replace(self.limits, file_size=1 << 40)
        view = View(workspace.folder, tuple(entry.path for entry in entries))
        typed = 2 * _typed(password)
        argv += ["--", str(target), f"{tree}/."]
        finished = await run(argv, view=view, limits=limits, told=typed, on_piece=hear, check=False)
        await workspace.in_thread(shutil.rmtree, tree)
        if finished.code or not target.exists():
            raise ToolFailed("The archive could not be written.", stderr="\n".join(finished.tail))

    def _argv(self, command: str, kind: str) -> Sequence[str | Path]:
        own = ["-x![TOC].xml"] if kind == "xar" else []  # which no user has put there
        return [self.programs.need("7zz"), command, f"-t{kind}", "-bd", "-spd", "-scsUTF-8", *own]


def _typed(password: str) -> str:
    return f"{password.partition(chr(10))[0]}\n" if password else ""


def _check(finished: Finished, password: str) -> None:
    if finished.code in (0, WARNING):
        return
    said = "\n".join([*finished.tail, finished.stdout.partition(LISTED)[0].decode("utf-8", "replace")])
    if not password and (BREAKS.search(said) or WRONG.search(said)):
        raise locked()
    if WRONG.search(said):
        raise BadInput("The password of the archive is another one.", INCORRECT)
    raise _broken(finished, said)


def locked() -> RobotError:
    return BadInput("The archive is behind a password: give it as the parameter password.", REQUIRED)


def _broken(finished: Finished, said: str) -> RobotError:
    if finished.code == -24:
        return ToolTimeout("7-Zip took more processor time than it may and was stopped.")
    words = next((sentence for cause, sentence in CAUSES if re.search(cause, said, re.IGNORECASE)), None)
    return BadInput(words or "The file is no archive, or it is damaged.", INVALID)
