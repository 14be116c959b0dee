"""Becomes another program, after it has given up what that program shall not have."""

from __future__ import annotations

import os
import sys

from robots.tools.sandbox.orders import obey

NOT_STARTED = 127


def main() -> None:
    become(sys.argv[1:])
    sys.exit(NOT_STARTED)


def become(words: list[str], variables: dict[str, str] | None = None) -> None:
    """Obeys the orders before "--" and runs the program behind it; returns only if that cannot be."""
    argv = obey(words)
    try:
        if variables is None:
            os.execv(argv[0], argv)
        else:
            os.execve(argv[0], argv, variables)
    except OSError as error:
        print(f"{os.path.basename(argv[0])}: {error.strerror}", file=sys.stderr, flush=True)
