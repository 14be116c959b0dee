"""What a job saw is told to those who wait for it, and to nobody else."""

from __future__ import annotations

import gc
from pathlib import Path

from robots.tools.sights import Sights

PHOTO = Path("/photo.jpg")


async def test_who_waits_is_told_the_first_word() -> None:
    sights = Sights()
    sight = sights.of(PHOTO)

    sights.tell(PHOTO, "#c86432")
    sights.tell(PHOTO, None)

    assert await sight == "#c86432"


async def test_nobody_waits_for_a_picture_that_no_job_can_see() -> None:
    sights = Sights()
    sight = sights.of(PHOTO)

    sights.tell(PHOTO, None)

    assert await sight is None


async def test_what_nobody_waits_for_any_more_is_forgotten() -> None:
    sights = Sights()
    sight = sights.of(PHOTO)
    assert sights.wanted(PHOTO)

    del sight
    gc.collect()

    assert not sights.wanted(PHOTO)
    sights.tell(PHOTO, "#c86432")
