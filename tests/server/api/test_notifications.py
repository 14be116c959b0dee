"""Notifications over HTTP: listed for whoever knows the Assembly, replayed for its owner."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, encode_basic_auth, web

from server.app import App
from tests import canary
from tests.live import KEY, SECRET
from tests.owner import Owner
from tests.receiver import Receiver, receiver

pytestmark = pytest.mark.asyncio(loop_scope="module")

STEPS = {"hashed": {"robot": "/file/hash", "use": ":original"}}
UNKNOWN = "0" * 32
KEYS = {"app_id", "assembly_id", "duration", "error", "response_code", "response_data", "start", "status", "url"}
Json = dict[str, Any]


@pytest_asyncio.fixture(loop_scope="module")
async def home() -> AsyncIterator[Receiver]:
    async with receiver() as home:
        yield home


async def created(session: ClientSession, form: Json | None = None, **params: Any) -> str:
    text = json.dumps({"auth": {"key": KEY}, "steps": STEPS, **params})
    async with session.post("/assemblies", data={"params": text, **(form or {})}) as response:
        told = await response.json()
    assert response.status == 200, told
    return str(told["assembly_id"])


async def status(session: ClientSession, assembly: str) -> Json:
    async with session.get(f"/assemblies/{assembly}") as response:
        told: Json = await response.json()
    return told


async def replayed(owner: Owner, assembly: str, **params: Any) -> Json:
    return await owner.ask("POST", f"/assembly_notifications/{assembly}/replay", **params)


async def test_who_knows_the_assembly_sees_each_attempt(session: ClientSession, app: App, home: Receiver) -> None:
    assembly = await created(session, notify_url=home.url)
    [delivery] = await home.heard()
    while app.parts.notifier.tasks:  # noqa: ASYNC110 - they tell nobody when they are done
        await asyncio.sleep(0.005)

    async with session.get(f"/assembly_notifications/{assembly}") as response:
        told = await response.json()

    [item] = told["notifications"]
    assert told["ok"] == "ASSEMBLY_NOTIFICATIONS_LISTED"
    assert item.keys() >= KEYS
    assert (item["id"], item["assembly_id"], item["url"]) == (delivery.id, assembly, home.url)
    assert (item["status"], item["response_code"], item["error"]) == ("successful", 200, None)
    assert item["start"].endswith("Z")


@pytest.mark.parametrize("path", ["", "/non-existent"])
async def test_what_there_is_not_is_not_found(session: ClientSession, owner: Owner, path: str) -> None:
    unknown = path or f"/{UNKNOWN}"
    code = "SERVER_404" if path else "ASSEMBLY_NOT_FOUND"

    async with session.get(f"/assembly_notifications{unknown}") as response:
        assert (response.status, (await response.json())["error"]) == (404, code)
    told = await owner.ask("POST", f"/assembly_notifications{unknown}/replay")
    assert (told["http_code"], told["error"]) == (404, code)


async def test_the_list_of_all_is_long_gone_and_empty(owner: Owner) -> None:
    assert await owner.ask("GET", "/assembly_notifications") == {"items": [], "count": 0}


async def test_a_replay_is_answered_when_it_was_delivered(session: ClientSession, owner: Owner, home: Receiver) -> None:
    assembly = await created(session, notify_url=home.url)
    [first] = await home.heard()

    told = await replayed(owner, assembly)

    again = home.came[1]
    assert (told["ok"], told["success"]) == ("ASSEMBLY_NOTIFICATION_REPLAYED", True)
    assert (again.id, again.text, again.is_signed()) == (told["notification_id"], first.text, True)
    assert again.id != first.id
    assert (await status(session, assembly))["notify_status"] == "successful"


async def test_a_replay_may_go_elsewhere_and_the_assembly_keeps_its_notify_url(
    session: ClientSession, owner: Owner, home: Receiver
) -> None:
    assembly = await created(session, notify_url=f"{home.url}/own", notification_payload=["without_results"])
    await home.heard()
    await replayed(owner, assembly)
    before = await status(session, assembly)

    login = f"me:{canary.secret('replay')}"
    told = await replayed(owner, assembly, notify_url=home.url.replace("//", f"//{login}@") + "/other")

    assert told["ok"] == "ASSEMBLY_NOTIFICATION_REPLAYED"
    assert (home.came[2].path, "results" in home.came[2].status) == ("/other", False)
    assert await status(session, assembly) == before
    async with session.get(f"/assembly_notifications/{assembly}") as response:
        assert canary.MARK not in await response.text()


async def test_a_replay_may_have_other_fields_for_the_address(
    session: ClientSession, owner: Owner, home: Receiver
) -> None:
    assembly = await created(
        session, notify_url=f"{home.url}/${{fields.shop}}/${{fields.n}}", fields={"shop": "a", "n": 1}
    )
    await home.heard()

    await replayed(owner, assembly, fields={"shop": "b/../c"})
    await replayed(owner, assembly, fields={"n": 2}, notify_url=f"{home.url}/other/${{fields.n}}")

    assert [came.path for came in home.came] == ["/a/1", "/b%2F..%2Fc/1", "/other/2"]


@pytest.mark.parametrize("wait", [False, "false", 0])
async def test_a_replay_need_not_be_waited_for(session: ClientSession, owner: Owner, home: Receiver, wait: Any) -> None:
    assembly = await created(session)

    told = await replayed(owner, assembly, notify_url=home.url, wait=wait)
    [delivery] = await home.heard()

    assert told["ok"] == "ASSEMBLY_NOTIFICATION_REPLAYING"
    assert delivery.id == told["notification_id"]


async def test_a_replay_that_fails_says_why_and_is_not_tried_again(
    session: ClientSession, owner: Owner, home: Receiver
) -> None:
    assembly = await created(session)
    home.answers = lambda: web.Response(status=502)

    told = await replayed(owner, assembly, notify_url=home.url)

    assert (told["error"], told["http_code"]) == ("ASSEMBLY_NOTIFICATION_NOT_REPLAYED", 400)
    assert "answered 502" in told["reason"]
    async with session.get(f"/assembly_notifications/{assembly}") as response:
        assert [one["status"] for one in (await response.json())["notifications"]] == ["error"]


async def test_a_replay_needs_somewhere_to_go_and_an_end_to_tell(
    session: ClientSession, owner: Owner, home: Receiver
) -> None:
    without = await created(session)
    waiting = await created(session, {"num_expected_upload_files": "1"}, notify_url=home.url)

    assert (await replayed(owner, without))["error"] == "ASSEMBLY_NO_NOTIFY_URL"
    assert (await replayed(owner, waiting))["error"] == "ASSEMBLY_NOT_FINISHED"
    assert home.came == []


@pytest.mark.case(53)
@pytest.mark.parametrize("url", ["http://10.0.0.1/", "ftp://example.com", "http://[::1]/", 7, "x", "http://127.1:22/"])
async def test_a_replay_goes_to_no_private_address(session: ClientSession, owner: Owner, url: Any) -> None:
    assembly = await created(session)

    told = await replayed(owner, assembly, notify_url=url)

    assert told["error"] in ("ASSEMBLY_INVALID_NOTIFY_URL", "ASSEMBLY_NOTIFICATION_NOT_REPLAYED")


async def test_a_replay_must_be_signed(session: ClientSession, home: Receiver) -> None:
    assembly = await created(session, notify_url=home.url)

    told = await replayed(Owner(session, "not the secret"), assembly)

    assert told["error"] == "INVALID_SIGNATURE"


async def test_a_replay_that_may_be_made_once_is_made_once(
    session: ClientSession, owner: Owner, home: Receiver
) -> None:
    assembly = await created(session)
    path, text = f"/assembly_notifications/{assembly}/replay", owner.text("once", notify_url=home.url)

    first, second = await owner.send("POST", path, text), await owner.send("POST", path, text)

    assert (first.get("success"), second["error"]) == (True, "SIGNATURE_REUSE_DETECTED")
    assert len(home.came) == 1


async def test_a_replayed_assembly_and_one_of_a_token_tell_of_their_ends_too(
    session: ClientSession, owner: Owner, home: Receiver
) -> None:
    form = {"grant_type": "client_credentials"}
    async with session.post("/token", headers={"Authorization": encode_basic_auth(KEY, SECRET)}, data=form) as reply:
        token = (await reply.json())["access_token"]
    params = json.dumps({"steps": STEPS, "notify_url": home.url})
    bearer = {"Authorization": f"Bearer {token}"}
    async with session.post("/assemblies", headers=bearer, data={"params": params}) as reply:
        first = (await reply.json())["assembly_id"]
    await home.heard()

    again = await owner.ask("POST", f"/assemblies/{first}/replay")
    came = await home.heard(2)

    assert [one.status["assembly_id"] for one in came] == [first, again["assembly_id"]]
    assert all(one.is_signed() for one in came)


@pytest.mark.parametrize(
    ("left_out", "gone"),
    [
        (["without_uploads"], {"uploads"}),
        (["without_results", "without_params"], {"results", "params", "template", "merged_params"}),
    ],
)
async def test_the_payload_is_as_small_as_its_owner_wants_it(
    session: ClientSession, home: Receiver, left_out: list[str], gone: set[str]
) -> None:
    assembly = await created(session, notify_url=home.url, notification_payload=left_out)
    [delivery] = await home.heard()

    assert (await status(session, assembly)).keys() - delivery.status.keys() == gone
