"""Bearer tokens over HTTP: how they are had, and what they open."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, FormData, encode_basic_auth

from server.app import App
from tests.inside import client, inside
from tests.live import KEY, SECRET
from tests.owner import Json, Owner

pytestmark = pytest.mark.asyncio(loop_scope="module")
SETTINGS = {"max_failed_logins": 0}

GRANT = {"grant_type": "client_credentials"}


def basic(key: str = KEY, secret: str = SECRET) -> dict[str, str]:
    return {"Authorization": encode_basic_auth(key, secret)}


async def asked(session: ClientSession, key: str = KEY, secret: str = SECRET, **form: str) -> tuple[int, Json]:
    async with session.post("/token", headers=basic(key, secret), data={**GRANT, **form}) as reply:
        return reply.status, await reply.json()


async def minted(session: ClientSession, **form: str) -> str:
    status, told = await asked(session, **form)
    assert status == 200, told
    return str(told["access_token"])


async def shown(
    session: ClientSession, token: str, method: str = "GET", path: str = "/templates", params: str | None = "{}"
) -> tuple[int, Json]:
    """What is answered to who shows a token and signs nothing."""
    fields = {"params": params} if params is not None else {}
    given: Any = {"params": fields} if method == "GET" else {"data": FormData(fields)}
    async with session.request(method, path, headers={"Authorization": f"Bearer {token}"}, **given) as reply:
        return reply.status, await reply.json()


async def test_a_token_tells_what_it_is(session: ClientSession) -> None:
    async with session.post("/token", headers=basic(), data={**GRANT, "scope": "read,read"}) as reply:
        told = await reply.json()

    assert reply.headers["Cache-Control"] == "no-store"
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 21600, "read")
    assert SECRET not in told["access_token"]
    assert KEY not in told["access_token"]


BASIC = {"headers": basic()}
WRONG: dict[str, tuple[dict[str, Any], dict[str, str], int, str]] = {
    "nobody": ({}, GRANT, 401, "SERVER_401"),
    "no key": ({"headers": {"Authorization": "Basic !"}}, GRANT, 401, "SERVER_401"),
    "a bearer": ({"headers": {"Authorization": "Bearer x"}}, GRANT, 401, "SERVER_401"),
    "an unknown key": ({"headers": basic("f" * 32, SECRET)}, GRANT, 400, "GET_ACCOUNT_UNKNOWN_AUTH_KEY"),
    "a wrong secret": ({"headers": basic(KEY, "guessed")}, GRANT, 401, "TOKEN_INVALID_CREDENTIALS"),
    "another grant": (BASIC, {"grant_type": "password"}, 400, "TOKEN_INVALID_GRANT_TYPE"),
    "no grant": (BASIC, {"scope": "read"}, 400, "TOKEN_INVALID_REQUEST"),
    "another audience": (BASIC, {**GRANT, "aud": "bank"}, 403, "TOKEN_INVALID_AUDIENCE"),
    "an unknown scope": (BASIC, {**GRANT, "scope": "burn"}, 403, "TOKEN_INVALID_SCOPE"),
}


@pytest.mark.parametrize(("who", "form", "status", "code"), WRONG.values(), ids=WRONG)
async def test_who_may_have_no_token_is_told_why(
    session: ClientSession, who: Json, form: dict[str, str], status: int, code: str
) -> None:
    async with session.post("/token", data=form, **who) as reply:
        told = await reply.json()

    assert (reply.status, told["error"], told["http_code"]) == (status, code, status)


async def test_a_token_stands_for_signature_and_key(session: ClientSession) -> None:
    token = await minted(session, aud="api2")
    steps = {"hashed": {"robot": "/file/hash", "use": ":original"}}

    made = await shown(session, token, "POST", "/assemblies", json.dumps({"steps": steps, "auth": {"max_size": 9}}))

    assert (made[0], made[1]["ok"]) == (200, "ASSEMBLY_COMPLETED")
    assert "items" in (await shown(session, token))[1]
    assert "items" in (await shown(session, token, params=None))[1]
    assert (await shown(session, token, "POST", "/assemblies"))[1]["error"] == "ASSEMBLY_NO_STEPS"
    wide = await shown(session, token, "POST", "/assemblies", json.dumps({"steps": steps, "auth": {"max_size": "x"}}))
    assert wide[1]["error"] == "INVALID_AUTH_MAX_SIZE_PARAMETER"


async def test_a_template_that_wants_a_signature_takes_a_token(session: ClientSession) -> None:
    content = {"steps": {"hashed": {"robot": "/file/hash", "use": ":original"}}}
    name = f"signed-{uuid.uuid4().hex[:8]}"
    await Owner(session).ask("POST", "/templates", name=name, template=content, require_signature_auth=1)

    status, told = await shown(session, await minted(session), "POST", "/assemblies", json.dumps({"template_id": name}))

    assert (status, told["ok"]) == (200, "ASSEMBLY_COMPLETED")


@pytest.mark.case(10, 109)
async def test_a_token_opens_only_what_its_scope_holds(session: ClientSession) -> None:
    reader, blind = await minted(session, scope="templates:read"), await minted(session, scope="queues:read")

    opened = await shown(session, reader)
    answers = [
        await shown(session, reader, "POST", "/templates"),
        await shown(session, reader, "DELETE", "/templates/x"),
        await shown(session, reader, "POST", "/assemblies"),
        await shown(session, reader, "GET", "/auth_keys"),
        await shown(session, reader, "GET", "/template_credentials"),
        await shown(session, blind, "GET", "/templates"),
        await shown(session, blind, "GET", "/templates/x"),
    ]

    assert opened[0] == 200
    assert {(status, told["error"]) for status, told in answers} == {(403, "INSUFFICIENT_AUTH_SCOPE")}


@pytest.mark.case(10)
async def test_a_token_has_no_more_than_its_key_and_goes_with_it(session: ClientSession) -> None:
    owner = Owner(session)
    key = (await owner.ask("POST", "/auth_keys", scope="templates:read queues:read"))["auth_key"]
    pair = {"key": key["auth_key"], "secret": key["auth_secret"]}

    wide = await asked(session, **pair, scope="read")
    token = (await asked(session, **pair))[1]["access_token"]
    before = await shown(session, token)
    await owner.ask("PUT", f"/auth_keys/{key['id']}", scope="queues:read")
    narrowed = await shown(session, token)
    await owner.ask("PUT", f"/auth_keys/{key['id']}", is_active=False)
    off = await shown(session, token)
    none = await asked(session, **pair)

    assert (wide[0], wide[1]["error"]) == (403, "TOKEN_INVALID_SCOPE")
    assert before[0] == 200
    assert (narrowed[0], narrowed[1]["error"]) == (403, "INSUFFICIENT_AUTH_SCOPE")
    assert (off[0], off[1]["error"]) == (401, "BEARER_TOKEN_INVALID")
    assert none[1]["error"] == "GET_ACCOUNT_UNKNOWN_AUTH_KEY"


@pytest.mark.case(10)
async def test_a_token_does_not_lend_itself_to_another_key(session: ClientSession) -> None:
    token = await minted(session)

    own = await shown(session, token, params=json.dumps({"auth": {"key": KEY}}))
    other = await shown(session, token, params=json.dumps({"auth": {"key": "f" * 32}}))

    assert own[0] == 200
    assert other[1]["error"] == "BEARER_TOKEN_AUTH_KEY_MISMATCH"


NONE = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."


@pytest.mark.case(10)
async def test_what_is_no_token_opens_nothing(session: ClientSession, app: App) -> None:
    token = await minted(session)
    forged = app.parts.vault.seal({"key": KEY}, "templates")
    wrong = [NONE, "", token[:-4], token[:-8] + "AAAAAAA=", f"x{token}", forged, "v1.a.b", "x" * 5000, "é", "v1..é="]

    answers = [await shown(session, each) for each in wrong]

    assert {(status, told["error"]) for status, told in answers} == {(401, "BEARER_TOKEN_INVALID")}


@pytest.mark.case(10)
async def test_a_token_counts_only_in_the_head_and_only_once(session: ClientSession) -> None:
    token = await minted(session)
    twice = [("Authorization", f"Bearer {token}")] * 2

    for name in ("access_token", "token", "bearer", "Authorization"):
        async with session.get("/templates", params={"params": "{}", name: token}) as reply:
            assert (await reply.json())["error"] == "NO_AUTH_PARAMETER"
    async with session.get("/templates", params={"params": "{}"}, headers=twice) as reply:
        assert (await reply.json())["error"] == "BEARER_TOKEN_INVALID"


@pytest.mark.case(10)
async def test_a_token_ends_and_is_nowhere_on_the_disk(tmp_path: Path) -> None:
    async with inside(tmp_path / "data", token_lifetime=1e-6) as app, client(app) as session:
        token = await minted(session)
        status, told = await shown(session, token)

        assert (status, told["error"]) == (401, "BEARER_TOKEN_EXPIRED")
        for path in app.folder.glob("*.*"):
            assert token.encode() not in path.read_bytes()


async def test_a_token_outlives_a_restart(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        token = await minted(session)
    async with inside(tmp_path / "data") as app, client(app) as session:
        assert (await shown(session, token))[0] == 200


@pytest.mark.case(93)
async def test_who_guesses_a_secret_has_to_wait_and_nobody_else(tmp_path: Path) -> None:
    async with inside(tmp_path / "data", max_failed_logins=3) as app, client(app) as session:
        other = (await Owner(session).ask("POST", "/auth_keys", scope="read"))["auth_key"]
        guesses = [await asked(session, secret=f"guess-{number}") for number in range(5)]
        blocked = await asked(session)
        free = await asked(session, other["auth_key"], other["auth_secret"])

    assert [status for status, _ in guesses] == [401, 401, 401, 429, 429]
    assert (blocked[1]["error"], 0 < blocked[1]["info"]["retryIn"] <= 20) == ("RATE_LIMIT_REACHED", True)
    assert free[0] == 200


@pytest.mark.case(93)
async def test_who_guesses_waits_after_a_restart_too_and_what_was_sent_as_a_name_is_not_kept(tmp_path: Path) -> None:
    async with inside(tmp_path / "data", max_failed_logins=2) as app, client(app) as session:
        guesses = [await asked(session, secret=f"guess-{number}") for number in range(2)]
        slips = [await asked(session, SECRET, KEY) for _ in range(2)]
    async with inside(tmp_path / "data", max_failed_logins=2) as app, client(app) as session:
        again = [await asked(session), await asked(session, SECRET, KEY), await asked(session, "other")]

    assert [status for status, _ in (*guesses, *slips, *again)] == [401, 401, 400, 400, 429, 429, 400]
    assert 0 < again[0][1]["info"]["retryIn"] <= 30


async def test_tokens_are_minted_only_so_often(tmp_path: Path) -> None:
    async with inside(tmp_path / "data", max_tokens=2) as app, client(app) as session:
        answers = [await asked(session) for _ in range(3)]

    assert [status for status, _ in answers] == [200, 200, 429]
    assert answers[2][1]["info"]["retryIn"] == 30


async def test_a_key_without_limits_gives_tokens_without(session: ClientSession) -> None:
    owner = replace(Owner(session), key=KEY)
    token = await minted(session)

    made = await shown(session, token, "POST", "/auth_keys", json.dumps({"scope": "read"}))

    assert made[1]["ok"] == "AUTH_KEY_CREATED"
    assert made[1]["auth_key"]["id"] in json.dumps(await owner.ask("GET", "/auth_keys"))
