"""The command line: `run.py` serves, `run.py doctor` says what is installed, `run.py --help` lists the settings."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from server.app import start
from server.config import WrongSetting, read
from server.doctor import doctor
from server.options import parse
from server.serve import serve


def main(argv: Sequence[str]) -> int:
    command, flags = parse(argv)
    try:
        settings = read(flags)
        if command == "doctor":
            return asyncio.run(doctor(settings))
        asyncio.run(serve(settings, start))
    except WrongSetting as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
