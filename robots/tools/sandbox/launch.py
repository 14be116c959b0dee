"""Becomes another program, after it has given up what that program shall not have."""

from __future__ import annotations

import os
import sys

from robots.tools.sandbox.orders import obey

NOT_STARTED = 127


def main() -> None:
    argv = obey(sys.argv[1:])
    try:
        os.execvp(argv[0], argv)
    except OSError as error:
        print(f"{os.path.basename(argv[0])}: {error.strerror}", file=sys.stderr)
        sys.exit(NOT_STARTED)
