"""Assemblies that are made from Templates: by id, by name, builtin, and with more or less of their own."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, FormData, web

from server.api.signature import sign
from server.app import App
from server.engine.keyring import in_use
from tests import samples
from tests.inside import client, inside
from tests.live import KEY, SECRET, ended
from tests.owner import LATER, Owner
from tests.web import always, site

pytestmark = pytest.mark.asyncio(loop_scope="module")

SMALL = {"robot": "/image/resize", "use": ":original", "width": 40, "height": 30, "resize_strategy": "stretch"}
OPEN = {"steps": {"small": SMALL}, "fields": {"album": "trees", "year": 2020}}
CLOSED = {"steps": {"small": SMALL}, "allow_steps_override": False}
Json = dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[App]:
    async with inside(tmp_path_factory.mktemp("templates") / "data") as app:
        yield app


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(app: App) -> AsyncIterator[ClientSession]:
    async with client(app) as session:
        yield session


async def template(http: ClientSession, name: str, content: Any, **more: Any) -> Json:
    told = await Owner(http).ask("POST", "/templates", name=name, template=content, **more)
    assert told["ok"] == "TEMPLATE_CREATED", told
    return told


async def run(http: ClientSession, *files: Path, form: Mapping[str, str] = {}, **params: Any) -> Json:
    """The last status of an Assembly, or why it was refused."""
    data = FormData({"params": json.dumps({"auth": {"key": KEY}, **params}), **form})
    for file in files:
        data.add_field("file", file.read_bytes(), filename=file.name)
    async with http.post("/assemblies", data=data) as reply:
        told: Json = await reply.json()
        assert reply.status == told["http_code"], told
    return told if "error" in told else await ended(http, told)


def size(status: Json, step: str = "small") -> tuple[int, int]:
    assert status.get("ok") == "ASSEMBLY_COMPLETED", status
    [file] = status["results"][step]
    return file["meta"]["width"], file["meta"]["height"]


async def test_a_template_is_run_by_its_id_and_by_its_name(http: ClientSession, tmp_path: Path) -> None:
    made, photo = await template(http, "by-id-or-name", OPEN), samples.jpeg(tmp_path)

    for ref in (made["id"], made["name"]):
        done = await run(http, photo, template_id=ref)
        assert size(done) == (40, 30)
        assert (done["template_id"], done["template_name"]) == (made["id"], "by-id-or-name")
    assert json.loads(done["params"]) == {"auth": {"key": "****"}, "template_id": "by-id-or-name"}
    assert json.loads(done["merged_params"])["steps"] == OPEN["steps"]
    assert (await Owner(http).ask("GET", "/templates", keywords=made["id"]))["items"][0]["last_used"]


async def test_a_request_changes_a_step_and_adds_another(http: ClientSession, tmp_path: Path) -> None:
    await template(http, "to-be-overridden", OPEN)
    more = {"small": {"width": 50}, "hashed": {"robot": "/file/hash", "use": "small", "result": True}}

    done = await run(
        http,
        samples.jpeg(tmp_path),
        template_id="to-be-overridden",
        steps={**more, "small": {"width": 50, "result": True}},
    )

    assert size(done) == (50, 30)
    assert len(done["results"]["hashed"]) == 1


async def test_the_form_wins_over_the_params_and_they_win_over_the_template(http: ClientSession) -> None:
    await template(http, "with-fields", {**OPEN, "fields": {"a": "template", "b": "template", "c": "template"}})

    done = await run(http, template_id="with-fields", fields={"b": "params", "c": "params"}, form={"c": "form"})

    assert done["fields"] == {"a": "template", "b": "params", "c": "form"}


@pytest.mark.parametrize("steps", [None, {}, []])
@pytest.mark.case(12)
async def test_steps_are_refused_where_the_template_denies_them(http: ClientSession, steps: Any) -> None:
    name = f"denies-steps-{len(str(steps))}{type(steps).__name__.lower()}"
    await template(http, name, CLOSED)

    nothing = await run(http, template_id=name, steps=steps)
    denied = await run(http, template_id=name, steps={"small": {"width": 9}})
    talked = await run(
        http, template_id=name, steps={"x": SMALL}, allow_steps_override=True, fields={"allow_steps_override": True}
    )

    assert nothing["ok"] == "ASSEMBLY_COMPLETED"
    assert [(told["error"], told["http_code"]) for told in (denied, talked)] == [
        ("TEMPLATE_DENIES_STEPS_OVERRIDE", 400)
    ] * 2


@pytest.mark.parametrize("ref", ["no-such-name", "0" * 32, 7, ["a"], {"a": 1}, "builtin/none"])
@pytest.mark.case(12)
async def test_a_template_that_is_not_there_is_told(http: ClientSession, ref: Any) -> None:
    told = await run(http, template_id=ref, steps={"small": SMALL})

    assert (told["error"], told["http_code"]) == ("TEMPLATE_NOT_FOUND", 400)


@pytest.mark.case(12)
async def test_the_template_of_another_account_is_not_there(app: App, http: ClientSession) -> None:
    theirs = await app.parts.templates.create("another", {"name": "theirs", "template": OPEN}, 1.0, None)

    for ref in (theirs.id, theirs.name):
        assert (await run(http, template_id=ref))["error"] == "TEMPLATE_NOT_FOUND"


async def test_a_template_may_want_a_signature(http: ClientSession) -> None:
    await template(http, "wants-signature", OPEN, require_signature_auth=1)
    text = json.dumps({"auth": {"key": KEY, "expires": LATER}, "template_id": "wants-signature"})

    undated = await run(http, template_id="wants-signature")
    unsigned = await run(http, template_id="wants-signature", auth={"key": KEY, "expires": LATER})
    async with http.post("/assemblies", data={"params": text, "signature": sign(SECRET, text)}) as reply:
        signed = await reply.json()

    assert (undated["error"], unsigned["error"]) == ("NO_AUTH_EXPIRES_PARAMETER", "NO_SIGNATURE_FIELD")
    assert signed["template_name"] == "wants-signature", signed


@pytest.mark.case(13)
async def test_the_limits_of_a_template_count(http: ClientSession, tmp_path: Path) -> None:
    await template(http, "small-files-only", {**OPEN, "auth": {"max_size": 10, "referer": "example\\.org"}})

    told = await run(http, samples.jpeg(tmp_path), template_id="small-files-only")
    async with http.post(
        "/assemblies",
        data={"params": json.dumps({"auth": {"key": KEY}, "template_id": "small-files-only"})},
        headers={"Referer": "https://evil.example"},
    ) as reply:
        foreign = await reply.json()

    assert (told["error"], foreign["error"]) == ("MAX_SIZE_EXCEEDED", "REFERER_MISMATCH")


async def test_a_builtin_one_needs_nobody_to_make_it(http: ClientSession, tmp_path: Path) -> None:
    done = await run(http, samples.jpeg(tmp_path), template_id="builtin/resize-pictures")

    assert size(done, "square") == (400, 400)
    assert done["template_name"] == "builtin/resize-pictures"


async def test_a_template_that_is_changed_or_gone_changes_nothing_that_runs(http: ClientSession) -> None:
    made = await template(http, "soon-gone", OPEN)
    data = {"params": json.dumps({"auth": {"key": KEY}, "template_id": "soon-gone"}), "num_expected_upload_files": "1"}
    async with http.post("/assemblies", data=data) as reply:
        waiting = await reply.json()

    await Owner(http).ask("DELETE", f"/templates/{made['id']}")

    async with http.get(waiting["assembly_ssl_url"]) as reply:
        assert json.loads((await reply.json())["merged_params"])["steps"] == OPEN["steps"]
    assert (await run(http, template_id="soon-gone"))["error"] == "TEMPLATE_NOT_FOUND"


@pytest.mark.case(106, 109)
async def test_the_secrets_of_a_template_are_masked_in_the_status(http: ClientSession) -> None:
    secret = "hush-hush-of-a-template"
    async with site(always(lambda: web.Response(status=403))) as origin:
        step = {"robot": "/http/import", "url": origin, "headers": {"Authorization": secret}, "fail_fast": True}
        await template(http, "with-a-secret", {"steps": {"imported": step}, "fields": {"password": secret}})
        done = await run(http, template_id="with-a-secret")

    assert (done["error"], done["template_name"]) == ("HTTP_IMPORT_ACCESS_DENIED", "with-a-secret")
    assert secret not in json.dumps(done)


@pytest.mark.case(111)
async def test_an_assembly_goes_on_when_the_master_key_has_changed_meanwhile(tmp_path: Path) -> None:
    data, keys = tmp_path / "data", ("1" * 64, "2" * 64)
    async with inside(data, master_key=keys[:1]) as app, client(app) as http:
        await template(http, "over-a-rotation", OPEN)
        form = {"params": json.dumps({"auth": {"key": KEY}, "template_id": "over-a-rotation"})}
        async with http.post("/assemblies", data={**form, "num_expected_upload_files": "1"}) as reply:
            waiting = await reply.json()

    async with inside(data, master_key=keys[::-1]) as app, client(app) as http:
        assert len(await app.parts.store.tx(in_use)) == 1
        async with http.delete(f"/assemblies/{waiting['assembly_id']}") as reply:
            assert (await reply.json())["template_name"] == "over-a-rotation"
        assert size(await run(http, samples.jpeg(tmp_path), template_id="over-a-rotation")) == (40, 30)

    async with inside(data, master_key=keys[1:]) as app, client(app) as http:
        assert (await Owner(http).ask("GET", "/templates/over-a-rotation"))["content"] == OPEN
