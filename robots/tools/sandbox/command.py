"""The command line of a child, put into the sandbox of a level: words in, words out."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os.path import abspath, realpath
from pathlib import Path
from typing import Literal

from robots.tools.sandbox.ground import ROBOTS
from robots.tools.sandbox.limits import Limits
from robots.tools.sandbox.view import View, is_beneath

Level = Literal["bwrap", "landlock", "rlimits"]
LEVELS: tuple[Level, ...] = ("bwrap", "landlock", "rlimits")  # the best first
NOBODY = "65534"
ROOT = ROBOTS.parent
LAUNCH = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from robots.tools.sandbox.{{}} import main; main()"
PYTHON = (sys.executable, "-B", "-I", "-S", "-c")
# For systems without prlimit(1). The units are those of POSIX: blocks of 512 bytes, and KiB of memory.
ULIMIT = {"cpu": "-t", "fsize": "-f", "nofile": "-n", "core": "-c", "as": "-v"}
UNIT = {"fsize": 512, "core": 512, "as": 1024}


@dataclass(frozen=True, slots=True)
class Sandbox:
    """How all children of this server are kept in bounds.

    `ground` is what each of them may read. `programs` are bwrap, prlimit and setpriv, as far as they are here.
    """

    level: Level
    ground: tuple[str, ...] = ()
    programs: Mapping[str, str] = field(default_factory=dict)

    def tool(self, argv: Sequence[str], view: View, limits: Limits, handles: Sequence[int] = ()) -> list[str]:
        """The words that start a tool within its bounds; the first is a program's path.

        At level bwrap `handles` are two open files: one to read the filter of system calls from, one that bubblewrap
        tells the number of its innermost process.
        """
        if self.level == "bwrap":
            told, tells = map(str, handles)
            outside = ["--seccomp", told, "--info-fd", tells]
            return [
                *self._bwrap(view, argv[0], view.folder or "/"),
                *outside,
                "--",
                *self._limited(argv, limits.bounds(own_users=True)),
            ]
        if self.level == "landlock":
            return [*PYTHON, LAUNCH.format("launch"), *self.orders(argv, view, limits)]
        return [*self._dying(), *self._limited(argv, limits.bounds())]

    def orders(self, argv: Sequence[str], view: View, limits: Limits) -> list[str]:
        """What a tool obeys before it begins, and its own words behind that, where a launcher starts it."""
        folder = f"folder={abspath(view.folder or '/')}"
        return [*_limit_orders(limits), folder, *self._files(view, argv[0]), "filter=tool", "die", "--", *argv]

    def worker(self, argv: Sequence[str], view: View, limits: Limits, handles: Sequence[int] = ()) -> list[str]:
        """The same for a warm child: a Python module, the names of others behind it.

        It carries out orders by itself before it loads the others, and then can start nothing.
        """
        python, flag, module, *names = argv
        orders = [*_limit_orders(limits, own_users=self.level == "bwrap"), "die"]
        if self.level == "landlock":
            orders += self._files(view, python)
        if self.level != "rlimits":
            orders.append("filter=worker")
        told = [python, flag, module, *orders, "--", *names]
        if self.level == "bwrap":
            return [*self._bwrap(view, python, ROOT), "--info-fd", str(handles[-1]), "--", *told]
        return [*self._dying(), *told]

    def _bwrap(self, view: View, program: str, place: str | Path) -> list[str]:
        """Namespaces of its own: no network, no other processes, no files but these, no way to have more."""
        words = [self.programs["bwrap"], "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc"]
        words += ["--die-with-parent", "--cap-drop", "ALL", "--uid", NOBODY, "--gid", NOBODY]
        # First, for this checkout with its programs may itself lie somewhere in /tmp.
        words += [] if "/tmp" in view.writable else ["--size", str(max(4096, view.temporary)), "--tmpfs", "/tmp"]
        words += _bound("--ro-bind-try", [*self.ground, *self._besides(program, view)])
        words += ["--proc", "/proc", "--dev", "/dev"]
        words += ["--size", str(view.shared), "--tmpfs", "/dev/shm"] if view.shared else []
        words += _bound("--bind", view.writable) + _bound("--ro-bind-try", view.readable)
        # Last, for the files may themselves lie in /dev/shm.
        return [*words, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", abspath(place)]

    def _files(self, view: View, program: str) -> list[str]:
        """Landlock has no /tmp of one's own; a child has its folder instead."""
        reads = [*self.ground, *self._besides(program, view), *view.readable]
        return [*(f"read={path}" for path in reads), *(f"write={path}" for path in view.writable)]

    def _besides(self, program: str, view: View) -> list[str]:
        """A program may lie anywhere, and be a link to another place."""
        return [
            path
            for path in (abspath(program), realpath(program))
            if not is_beneath(path, [*self.ground, *view.writable])
        ]

    def _dying(self) -> list[str]:
        """On Linux a child dies with its parent, even when the parent is killed, and gains no rights."""
        setpriv = self.programs.get("setpriv")
        return [setpriv, "--pdeathsig", "KILL", "--no-new-privs", "--"] if setpriv else []

    def _limited(self, argv: Sequence[str], bounds: Mapping[str, tuple[int, int]]) -> list[str]:
        if prlimit := self.programs.get("prlimit"):
            return [prlimit, *(f"--{name}={soft}:{hard}" for name, (soft, hard) in bounds.items()), *argv]
        lines = [
            f"ulimit {ULIMIT[name]} {_units(name, bounds[name][0])} 2>/dev/null" for name in ULIMIT if name in bounds
        ]
        return ["/bin/sh", "-c", "; ".join([*lines, 'exec "$@"']), "sh", *argv]


def _limit_orders(limits: Limits, own_users: bool = False) -> list[str]:
    return [f"limit={name}:{soft}:{hard}" for name, (soft, hard) in limits.bounds(own_users).items()]


def _bound(how: str, paths: Sequence[str]) -> list[str]:
    return [word for path in paths for word in (how, path, path)]


def _units(name: str, value: int) -> int:
    return -(-value // UNIT.get(name, 1))
