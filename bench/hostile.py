"""The whole set of bad files through every robot that takes them: `python -m bench.hostile [family …]`."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.badfiles.catalogue import FAMILIES, of
from tests.security.test_files import gauntlet


async def main(families: Sequence[str]) -> int:
    wrong: list[str] = []
    for family in families:
        with TemporaryDirectory() as folder:
            async with gauntlet(Path(folder), whole=True) as way:
                began = time.monotonic()
                await way.run(of(family))
                wrong += [*way.wrong, *way.leaks(), *await way.left()]
        print(
            f"{family}: {len(of(family))} files, {time.monotonic() - began:.0f} s, {way.codes}; slowest {way.slowest}"
        )
    print("\n".join(wrong) or "Nothing happened that should not.")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(1 if asyncio.run(main(sys.argv[1:] or list(FAMILIES))) else 0)
