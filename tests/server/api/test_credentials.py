"""Template Credentials over HTTP, as their owner uses them, and in the jobs of steps that name them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from server.app import App
from server.model.credential import TYPES
from tests import canary
from tests.inside import client, inside
from tests.live import KEY, ended
from tests.owner import Owner
from tests.web import site

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONTENT = {"key": "an-id", "secret": "an open one", "bucket": "media", "bucket_region": "eu-central-1"}


async def made(owner: Owner, name: str, **more: Any) -> dict[str, Any]:
    told = await owner.ask("POST", "/template_credentials", **{"name": name, "type": "s3", "content": CONTENT, **more})
    assert told["ok"] == "TEMPLATE_CREDENTIALS_CREATED", told
    credential: dict[str, Any] = told["credential"]
    return credential


async def test_they_are_read_back_by_id_and_by_name(owner: Owner) -> None:
    created = await made(owner, "read_back-1")

    by_id = await owner.ask("GET", f"/template_credentials/{created['id']}")
    by_name = await owner.ask("GET", "/template_credentials/read_back-1")

    assert by_id == by_name
    assert (by_id["ok"], by_id["credential"]) == ("TEMPLATE_CREDENTIALS_READ", created)
    assert (created["content"], json.loads(created["stringified"])) == (CONTENT, CONTENT)
    assert (created["name"], created["type"], created["deleted"]) == ("read_back-1", "s3", None)
    assert created["created"] == created["modified"]
    assert created["created"].endswith("Z")


async def test_the_content_may_be_a_json_text(owner: Owner) -> None:
    assert (await made(owner, "as_a_text", content=json.dumps(CONTENT)))["content"] == CONTENT


async def test_a_change_keeps_what_it_does_not_name(owner: Owner) -> None:
    created = await made(owner, "before_it")

    told = await owner.ask("PUT", f"/template_credentials/{created['id']}", name="after_it", type="minio", content=None)

    assert (told["ok"], told["credential"]["content"]) == ("TEMPLATE_CREDENTIALS_UPDATED", CONTENT)
    assert (told["credential"]["name"], told["credential"]["type"]) == ("after_it", "minio")
    read = await owner.ask("GET", "/template_credentials/after_it")
    assert read["credential"] == told["credential"]


async def test_what_is_deleted_is_gone(owner: Owner) -> None:
    created = await made(owner, "short_lived")

    told = await owner.ask("DELETE", "/template_credentials/short_lived")
    again = await owner.ask("DELETE", f"/template_credentials/{created['id']}")
    read = await owner.ask("GET", f"/template_credentials/{created['id']}")
    changed = await owner.ask("PUT", f"/template_credentials/{created['id']}", name="short_lived", type="s3")

    assert told["ok"] == "TEMPLATE_CREDENTIALS_DELETED"
    assert [(answer["error"], answer["http_code"]) for answer in (again, read, changed)] == [
        ("TEMPLATE_CREDENTIALS_NOT_DELETED", 400),
        ("TEMPLATE_CREDENTIALS_NOT_READ", 400),
        ("TEMPLATE_CREDENTIALS_NOT_UPDATED", 400),
    ]


@pytest.mark.parametrize(
    "wrong", [{"name": "abc"}, {"type": "floppy"}, {"content": "{"}, {"content": []}, {"content": {}}]
)
async def test_what_cannot_be_is_refused(owner: Owner, wrong: dict[str, Any]) -> None:
    told = await owner.ask(
        "POST", "/template_credentials", **{"name": "fine_name", "type": "s3", "content": CONTENT, **wrong}
    )

    assert (told["error"], told["http_code"]) == ("TEMPLATE_CREDENTIALS_NOT_CREATED", 400)


async def test_a_name_belongs_to_one_set(owner: Owner) -> None:
    await made(owner, "only_one")
    other = await made(owner, "another_one")

    again = await owner.ask("POST", "/template_credentials", name="only_one", type="s3", content=CONTENT)
    renamed = await owner.ask("PUT", f"/template_credentials/{other['id']}", name="only_one", type="s3")

    assert (again["error"], renamed["error"]) == (
        "TEMPLATE_CREDENTIALS_NOT_CREATED",
        "TEMPLATE_CREDENTIALS_NOT_UPDATED",
    )


async def test_a_list_has_pages_that_end(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        owner = Owner(session)
        names = [(await made(owner, f"listed_{number}"))["name"] for number in range(3)]

        listed = await owner.ask("GET", "/template_credentials", sort="name", order="asc")
        beyond = await owner.ask("GET", "/template_credentials", page=2)
        wrong = await owner.ask("GET", "/template_credentials", order="sideways")

    assert listed["ok"] == "TEMPLATE_CREDENTIALS_FOUND"
    assert [(item["name"], item["content"]) for item in listed["credentials"]] == [(name, CONTENT) for name in names]
    assert beyond["credentials"] == []
    assert wrong["error"] == "TEMPLATE_CREDENTIALS_NOT_FOUND"


async def test_the_types_tell_their_fields(owner: Owner) -> None:
    told = await owner.ask("GET", "/template_credentials/types")

    assert told["ok"] == "TEMPLATE_CREDENTIALS_TYPES_FOUND"
    assert told["types"].keys() == TYPES.keys()
    assert told["types"]["ftp"]["fields"].keys() == {"host", "port", "user", "password"}


@pytest.mark.case(9)
async def test_those_of_another_account_are_not_there(app: App, owner: Owner) -> None:
    theirs = await app.parts.credentials.create("another", {"name": "theirs", "type": "s3", "content": CONTENT}, 1.0)

    for method in ("GET", "PUT", "DELETE"):
        assert "error" in await owner.ask(method, f"/template_credentials/{theirs['id']}")
        assert "error" in await owner.ask(method, "/template_credentials/theirs")
    listed = await owner.ask("GET", "/template_credentials", pagesize=5000)
    assert theirs["id"] not in json.dumps(listed)


async def test_a_request_with_a_nonce_is_heard_once(owner: Owner) -> None:
    text = owner.text(nonce="n1")

    answers = [await owner.send("GET", "/template_credentials/types", text) for _ in range(2)]

    assert [told.get("error") for told in answers] == [None, "SIGNATURE_REUSE_DETECTED"]


async def run(session: ClientSession, **step: Any) -> dict[str, Any]:
    steps = {"imported": {"robot": "/http/import", **step}}
    form = {"params": json.dumps({"auth": {"key": KEY}, "steps": steps}), "secret_name": "web_login"}
    async with session.post("/assemblies", data=form) as reply:
        told: dict[str, Any] = await reply.json()
    return told if "error" in told else await ended(session, told)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def guarded(app: App) -> AsyncIterator[str]:
    """A web server that wants a token, which is kept in Template Credentials."""
    token = canary.secret("token-of-web-login")

    async def answer(request: web.Request) -> web.Response:
        known = request.headers.get("X-Api-Token") == token
        return web.Response(text="let in") if known else web.Response(status=403, text="who are you?")

    content = {"headers": {"X-Api-Token": token}, "unknown": "for another robot"}
    account = app.parts.accounts.first.account.id
    await app.parts.credentials.create(account, {"name": "web_login", "type": "http", "content": content}, 1.0)
    async with site(answer) as origin:
        yield f"{origin}/file.txt"


@pytest.mark.case(106)
@pytest.mark.parametrize("name", ["web_login", "${fields.secret_name}"])
async def test_a_step_that_names_them_has_them_and_nobody_sees_them(
    session: ClientSession, guarded: str, name: str
) -> None:
    done = await run(session, url=guarded, credentials=name)

    assert done.get("ok") == "ASSEMBLY_COMPLETED", done
    assert [file["size"] for file in done["results"]["imported"]] == [len("let in")]
    assert json.loads(done["params"])["steps"]["imported"]["credentials"] == name
    assert canary.MARK not in json.dumps(done)


async def test_what_the_step_says_itself_wins(session: ClientSession, guarded: str) -> None:
    done = await run(session, url=guarded, credentials="web_login", headers={"X-Api-Token": "guessed"}, fail_fast=True)

    assert done["error"] == "HTTP_IMPORT_ACCESS_DENIED", done


async def test_a_name_that_does_not_exist_is_told_before_anything_runs(session: ClientSession, guarded: str) -> None:
    told = await run(session, url=guarded, credentials="no_such_name")

    assert (told["error"], told["http_code"]) == ("TEMPLATE_CREDENTIALS_INJECTION_ERROR", 400)
    assert told["message"] == 'Step "imported": there are no Template Credentials "no_such_name".'


async def test_a_name_that_only_the_job_knows_may_fail_only_then(session: ClientSession, guarded: str) -> None:
    told = await run(session, url=guarded, credentials="not_${fields.secret_name}")

    assert (told["error"], told["step"], told["http_code"]) == ("TEMPLATE_CREDENTIALS_INJECTION_ERROR", "imported", 200)


async def test_those_of_another_type_are_refused(session: ClientSession, owner: Owner, guarded: str) -> None:
    await made(owner, "a_bucket")

    told = await run(session, url=guarded, credentials="a_bucket")

    assert told["error"] == "TEMPLATE_CREDENTIALS_INJECTION_ERROR"
    assert "of the type s3, and /http/import needs http" in told["message"]


@pytest.mark.case(106)
async def test_the_disk_holds_none_in_clear(app: App, session: ClientSession, guarded: str) -> None:
    await run(session, url=guarded, credentials="web_login")
    await run(session, url=guarded, headers={"X-Api-Token": canary.secret("inline")}, fail_fast=True)

    found = [path for path in app.folder.rglob("*") if path.is_file() and canary.escapes(path.read_bytes())]

    assert found == []
