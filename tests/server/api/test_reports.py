"""Bills, job slots and statistics, as the owner of an account asks for them."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import FormData, web

from server.app import App
from server.model.usage import month
from tests.live import KEY
from tests.owner import Json, Owner
from tests.web import site

pytestmark = pytest.mark.asyncio(loop_scope="module")

HASH = {"hashed": {"robot": "/file/hash", "use": ":original"}}
WORDS = b"some words"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def done(owner: Owner) -> Json:
    """An Assembly that has hashed a file of ten bytes."""
    return await hashed(owner)


async def hashed(owner: Owner) -> Json:
    form = FormData({"params": json.dumps({"auth": {"key": KEY}, "steps": HASH})})
    form.add_field("file", WORDS, filename="a.txt")
    async with owner.http.post("/assemblies", data=form) as reply:
        status: Json = await reply.json()
    async with asyncio.timeout(20):
        while status["ok"] != "ASSEMBLY_COMPLETED":
            async with owner.http.get(f"/assemblies/{status['assembly_id']}") as reply:
                status = await reply.json()
    return status


async def test_a_bill_is_made_of_what_was_used(owner: Owner, done: Json) -> None:
    told = await owner.ask("GET", f"/bill/{month(time.time())}")

    assert (told["ok"], told["total"], told["month"]) == ("BILL_FOUND", 0, month(time.time()))
    assert told["robots"]["/file/hash"] == {
        "robot": "/file/hash",
        "jobs": 1,
        "bytes_in": 10,
        "bytes_out": 10,
        "gb": 2e-8,
    }
    assert told["robots"]["/upload/handle"]["bytes_in"] == 10
    assert told["plan"].keys() >= {"id", "gb_included", "gb_limit", "price_per_gb", "has_lifetime_limit"}


async def test_usage_stays_when_its_assembly_goes_and_is_counted_once(app: App, owner: Owner, done: Json) -> None:
    before = (await owner.ask("GET", f"/bill/{month(time.time())}"))["robots"]["/file/hash"]["jobs"]
    gone = await hashed(owner)
    expiry = app.parts.expiry

    await app.parts.store.tx(lambda rows: expiry._delete(gone["assembly_id"], rows))

    assert (await owner.ask("GET", f"/bill/{month(time.time())}"))["robots"]["/file/hash"]["jobs"] == before + 1


@pytest.mark.parametrize("when", ["2001-01", "2030-13", "yesterday", "2026-1"])
async def test_a_month_without_use_has_no_bill(owner: Owner, when: str) -> None:
    told = await owner.ask("GET", f"/bill/{when}")

    assert (told["error"], told["http_code"]) == ("BILL_NOT_FOUND", 200)


async def test_jobs_that_run_take_slots(owner: Owner) -> None:
    idle, asked, over = await owner.ask("GET", "/queues/job_slots"), asyncio.Event(), asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        asked.set()
        await over.wait()
        return web.Response(text="late")

    async with site(slow) as origin, asyncio.timeout(20):
        form = {
            "params": json.dumps({"auth": {"key": KEY}, "steps": {"late": {"robot": "/http/import", "url": origin}}})
        }
        async with owner.http.post("/assemblies", data=form) as reply:
            status = await reply.json()
        await asked.wait()
        busy = (await owner.ask("GET", "/queues/job_slots"))["priority_job_slots"]
        over.set()

    assert (idle["ok"], idle["priority_job_slots"]) == ("PRIORITY_JOB_SLOTS_FOUND", {"count": 0, "slots": {}})
    assert busy == {"count": 1, "slots": {status["instance"]: {status["assembly_id"]: {"late": 1}}}}


async def test_statistics_tell_of_the_assemblies_of_a_region(owner: Owner, done: Json) -> None:
    since = datetime.fromtimestamp(time.time() - 3600, UTC).strftime("%Y-%m-%d %H:%M:%S")
    here = await owner.ask("GET", "/assembly_stats", region=done["region"], since=since)
    elsewhere = await owner.ask("GET", "/assembly_stats", region="elsewhere", since=since)
    slots = await owner.ask("GET", "/priority_job_slot_stats", region=done["region"], since=since, aggregation="max")

    assert here["ok"] == "ASSEMBLY_STATS_FOUND"
    assert (
        here["totalOutputFilesProcessed"] == sum(period["num_successful_assemblies"] for period in here["stats"]) >= 1
    )
    assert elsewhere["totalAssemblies"] == 0
    assert (slots["ok"], slots["aggregation"], slots["maxSlotCount"] >= 1) == (
        "PRIORITY_JOB_SLOT_STATS_FOUND",
        "max",
        True,
    )


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("/assembly_stats", {"since": "2026-01-01"}, "ASSEMBLY_STATS_MISSING_REGION"),
        ("/assembly_stats", {"region": "local"}, "ASSEMBLY_STATS_INVALID_TIME"),
        ("/assembly_stats", {"region": "local", "since": "2999-01-01"}, "ASSEMBLY_STATS_INVALID_TIME"),
        ("/assembly_stats", {"region": "local", "since": "0000-01-01"}, "ASSEMBLY_STATS_INVALID_TIME"),
        ("/priority_job_slot_stats", {"since": "2026-01-01"}, "PRIORITY_JOB_SLOT_STATS_MISSING_REGION"),
        ("/priority_job_slot_stats", {"region": "local", "since": "x"}, "PRIORITY_JOB_SLOT_STATS_INVALID_TIME"),
        ("/priority_job_slot_stats", {"aggregation": "sum"}, "PRIORITY_JOB_SLOT_STATS_INVALID_AGGREGATION"),
    ],
)
async def test_statistics_of_nothing_sensible_are_refused(owner: Owner, path: str, params: Any, code: str) -> None:
    told = await owner.ask("GET", path, **params)

    assert (told["error"], told["http_code"]) == (code, 400)
