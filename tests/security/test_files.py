"""Every bad file goes through every robot that takes files, and neither tells, reaches nor takes more than it may."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests import samples
from tests.badfiles.catalogue import FAMILIES, of
from tests.customer import customer_of_new_server
from tests.security.gauntlet import LOOKING, Gauntlet
from tests.security.trap import trap

SETTINGS = {
    **{"image_children": "6", "video_jobs": "3", "image_time_limit": "4s", "probe_time_limit": "2s"},
    **{"video_time_limit": "5s", "file_time_limit": "5s", "max_image_pixels": "20000000", "max_image_frames": "300"},
    **{"fsync": "no", "require_signature": "no"},
}
GROWTH = 50 << 20


@contextlib.asynccontextmanager
async def gauntlet(folder: Path) -> AsyncIterator[Gauntlet]:
    (files := folder / "files").mkdir()
    async with customer_of_new_server(folder / "data", **SETTINGS) as customer, trap(folder / "canary") as laid:
        yield Gauntlet(customer, laid, files)


def memory(pid: int) -> int:
    """The bytes of a process that are its own and in memory."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("Pss_Anon"))


@pytest.mark.case(59, 60, 61, 62, 63, 64, 66, 72, 73, 74, 77, 78)
@pytest.mark.parametrize("family", FAMILIES)
async def test_no_bad_file_does_harm_in_any_robot(family: str, tmp_path: Path) -> None:
    async with gauntlet(tmp_path) as way:
        server = way.customer.server.process.pid
        small = samples.txt(tmp_path)
        await way.one(small, LOOKING)
        before = memory(server)
        began = time.monotonic()
        await way.run(of(family))
        print(family, f"{time.monotonic() - began:.1f} s", way.codes, "slowest", way.slowest)

        assert not way.wrong, "\n".join(way.wrong)
        assert not way.leaks()
        assert not await way.processes_left()
        assert not list((way.customer.server.data / "scratch").iterdir())
        assert memory(server) - before < GROWTH
