"""The command line: `run.py` serves, `doctor` says what is installed, `account` who may use the server."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence

from server import shortage
from server.accounts import account
from server.app import start
from server.config import WrongSetting, read
from server.doctor import doctor
from server.options import parse
from server.serve import OURS, serve


def main(argv: Sequence[str]) -> int:
    command, words, flags = parse(argv)
    try:
        settings = read(flags)
        if command == "doctor":
            return asyncio.run(doctor(settings))
        if command == "account":
            os.umask(OURS)
            print(account(settings, words))
            return 0
        asyncio.run(serve(settings, start))
    except WrongSetting as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 2
    except Exception as error:
        lacked = shortage.sentence(error)
        if lacked is None:
            raise
        print(f"run.py: {lacked}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
