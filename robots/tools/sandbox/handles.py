"""The open files that bubblewrap is handed: the filter of system calls, and the place for its answer."""

from __future__ import annotations

import contextlib
import os
import re
from types import TracebackType
from typing import Self

from robots.tools.sandbox import seccomp
from robots.tools.sandbox.command import Level

INNERMOST = re.compile(rb'"child-pid": *(\d+)')


class Handles:
    """`passed` are the numbers that a child inherits; they are closed here once it has started.

    At the other levels there are none.
    """

    def __init__(self, level: Level, kind: str = "tool") -> None:
        self.passed: tuple[int, ...] = ()
        self._tells: int | None = None
        if level != "bwrap":
            return
        told, tell = os.pipe()
        os.write(tell, seccomp.program(kind))
        os.close(tell)
        self._tells, answer = os.pipe()
        os.set_blocking(self._tells, False)
        self.passed = (told, answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in self.passed:
            os.close(number)
        if error is not None:
            self.close()

    def innermost(self) -> int | None:
        """The process with which all others of the namespace end, as bubblewrap has told it."""
        if self._tells is None:
            return None
        with contextlib.suppress(OSError):
            if found := INNERMOST.search(os.read(self._tells, 4096)):
                return int(found[1])
        return None

    def close(self) -> None:
        if self._tells is not None:
            os.close(self._tells)
            self._tells = None
