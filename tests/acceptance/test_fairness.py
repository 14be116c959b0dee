"""Who brings much does not hold back who brings little."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pytest

from server.accounts import account
from server.config import Settings
from tests import samples
from tests.badfiles.bad import Canary
from tests.badfiles.catalogue import named
from tests.customer import Customer, Json, customer_of_new_server
from tests.web import silent

HASHED = {"hashed": {"robot": "/file/hash", "use": ":original", "algorithm": "sha512", "result": True}}
FLOOD = 100
SMALL = {"small": {"robot": "/image/resize", "use": ":original", "width": 20, "format": "png", "result": True}}
TINY = {"c:v": "libx264", "preset": "ultrafast", "c:a": "aac"}
FILM = {"film": {"robot": "/video/encode", "use": ":original", "preset": "empty", "ffmpeg": TINY, "result": True}}
WAIT = 2.0  # seconds that a neighbour may wait for those who take all image children
SLACK = 2.0  # seconds, for machines that are busy
TRIES = 3  # with other things, for a while


async def seconds(customer: Customer, path: Path, steps: Json = HASHED) -> float:
    """How long one file takes, from its form to its end."""
    begun = time.monotonic()
    await customer.completed(await customer.create(steps, path))
    return time.monotonic() - begun


@pytest.mark.long
@pytest.mark.case(118)
async def test_a_flood_of_jobs_does_not_hold_back_another_assembly(tmp_path: Path) -> None:
    one = samples.txt(tmp_path)
    many = [tmp_path / f"{number}.txt" for number in range(FLOOD)]
    for path in many:
        path.write_bytes(path.name.encode() * 1000)
    async with customer_of_new_server(tmp_path / "data", file_jobs="1") as customer:
        await seconds(customer, one)  # the first one also starts what is started only once
        alone = await seconds(customer, one)
        again = {name: {**HASHED["hashed"], "use": "hashed"} for name in ("once", "twice", "thrice")}
        flood = await customer.create({**HASHED, **again}, *many)
        beside = await seconds(customer, one)
        still = await customer.status(flood)
        over = await customer.completed(flood)

    assert beside < 2 * alone + SLACK
    assert still["ok"] == "ASSEMBLY_EXECUTING", "the flood was over too soon to show anything"
    assert len(over["results"]["twice"]) == FLOOD


@pytest.mark.long
@pytest.mark.case(64, 118)
async def test_pictures_that_take_for_ever_do_not_hold_back_the_picture_of_another(tmp_path: Path) -> None:
    bomb = named("svg-filter-blur.svg").write(tmp_path, Canary(tmp_path, "", ""))
    one = samples.png(tmp_path)
    async with customer_of_new_server(tmp_path / "data", image_children="1", stop_grace="0.1s") as customer:
        alone = max([await seconds(customer, one, SMALL) for _ in range(3)])
        async with asyncio.TaskGroup() as group:
            # To look into one takes for ever already, and there are as many as could ever be looked into at once.
            endless = group.create_task(customer.create(SMALL, bomb, bomb))
            for _ in range(TRIES):
                beside = max([await seconds(customer, one, SMALL) for _ in range(3)])
                if beside < alone + WAIT + SLACK:
                    break
            assert not endless.done(), "the bombs were over too soon to show anything"
            endless.cancel()

    assert beside < alone + WAIT + SLACK


@pytest.mark.case(118)
async def test_films_that_take_for_ever_do_not_hold_back_the_film_and_the_picture_of_another_account(
    tmp_path: Path,
) -> None:
    film, picture, data = samples.mp4(tmp_path), samples.png(tmp_path), tmp_path / "data"
    pair = account(Settings(data=data), ["add", "neighbour"]).split()
    key, secret = (pair[pair.index(name) + 1] for name in ("auth_key", "auth_secret"))

    async with silent() as (nowhere, asked), customer_of_new_server(data, video_jobs="1") as owner:
        neighbour = Customer(replace(owner.server, key=key, secret=secret), owner.http)
        endless = {"film": {**FILM["film"], "watermark_url": nowhere}}
        flood = await owner.create(endless, *[film] * 5)
        await asked.wait()
        await seconds(neighbour, film, FILM)
        await seconds(neighbour, picture, SMALL)
        still = await owner.cancel(flood)

    assert (still["ok"], still["results"]) == ("ASSEMBLY_CANCELED", {})
