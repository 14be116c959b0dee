"""Mutated goods through the looks and the decoders of the warm children: `python -m bench.fuzz --count 10000`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from robots.base.errors import RobotError
from robots.probe.probe import PRELOAD, Prober, Unreadable
from robots.tools import vips
from robots.tools.ffprobe import Ffprobe
from robots.tools.pool import Pool
from robots.tools.programs import Programs
from robots.tools.sandbox.limits import Limits
from robots.tools.sandbox.view import View
from tests.badfiles.damage import GOODS, mutated

SECONDS = 10.0


async def main(endings: Sequence[str], seeds: Iterable[int]) -> list[str]:
    """The mutants by which a child died, one sentence each."""
    wrong: list[str] = []
    work = iter([(ending, seed) for seed in seeds for ending in endings])
    with TemporaryDirectory() as folder:
        pool = Pool(
            2, (*PRELOAD, *vips.PRELOAD), Limits(wall=SECONDS, memory=4 << 30), view=View(writes=(Path(folder),))
        )
        prober = Prober(pool, Ffprobe(Programs()), 20_000_000, SECONDS)

        async def lane(number: int) -> None:
            for ending, seed in work:
                path = Path(folder) / f"{number}.{ending}"
                path.write_bytes(mutated(ending, seed))
                try:
                    await prober.probe(path, path.name, ["dominant_colors"])
                except Unreadable as error:
                    if "died" in error.message:
                        wrong.append(f"a child died of {ending} {seed}")
                except RobotError as error:
                    wrong.append(f"{ending} {seed}: {error.message}")
                path.unlink()

        try:
            async with asyncio.TaskGroup() as group:
                for number in range(3):
                    group.create_task(lane(number))
        finally:
            await pool.close()
    return wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="Mutants of each type.")
    parser.add_argument("--start", type=int, default=0, help="The first seed.")
    parser.add_argument("types", nargs="*", default=list(GOODS))
    asked = parser.parse_args()
    found = asyncio.run(main(asked.types, range(asked.start, asked.start + asked.count)))
    print("\n".join(found) or "No child died.", Counter(line.split()[-2] for line in found))
    sys.exit(1 if found else 0)
