"""Two accounts on one server: neither sees, uses or changes what is the other's, nor takes its share."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, encode_basic_auth

from server.app import App
from server.engine import register
from tests.inside import client, inside
from tests.live import KEY
from tests.owner import Json, Owner
from tests.security.attacker import HASH, Attacker, instructions
from tests.security.test_routes import SIGNED

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONTENT = {"key": "an-id", "secret": "an open one", "bucket": "media", "bucket_region": "eu-central-1"}


@dataclass(frozen=True)
class House:
    """A server, the owner of its first account, and a stranger with an account of his own."""

    app: App
    owner: Owner
    stranger: Owner


async def another(app: App, http: ClientSession, name: str = "stranger", **options: Any) -> Owner:
    """The owner of a new account."""

    def act(rows: Any) -> tuple[str, str]:
        made = register.add(rows, app.parts.vault, name, options, 1.0)
        return made.key, made.secret

    key, secret = await app.parts.store.tx(act)
    await app.parts.accounts.load()
    return Owner(http, secret, key=key)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with inside(tmp_path_factory.mktemp("accounts") / "data") as app, client(app) as http:
        yield House(app, Owner(http), await another(app, http))


async def belongings(owner: Owner) -> dict[str, str]:
    """One of each thing that an account can have, by the beginning of its address."""
    template = await owner.ask("POST", "/templates", name="the-owners", template={"steps": HASH})
    kept = await owner.ask("POST", "/template_credentials", name="owners", type="s3", content=CONTENT)
    key = await owner.ask("POST", "/auth_keys", scope="read", can_show_auth_secret=True)
    made = await owner.ask("POST", "/assemblies", steps=HASH, notify_url="http://127.0.0.1:65000/")
    return {
        "/templates": template["id"],
        "/template_credentials": kept["credential"]["id"],
        "/auth_keys": key["auth_key"]["id"],
        "/assemblies": made["assembly_id"],
        "/assembly_notifications": made["assembly_id"],
    }


@pytest.mark.case(9)
async def test_a_stranger_with_a_key_of_his_own_finds_nothing_of_the_owner(house: House) -> None:
    things = await belongings(house.owner)
    before = [await house.owner.ask("GET", path) for path in ("/templates", "/template_credentials", "/auth_keys")]

    for route in sorted(SIGNED):
        method, _, pattern = route.partition(" ")
        thing = things.get("/" + pattern.split("/")[1], "")
        wish = {"name": "not-his", "content": CONTENT, "type": "s3", "template": {"steps": HASH}, "scope": "read"}
        told = await house.stranger.ask(method, re.sub(r"\{\w+\}", thing, pattern), **wish)
        if "{" in pattern and thing:
            none = await house.stranger.ask(method, re.sub(r"\{\w+\}", "0" * 32, pattern), **wish)
            assert "error" in told, (route, told)
            assert json.dumps(told).replace(thing, "0" * 32) == json.dumps(none), route
        else:
            assert not any(value in json.dumps(told) for value in things.values()), (route, told)

    after = [await house.owner.ask("GET", path) for path in ("/templates", "/template_credentials", "/auth_keys")]
    assert [_timeless(told) for told in after] == [_timeless(told) for told in before]


def _timeless(told: Json) -> str:
    return re.sub(r'"last_used": (null|"[^"]*")', "", json.dumps(told))


@pytest.mark.case(9, 12)
async def test_a_template_of_another_account_is_not_there_for_an_assembly(house: House) -> None:
    made = await house.owner.ask("POST", "/templates", name="mine-alone", template={"steps": HASH})

    for ref in (made["id"], "mine-alone"):
        assert (await house.owner.ask("POST", "/assemblies", template_id=ref))["ok"] == "ASSEMBLY_COMPLETED"
        assert (await house.stranger.ask("POST", "/assemblies", template_id=ref))["error"] == "TEMPLATE_NOT_FOUND"


@pytest.mark.case(8, 9)
async def test_the_id_of_an_assembly_of_another_account_cannot_be_chosen(house: House) -> None:
    made = await house.owner.ask("POST", "/assemblies", steps=HASH, usage_tags="the-owners")
    path = f"/assemblies/{made['assembly_id']}"

    told = await house.stranger.ask("POST", path, steps=HASH, usage_tags="the-strangers")

    assert told["error"] == "DO_NOT_REUSE_ASSEMBLY_IDS"
    async with house.owner.http.get(path) as reply:
        assert (await reply.json())["usage_tags"] == "the-owners"


@pytest.mark.case(9, 10)
async def test_a_token_opens_nothing_of_another_account(house: House) -> None:
    made = await house.owner.ask("POST", "/templates", name="not-by-token", template={"steps": HASH})
    http, login = house.stranger.http, encode_basic_auth(house.stranger.key, house.stranger.secret)
    grant = {"grant_type": "client_credentials"}
    async with http.post("/token", headers={"Authorization": login}, data=grant) as reply:
        bearer = {"Authorization": f"Bearer {(await reply.json())['access_token']}"}

    async with http.get(f"/templates/{made['id']}", headers=bearer) as reply:
        assert (await reply.json())["error"] == "TEMPLATE_NOT_FOUND"
    for name, value in {"auth": {"key": KEY}, "template_id": made["id"]}.items():
        async with http.post("/assemblies", headers=bearer, data={"params": json.dumps({name: value})}) as reply:
            told = await reply.json()
        assert told["error"] == ("BEARER_TOKEN_AUTH_KEY_MISMATCH" if name == "auth" else "TEMPLATE_NOT_FOUND")


@pytest.mark.case(4, 9)
async def test_the_key_of_one_account_and_the_secret_of_another_open_neither(house: House) -> None:
    crossed = replace(house.stranger, secret=house.owner.secret)

    assert (await crossed.ask("GET", "/templates"))["error"] == "INVALID_SIGNATURE"
    assert (await replace(crossed, key=KEY).ask("GET", "/templates"))["count"] >= 0


async def test_the_switches_of_an_account_hold_for_it_alone(house: House) -> None:
    options = {"require_template": True, "require_signature": True, "disallowed_robots": ["/file/hash"]}
    strict = await another(house.app, house.owner.http, "strict", **options)
    unsigned = json.dumps({"auth": {"key": strict.key}, "steps": HASH})
    await strict.ask("POST", "/templates", name="of-the-strict", template={"steps": HASH})

    async with strict.http.post("/assemblies", data={"params": unsigned}) as reply:
        assert (await reply.json())["error"] == "NO_AUTH_EXPIRES_PARAMETER"
    assert (await strict.ask("POST", "/assemblies", steps=HASH))["error"] == "NO_TEMPLATE_ID"
    made = await strict.ask("POST", "/assemblies", template_id="of-the-strict")
    assert (made["error"], made["http_code"]) == ("ASSEMBLY_DISALLOWED_ROBOTS_USED", 400)
    assert "this account may not use /file/hash" in made["message"]
    assert (await house.stranger.ask("POST", "/assemblies", steps=HASH))["ok"] == "ASSEMBLY_COMPLETED"


@pytest.mark.case(12, 130)
async def test_a_replay_is_no_way_round_the_templates_that_an_account_must_use(house: House) -> None:
    bound = await another(house.app, house.owner.http, "bound", require_template=True)
    await bound.ask("POST", "/templates", name="of-the-bound", template={"steps": HASH})
    made = await bound.ask("POST", "/assemblies", template_id="of-the-bound")
    path = f"/assemblies/{made['assembly_id']}/replay"

    assert (await bound.ask("POST", path, steps={"own": HASH["hash"]}))["error"] == "NO_TEMPLATE_ID"
    assert (await bound.ask("POST", path))["ok"] == "ASSEMBLY_REPLAYING"


@pytest.mark.case(117)
async def test_forms_that_break_off_count_too(tmp_path: Path) -> None:
    async with inside(tmp_path / "data", max_creations=1) as app, ClientSession() as http:
        attacker, chosen = Attacker(app, http), ["1" * 32, "2" * 32]
        body = f'--b\r\nContent-Disposition: form-data; name="params"\r\n\r\n{instructions()}\r\n--b\r\n'
        for assembly in chosen:
            async with attacker.wire() as connection:
                headers = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": "99999"}
                await connection.send("POST", f"/assemblies/{assembly}", headers, body.encode())
                connection.finish()
                await connection.ends()
        statuses = [(await http.get(f"{app.listening}/assemblies/{assembly}")).status for assembly in chosen]

    assert statuses == [200, 404]


@pytest.mark.case(117)
async def test_who_creates_too_often_has_to_wait_and_nobody_else(tmp_path: Path) -> None:
    async with inside(tmp_path / "data", max_creations=2) as app, client(app) as http:
        first, favoured = Owner(http), await another(app, http, max_creations=0)
        answers = [await first.ask("POST", "/assemblies", steps=HASH) for _ in range(3)]
        others = [await favoured.ask("POST", "/assemblies", steps=HASH) for _ in range(4)]

    assert [told.get("error") for told in answers] == [None, None, "RATE_LIMIT_REACHED"]
    assert (answers[2]["http_code"], answers[2]["info"]) == (429, {"retryIn": 30})
    assert {told.get("ok") for told in others} == {"ASSEMBLY_COMPLETED"}


@pytest.mark.case(117)
@pytest.mark.parametrize(
    ("name", "status"),
    [("java-sdk:2.0", 413), ("ruby-sdk:3.1", 413), ("android-sdk:1,java-sdk:2", 413), ("node-sdk:4", 429), ("", 429)],
)
async def test_a_client_is_told_to_wait_in_the_way_that_it_knows(tmp_path: Path, name: str, status: int) -> None:
    async with inside(tmp_path / "data", max_creations=1) as app, client(app) as http:
        form = {"params": json.dumps({"auth": {"key": KEY}, "steps": HASH})}
        async with http.post("/assemblies", data=form):
            pass
        async with http.post("/assemblies", data=form, headers={"Transloadit-Client": name}) as reply:
            told = await reply.json()

    assert (reply.status, told["http_code"], reply.headers["Retry-After"]) == (status, status, "60")


@pytest.mark.case(117)
async def test_an_account_has_so_many_assemblies_that_go_on_and_more_when_one_has_ended(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as http:
        busy = await another(app, http, max_running=2)
        text = busy.text(steps=HASH)
        waiting = {"params": text, "num_expected_upload_files": "1"}

        async def create(client: str = "ruby-sdk:3") -> Json:
            async with http.post("/assemblies", data=waiting, headers={"Transloadit-Client": client}) as reply:
                told: Json = await reply.json()
            return {**told, "status": reply.status}

        flood = [asyncio.ensure_future(create()) for _ in range(50)]
        other = await Owner(http).ask("POST", "/assemblies", steps=HASH)
        answers = await asyncio.gather(*flood)
        begun = [told for told in answers if "ok" in told]
        refused = [told for told in answers if "ok" not in told]
        async with http.delete(begun[0]["assembly_ssl_url"]):
            pass
        again = await create()

    assert (len(begun), len(refused)) == (2, 48)
    assert {(told["error"], told["status"], told["info"]["retryIn"]) for told in refused} == {
        ("RATE_LIMIT_REACHED", 413, 10)
    }
    assert other["ok"] == "ASSEMBLY_COMPLETED"
    assert again["ok"] == "ASSEMBLY_UPLOADING"


async def test_an_account_has_a_quota_of_its_own(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as http:
        small = await another(app, http, max_assembly_size=10)
        refused = await small.send("POST", "/assemblies", small.text(steps=HASH), file=b"x" * 11)
        taken = await Owner(http).send("POST", "/assemblies", Owner(http).text(steps=HASH), file=b"x" * 11)

    assert refused["error"] == "ASSEMBLY_SATURATED"
    assert taken.get("error") is None


@pytest.mark.case(117)
async def test_a_status_is_read_only_so_often_and_says_where_it_is(tmp_path: Path) -> None:
    async with inside(tmp_path / "data", max_status_reads=3) as app, client(app) as http:
        made = [await Owner(http).ask("POST", "/assemblies", steps=HASH) for _ in range(2)]
        url = made[0]["assembly_ssl_url"]
        replies = [await http.get(url) for _ in range(6)]
        told = await replies[-1].json()
        other = await http.get(made[1]["assembly_ssl_url"])

    assert [reply.status for reply in replies[:3]] == [200, 200, 200]
    assert (replies[-1].status, told["error"]) == (429, "ASSEMBLY_STATUS_FETCHING_RATE_LIMIT_REACHED")
    assert (told["assembly_ssl_url"], told["info"], replies[-1].headers["Retry-After"]) == (url, {"retryIn": 1}, "1")
    assert other.status == 200


@pytest.mark.case(107, 110)
async def test_a_secret_that_cannot_be_opened_is_told_and_nothing_more(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as http:
        owner = await another(app, http)
        await app.parts.store.tx(lambda rows: rows.run("reseal_auth_keys", id=_id(app, owner.key), sealed="v1.x.y"))
        await app.parts.accounts.load()

        told = await owner.ask("GET", "/templates")

    assert (told["error"], told["http_code"]) == ("GET_ACCOUNT_DB_ERROR", 400)
    assert owner.secret not in str(told)


def _id(app: App, key: str) -> str:
    found = app.parts.accounts.find(key)
    assert found is not None
    return found.id
