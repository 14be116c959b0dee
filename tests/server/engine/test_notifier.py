"""Notifications in a whole server: what is sent, when it is sent again, and what is remembered of it."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from server.app import App
from server.engine import notifier
from server.model import notification
from tests import canary
from tests.inside import client, inside
from tests.live import KEY, ended
from tests.receiver import Receiver, receiver

pytestmark = pytest.mark.asyncio(loop_scope="module")
SETTINGS = {"notify_timeout": 5.0, "notify_places": 4}

NOTHING = {"hashed": {"robot": "/file/hash", "use": ":original"}}  # without uploads its Assembly ends at once
SMALL = ["${file.size}", "<", "9"]
FAILS = {"few": {"robot": "/file/filter", "use": ":original", "declines": [SMALL], "error_on_decline": True}}
DAY = 86400.0
LATE = {"due": 1.0, "tries": 1, "failed": 1}
Json = dict[str, Any]


@pytest_asyncio.fixture(loop_scope="module")
async def home() -> AsyncIterator[Receiver]:
    async with receiver() as home:
        yield home


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notification, "FIRST_PAUSE", 0.01)


async def created(session: ClientSession, url: str | None, form: Json | None = None, **params: Any) -> Json:
    text = json.dumps({"auth": {"key": KEY}, "steps": NOTHING, "notify_url": url, **params})
    async with session.post("/assemblies", data={"params": text, **(form or {})}) as response:
        told: Json = await response.json()
    assert response.status == 200, told
    return told


async def settled(app: App, session: ClientSession, status: Json) -> Json:
    """The status, once there was an attempt and nothing is on its way any more."""
    while True:
        async with session.get(status["assembly_ssl_url"]) as response:
            told: Json = await response.json()
        if told["notify_start"] and not app.parts.notifier.tasks:
            return told
        await asyncio.sleep(0.005)


def notified(status: Json) -> tuple[Any, ...]:
    return tuple(status[f"notify_{name}"] for name in ("status", "response_code", "response_data", "error"))


async def test_the_end_of_an_assembly_is_told_once_and_signed(app: App, session: ClientSession, home: Receiver) -> None:
    home.answers = lambda: web.Response(text="thanks")

    status = await created(session, home.url)
    [delivery] = await home.heard()
    after = await settled(app, session, status)

    assert delivery.is_signed()
    assert len(home.came) == 1
    assert delivery.status["ok"] == "ASSEMBLY_COMPLETED"
    assert delivery.status["assembly_id"] == status["assembly_id"]
    assert notified(after) == ("successful", 200, "thanks", None)
    assert after["notify_duration"] > 0
    assert after["notify_start"].endswith(" GMT")
    assert after["warnings"] == []


async def test_it_tells_the_whole_status_but_nothing_of_its_own_way(
    app: App, session: ClientSession, home: Receiver
) -> None:
    status = await created(session, home.url)
    [delivery] = await home.heard()
    after = await settled(app, session, status)

    own = {name for name in after if name.startswith("notify_") and name != "notify_url"}
    assert {name: delivery.status[name] for name in own} == dict.fromkeys(own)
    assert {**delivery.status, **{name: after[name] for name in own}} == after


async def test_an_error_and_a_cancelation_are_ends_too(app: App, session: ClientSession, home: Receiver) -> None:
    failed = await ended(session, await created(session, home.url, {"file": io.BytesIO()}, steps=FAILS))
    waiting = await created(session, home.url, {"num_expected_upload_files": "1"})
    await session.delete(waiting["assembly_ssl_url"])
    told = await home.heard(2)

    assert {one.status.get("error") or one.status["ok"] for one in told} == {failed["error"], "ASSEMBLY_CANCELED"}
    assert notified(await settled(app, session, waiting))[0] == "successful"


async def test_without_a_notify_url_nothing_is_written(app: App, session: ClientSession) -> None:
    status = await created(session, None)

    assert notified(status) == (None,) * 4
    assert await app.parts.store.tx(lambda rows: rows.all("notifications", assembly=status["assembly_id"])) == []


@pytest.mark.case(54, 123)
async def test_what_is_not_delivered_is_sent_again_under_the_same_id(
    app: App, session: ClientSession, home: Receiver, hurry: None
) -> None:
    answers = iter([web.Response(status=500, text="not now"), web.Response(status=301), web.Response(status=204)])
    home.answers = lambda: next(answers)

    status = await created(session, home.url)
    came = await home.heard(3)
    after = await settled(app, session, status)

    assert {(one.id, one.text, one.is_signed()) for one in came} == {(came[0].id, came[0].text, True)}
    assert notified(after) == ("successful", 204, "", None)
    log = await listed(session, status)
    assert [(one["status"], one["response_code"]) for one in log] == [
        ("error", 500),
        ("error", 301),
        ("successful", 204),
    ]
    assert {one["id"] for one in log} == {came[0].id}
    assert log[0]["response_data"] == "not now"


async def listed(session: ClientSession, status: Json) -> list[Json]:
    async with session.get(f"/assembly_notifications/{status['assembly_id']}") as response:
        told = await response.json()
    assert told["ok"] == "ASSEMBLY_NOTIFICATIONS_LISTED", told
    found: list[Json] = told["notifications"]
    return found


@pytest.mark.case(53, 54)
async def test_a_redirect_is_not_followed(app: App, session: ClientSession, home: Receiver) -> None:
    home.answers = lambda: web.Response(status=307, headers={"Location": f"{home.url}/elsewhere"})

    status = await created(session, f"{home.url}/here")
    await home.heard()
    after = await settled(app, session, status)

    assert [one.path for one in home.came] == ["/here"]
    assert notified(after)[:2] == ("processing", 307)
    assert "only 2xx counts" in after["notify_error"]


@pytest.mark.case(54)
async def test_a_receiver_that_hangs_is_left_and_holds_up_nobody_else(
    app: App, session: ClientSession, home: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifier, "AT_ONCE", 2)  # as if very many stood before the others
    monkeypatch.setattr(app.parts.notifier.courier, "timeout", 0.5)

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.2", 0) as server:
        url = f"http://127.0.0.2:{server.sockets[0].getsockname()[1]}/"
        hung = [await created(session, url) for _ in range(3)]
        await created(session, home.url)
        await home.heard()
        last = await listed(session, hung[-1])
        while not (log := await listed(session, hung[0]))[0]["error"]:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)

    assert last[0]["start"] is None  # it still waits for the others of its kind
    assert (log[0]["status"], log[0]["response_code"]) == ("error", None)
    assert "took too long" in log[0]["error"]


@pytest.mark.case(54)
async def test_of_a_long_answer_only_the_beginning_is_kept(app: App, session: ClientSession, home: Receiver) -> None:
    home.answers = lambda: web.Response(body=b"\xff" + b"x" * (1 << 18))

    status = await created(session, home.url)
    await home.heard()
    after = await settled(app, session, status)

    assert notified(after) == ("successful", 200, "\ufffd" + "x" * 999, None)


@pytest.mark.case(53)
async def test_a_name_that_leads_to_a_private_address_is_refused_at_the_door_of_the_socket(
    app: App, session: ClientSession, home: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.parts.http.guard, "allow", ())

    status = await created(session, home.url.replace("127.0.0.1", "localhost"))
    after = await settled(app, session, status)

    assert home.came == []
    assert notified(after)[:2] == ("processing", None)
    assert "not public" in after["notify_error"]


@pytest.mark.case(53)
async def test_where_a_notification_goes_is_looked_at_before_each_try(
    app: App, session: ClientSession, home: Receiver, hurry: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer() -> web.Response:
        monkeypatch.setattr(app.parts.http.guard, "allow", ())  # as if the address had become a private one
        return web.Response(status=500, headers={"Connection": "close"})

    home.answers = answer

    status = await created(session, home.url)
    while not (log := await listed(session, status))[1:] or not log[1]["error"]:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.005)

    assert len(home.came) == 1
    assert (log[0]["response_code"], log[1]["response_code"]) == (500, None)
    assert "not public" in log[1]["error"]


@pytest.mark.case(54)
async def test_what_fails_for_too_long_is_given_up(
    app: App, session: ClientSession, home: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.parts.notifier, "window", 1.0)
    home.answers = lambda: web.Response(status=503)

    status = await created(session, home.url)
    await home.heard()
    after = await settled(app, session, status)

    assert notified(after)[:2] == ("error", 503)
    async with session.get("/metrics") as response:
        told = await response.text()
    assert 'sluice_notifications{state="given_up"}' in told


@pytest.mark.case(51, 106)
async def test_a_login_in_the_url_is_used_and_never_shown(app: App, session: ClientSession, home: Receiver) -> None:
    login = f"me:{canary.secret('notify')}"
    home.answers = lambda: web.Response(status=400, text=f"http://{login}@here/?token={canary.secret('quoted')}")

    status = await created(session, home.url.replace("//", f"//{login}@"))
    [delivery] = await home.heard()
    after = await settled(app, session, status)
    log = await listed(session, status)

    assert delivery.authorization is not None
    assert "@127.0.0.1" in after["notify_url"]
    assert canary.MARK not in json.dumps([delivery.status, after, log])


async def test_variables_are_filled_in_and_lead_nowhere_else(app: App, session: ClientSession, home: Receiver) -> None:
    url = home.url + "/${assembly.id}/${fields.who}?x=${fields.none}"

    status = await created(session, url, {"who": "a/../b@c"})
    [delivery] = await home.heard()
    after = await settled(app, session, status)

    assert delivery.path == f"/{status['assembly_id']}/a%2F..%2Fb%40c?x="
    assert [one["msg"] for one in after["warnings"]] == [
        "notify_url: ${fields.none} has no value; an empty text took its place."
    ]


@pytest.mark.case(123)
async def test_what_waits_when_the_server_stops_is_sent_by_the_next_one(tmp_path: Path, home: Receiver) -> None:
    home.answers = lambda: web.Response(status=503)
    async with inside(tmp_path / "data") as first, client(first) as session:
        status = await created(session, home.url)
        before = await settled(first, session, status)
        await first.parts.store.tx(lambda rows: rows.run("save_notification", **LATE, id=home.came[0].id))
    home.answers = web.Response

    async with inside(tmp_path / "data", port=int(status["assembly_url"].split("/")[2].split(":")[1])) as second:
        came = await home.heard(2)
        async with client(second) as session:
            after = await settled(second, session, status)

    assert (before["notify_status"], after["notify_status"]) == ("processing", "successful")
    assert {(one.id, one.text) for one in came} == {(came[0].id, came[0].text)}


async def test_the_log_goes_with_the_record(app: App, session: ClientSession, home: Receiver) -> None:
    status = await created(session, home.url)
    await home.heard()
    await settled(app, session, status)

    await app.parts.expiry.sweep(time.time() + 100 * DAY)

    left = await app.parts.store.tx(
        lambda rows: [*rows.all("stray_notifications"), *rows.all("notifications", assembly=status["assembly_id"])]
    )
    async with session.get(f"/assembly_notifications/{status['assembly_id']}") as response:
        assert (response.status, left) == (404, [])
