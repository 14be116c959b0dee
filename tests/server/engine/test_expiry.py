"""What goes when its time is over, in a whole server."""

import asyncio
import json
import time
import uuid
from base64 import b64encode
from dataclasses import replace
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession, web

from server.app import App
from server.database import sqlite
from server.database.base import Rows
from server.engine.expiry import Expiry
from tests import samples
from tests.inside import client
from tests.live import KEY, ended
from tests.owner import Owner
from tests.receiver import receiver
from tests.web import silent
from tests.wire import wire

STEPS = {"hashed": {"robot": "/file/hash", "use": ":original"}}
HASHED = {"auth": {"key": KEY}, "steps": STEPS}
DAY = 86400.0
DONE = {"due": None, "tries": 1, "failed": 1}
RESULTS, RECORD = "transcoding_result_expiry", "assembly_status_expiry"


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def patient(app: App) -> Expiry:
    """One of settings that keep results for 40 days."""
    parts = app.parts
    lifetimes = replace(parts.expiry.lifetimes, results=40 * DAY)
    return Expiry(parts.runner, parts.files, parts.uploads, lifetimes, parts.expiry.scratch)


async def hashed(session: ClientSession, folder: Path) -> dict[str, object]:
    """A complete Assembly with one result."""
    with samples.txt(folder).open("rb") as file:
        response = await session.post("/assemblies", data={"params": json.dumps(HASHED), "file": file})
    return await ended(session, await response.json())


@pytest.mark.case(95)
async def test_results_go_after_their_time_and_the_record_stays(app: App, tmp_path: Path) -> None:
    async with client(app) as session:
        status = await hashed(session, tmp_path)
        await app.parts.expiry.sweep(time.time() + 2 * DAY)

        assert not app.parts.files.of(str(status["assembly_id"])).exists()
        assert (await session.get(str(status["assembly_url"]))).status == 200
        assert (await session.get(status["results"]["hashed"][0]["url"])).status == 404  # type: ignore[index]


async def test_the_record_goes_after_its_time_too(app: App, tmp_path: Path) -> None:
    async with client(app) as session:
        status = await hashed(session, tmp_path)
        await app.parts.expiry.sweep(time.time() + 91 * DAY)

        assert (await session.get(str(status["assembly_url"]))).status == 404


@pytest.mark.case(127)
async def test_nothing_goes_before_its_time(app: App, tmp_path: Path) -> None:
    async with client(app) as session:
        status = await hashed(session, tmp_path)
        await app.parts.expiry.sweep(time.time() + 0.9 * DAY)

        assert (await session.get(status["results"]["hashed"][0]["url"])).status == 200  # type: ignore[index]


@pytest.mark.case(129)
async def test_an_assembly_whose_uploads_never_come_expires(app: App, tmp_path: Path) -> None:
    async with client(app) as session:
        status = await waiting(session)
        await app.parts.expiry.sweep(time.time() + 7 * 3600)
        assert (await (await session.get(status["assembly_url"])).json())["ok"] == "ASSEMBLY_UPLOADING"

        await app.parts.expiry.sweep(time.time() + 9 * 3600)

        assert (await (await session.get(status["assembly_url"])).json())["error"] == "ASSEMBLY_EXPIRED"


@pytest.mark.case(129)
async def test_an_upload_that_is_still_coming_when_its_assembly_expires_is_stopped(app: App) -> None:
    head = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    async with client(app) as session, wire(app.listening) as connection:
        place = urlsplit(await created(session, await waiting(session))).path
        await connection.send("PATCH", place, {**head, "Content-Length": "10"}, b"three")
        path = app.folder / "uploads" / place.rpartition("/")[2]
        async with asyncio.timeout(20):
            while path.stat().st_size < 5:  # noqa: ASYNC110 - a disk tells nobody
                await asyncio.sleep(0)
        await app.parts.expiry.sweep(time.time() + 9 * 3600)
        stopped = await connection.hear()

    assert (stopped.status, stopped.text.partition(":")[0], path.exists()) == (400, "ERR_UPLOAD_STOPPED", False)


@pytest.mark.case(129)
async def test_an_assembly_that_works_for_too_long_expires_and_its_work_ends(app: App) -> None:
    async with silent() as (origin, asked), client(app) as session:
        steps = {"imported": {"robot": "/http/import", "url": origin}}
        async with session.post("/assemblies", data={"params": json.dumps({**HASHED, "steps": steps})}) as reply:
            status = await reply.json()
        await asked.wait()
        ends = []
        for hours in (7, 9):
            await app.parts.expiry.sweep(time.time() + hours * 3600)
            async with session.get(status["assembly_url"]) as reply:
                told = await reply.json()
            ends.append(told.get("error") or told["ok"])
        async with asyncio.timeout(20):
            while len(app.parts.running):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0)

    assert ends == ["ASSEMBLY_EXECUTING", "ASSEMBLY_EXPIRED"]
    assert list((app.folder / "scratch").iterdir()) == []


@pytest.mark.parametrize("years", [-10, -0.001])
@pytest.mark.case(127)
async def test_a_clock_that_runs_backwards_ends_nothing_early_and_keeps_nothing_for_ever(
    app: App, tmp_path: Path, years: float
) -> None:
    async with client(app) as session:
        done, status = await hashed(session, tmp_path), await waiting(session)
        await app.parts.expiry.sweep(time.time() + years * 365 * DAY)
        assert (await session.get(done["results"]["hashed"][0]["url"])).status == 200  # type: ignore[index]
        assert (await (await session.get(status["assembly_url"])).json())["ok"] == "ASSEMBLY_UPLOADING"

        await app.parts.expiry.sweep(time.time() + 2 * DAY)

        assert (await session.get(done["results"]["hashed"][0]["url"])).status == 404  # type: ignore[index]
        assert (await (await session.get(status["assembly_url"])).json())["error"] == "ASSEMBLY_EXPIRED"


@pytest.mark.case(127)
async def test_nothing_goes_because_a_clock_is_suddenly_ten_years_on(app: App, tmp_path: Path) -> None:
    told, looked = count(), asyncio.Event()

    def now() -> float:
        if (number := next(told)) > 3:
            looked.set()
        return time.time() + (3650 * DAY if number else 0)

    async with client(app) as session:
        status = await hashed(session, tmp_path)
        async with asyncio.TaskGroup() as group:
            sweeping = group.create_task(app.parts.expiry.run(0.001, now))
            await looked.wait()
            sweeping.cancel()

        assert (await session.get(status["results"]["hashed"][0]["url"])).status == 200  # type: ignore[index]


@pytest.mark.case(41, 129)
async def test_an_unfinished_upload_goes_after_its_time(app: App, tmp_path: Path) -> None:
    async with client(app) as session:
        status = await waiting(session)
        url = await created(session, status)
        await app.parts.expiry.sweep(time.time() + 2 * DAY)

        assert (await session.head(url, headers={"Tus-Resumable": "1.0.0"})).status == 404
        assert uploads(app) == []


@pytest.mark.parametrize(
    ("said", "results", "record"),
    [
        ({}, 40, 90),
        ({RESULTS: "1day"}, 1, 90),
        ({RESULTS: "1day", RECORD: "1day"}, 1, 1),
        ({RESULTS: "NoSave", RECORD: "30days"}, 1 / 1440, 30),
        ({RESULTS: "NoSave", RECORD: "NoSave"}, 1 / 1440, 1 / 1440),
        ({RECORD: "7days"}, 40, 40),
    ],
    ids=json.dumps,
)
async def test_a_template_says_for_how_many_days_its_assemblies_are_kept(
    app: App, patient: Expiry, said: dict[str, str], results: float, record: float
) -> None:
    async with client(app) as session:
        status = await templated(session, said)
        found = [await left(patient, session, status, days) for days in (results * 0.9, results * 1.1)]
        assert [result for result, _ in found] == [200, 404]

        found = [await left(patient, session, status, days) for days in (record * 0.9, record * 1.1)]
        assert [result for _, result in found] == ([404, 404] if record == results else [200, 404])


async def test_an_assembly_is_kept_for_as_long_as_its_template_said_when_it_was_made(app: App) -> None:
    async with client(app) as session:
        owner = Owner(session)
        status = await templated(session, {RESULTS: "1day"})
        await owner.ask("PUT", f"/templates/{status['template_id']}", transcoding_result_expiry="NoSave")
        replayed = await owner.ask("POST", f"/assemblies/{status['assembly_id']}/replay")
        again = await owner.ask("POST", f"/assemblies/{status['assembly_id']}/replay", reparse_template=1)
        kept, short = await over(session, replayed), await over(session, again)

        assert (await left(app.parts.expiry, session, kept, 0.5))[0] == 200
        assert (await left(app.parts.expiry, session, short, 0.5))[0] == 404


async def test_no_record_goes_before_its_notification_is_delivered(app: App) -> None:
    async with client(app) as session, receiver() as home:
        home.answers = lambda: web.Response(status=503)
        status = await templated(session, {RESULTS: "NoSave", RECORD: "NoSave"}, notify_url=home.url)
        await home.heard()
        [before] = [(await left(app.parts.expiry, session, status, 1))[1]]

        await app.parts.store.tx(lambda rows: rows.run("save_notification", **DONE, id=home.came[0].id))

        assert (before, (await left(app.parts.expiry, session, status, 1))[1]) == (200, 404)


async def test_what_was_uploaded_goes_with_the_results(app: App) -> None:
    async with client(app) as session:
        made = await Owner(session).ask(
            "POST", "/templates", name="only-looked-at", template={"steps": STEPS}, **{RESULTS: "NoSave"}
        )
        status = await waiting(session, template_id=made["id"])
        url = await created(session, status)
        headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        await session.patch(url, headers=headers, data=b"0123456789")
        status = await ended(session, status)
        before = [path for path in uploads(app) if str(status["assembly_id"]) in path.name]

        found = await left(app.parts.expiry, session, status, 0.01)

        assert before
        assert (found, [path for path in uploads(app) if path in before]) == ((404, 200), [])


async def test_no_sweep_leaves_something_for_the_next(app: App, tmp_path: Path) -> None:
    async with client(app) as session:
        status = await hashed(session, tmp_path)
        one = await app.parts.store.tx(lambda rows: rows.one("assembly", id=status["assembly_id"]))
        assert one is not None
        more = [{**one, "id": f"{number:032x}"} for number in range(250)]
        await app.parts.store.tx(lambda rows: rows.each("save_assembly", more))
        await app.parts.expiry.sweep(time.time() + 2 * DAY)

        left = await app.parts.store.tx(
            lambda rows: rows.all("stale_assemblies", at=time.time() + 3 * DAY, lifetime=DAY)
        )
        assert left == []


@pytest.mark.parametrize("query", ["stale_assemblies", "old_assemblies"])
async def test_a_sweep_reads_only_what_is_over(app: App, query: str) -> None:
    def plan(rows: Rows) -> str:
        assert isinstance(rows, sqlite.Rows)
        asked = "EXPLAIN QUERY PLAN " + rows.queries[query].strip()
        return "\n".join(row["detail"] for row in rows.connection.execute(asked, {"at": 1, "lifetime": 1}))

    found = await app.parts.store.tx(plan)

    assert found.count("SEARCH assemblies USING INDEX") == 2
    assert "SCAN" not in found


async def templated(session: ClientSession, said: dict[str, str], **params: object) -> dict[str, Any]:
    """A complete Assembly of a Template with these wishes."""
    name = f"kept-{uuid.uuid4().hex[:20]}"
    made = await Owner(session).ask("POST", "/templates", name=name, template={"steps": STEPS}, **said)
    text = json.dumps({"auth": {"key": KEY}, "template_id": made["id"], **params})
    response = await session.post("/assemblies", data={"params": text, "file": BytesIO(b"some text")})
    return await ended(session, await response.json())


async def left(expiry: Expiry, session: ClientSession, status: dict[str, Any], days: float) -> tuple[int, int]:
    """The answers to who asks for the result and for the record when so much time has gone by."""
    await expiry.sweep(time.time() + days * DAY)
    urls = status["results"]["hashed"][0]["url"], status["assembly_url"]
    return (await session.get(urls[0])).status, (await session.get(urls[1])).status


async def over(session: ClientSession, replayed: dict[str, Any]) -> dict[str, Any]:
    """The last status of a replay, whose answer says only where it is told."""
    return await ended(session, await (await session.get(replayed["assembly_url"])).json())


async def waiting(session: ClientSession, **params: object) -> dict[str, str]:
    text = json.dumps({**HASHED, **params})
    response = await session.post("/assemblies", data={"params": text, "num_expected_upload_files": "1"})
    status: dict[str, str] = await response.json()
    return status


async def created(session: ClientSession, status: dict[str, str]) -> str:
    url = b64encode(status["assembly_url"].encode()).decode()
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Metadata": f"assembly_url {url}"}
    return (await session.post(status["tus_url"], headers=headers)).headers["Location"]


def uploads(app: App) -> list[Path]:
    return [path for path in (app.folder / "uploads").rglob("*") if path.is_file()]
