"""Assemblies that are made from Templates: by id, by name, builtin, and with more or less of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
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


async def template(session: ClientSession, name: str, content: Any, **more: Any) -> Json:
    told = await Owner(session).ask("POST", "/templates", name=name, template=content, **more)
    assert told["ok"] == "TEMPLATE_CREATED", told
    return told


async def run(session: ClientSession, *files: Path, form: Mapping[str, str] = {}, **params: Any) -> Json:
    """The last status of an Assembly, or why it was refused."""
    data = FormData({"params": json.dumps({"auth": {"key": KEY}, **params}), **form})
    for file in files:
        data.add_field("file", file.read_bytes(), filename=file.name)
    async with session.post("/assemblies", data=data) as reply:
        told: Json = await reply.json()
        assert reply.status == told["http_code"], told
    return told if "error" in told else await ended(session, told)


def size(status: Json, step: str = "small") -> tuple[int, int]:
    assert status.get("ok") == "ASSEMBLY_COMPLETED", status
    [file] = status["results"][step]
    return file["meta"]["width"], file["meta"]["height"]


async def test_a_template_is_run_by_its_id_and_by_its_name(session: ClientSession, tmp_path: Path) -> None:
    made, photo = await template(session, "by-id-or-name", OPEN), samples.jpeg(tmp_path)

    for ref in (made["id"], made["name"]):
        done = await run(session, photo, template_id=ref)
        assert size(done) == (40, 30)
        assert (done["template_id"], done["template_name"]) == (made["id"], "by-id-or-name")
    assert json.loads(done["params"]) == {"auth": {"key": "****"}, "template_id": "by-id-or-name"}
    assert json.loads(done["merged_params"])["steps"] == OPEN["steps"]
    assert (await Owner(session).ask("GET", "/templates", keywords=made["id"]))["items"][0]["last_used"]


async def test_a_request_changes_a_step_and_adds_another(session: ClientSession, tmp_path: Path) -> None:
    await template(session, "to-be-overridden", OPEN)
    more = {"small": {"width": 50}, "hashed": {"robot": "/file/hash", "use": "small", "result": True}}

    done = await run(
        session,
        samples.jpeg(tmp_path),
        template_id="to-be-overridden",
        steps={**more, "small": {"width": 50, "result": True}},
    )

    assert size(done) == (50, 30)
    assert len(done["results"]["hashed"]) == 1


async def test_the_form_wins_over_the_params_and_they_win_over_the_template(session: ClientSession) -> None:
    await template(session, "with-fields", {**OPEN, "fields": {"a": "template", "b": "template", "c": "template"}})

    done = await run(session, template_id="with-fields", fields={"b": "params", "c": "params"}, form={"c": "form"})

    assert done["fields"] == {"a": "template", "b": "params", "c": "form"}


@pytest.mark.parametrize("steps", [None, {}, []])
@pytest.mark.case(12)
async def test_steps_are_refused_where_the_template_denies_them(session: ClientSession, steps: Any) -> None:
    name = f"denies-steps-{len(str(steps))}{type(steps).__name__.lower()}"
    await template(session, name, CLOSED)

    nothing = await run(session, template_id=name, steps=steps)
    denied = await run(session, template_id=name, steps={"small": {"width": 9}})
    talked = await run(
        session, template_id=name, steps={"x": SMALL}, allow_steps_override=True, fields={"allow_steps_override": True}
    )

    assert nothing["ok"] == "ASSEMBLY_COMPLETED"
    assert [(told["error"], told["http_code"]) for told in (denied, talked)] == [
        ("TEMPLATE_DENIES_STEPS_OVERRIDE", 400)
    ] * 2


@pytest.mark.parametrize("ref", ["no-such-name", "0" * 32, 7, ["a"], {"a": 1}, "builtin/none"])
@pytest.mark.case(12)
async def test_a_template_that_is_not_there_is_told(session: ClientSession, ref: Any) -> None:
    told = await run(session, template_id=ref, steps={"small": SMALL})

    assert (told["error"], told["http_code"]) == ("TEMPLATE_NOT_FOUND", 400)


@pytest.mark.case(12)
async def test_the_template_of_another_account_is_not_there(app: App, session: ClientSession) -> None:
    theirs = await app.parts.templates.create("another", {"name": "theirs", "template": OPEN}, 1.0, None)

    for ref in (theirs.id, theirs.name):
        assert (await run(session, template_id=ref))["error"] == "TEMPLATE_NOT_FOUND"


async def test_a_template_may_want_a_signature(session: ClientSession) -> None:
    await template(session, "wants-signature", OPEN, require_signature_auth=1)
    text = json.dumps({"auth": {"key": KEY, "expires": LATER}, "template_id": "wants-signature"})

    undated = await run(session, template_id="wants-signature")
    unsigned = await run(session, template_id="wants-signature", auth={"key": KEY, "expires": LATER})
    async with session.post("/assemblies", data={"params": text, "signature": sign(SECRET, text)}) as reply:
        signed = await reply.json()

    assert (undated["error"], unsigned["error"]) == ("NO_AUTH_EXPIRES_PARAMETER", "NO_SIGNATURE_FIELD")
    assert signed["template_name"] == "wants-signature", signed


@pytest.mark.case(13)
async def test_the_limits_of_a_template_count(session: ClientSession, tmp_path: Path) -> None:
    await template(session, "small-files-only", {**OPEN, "auth": {"max_size": 10, "referer": "example\\.org"}})

    told = await run(session, samples.jpeg(tmp_path), template_id="small-files-only")
    async with session.post(
        "/assemblies",
        data={"params": json.dumps({"auth": {"key": KEY}, "template_id": "small-files-only"})},
        headers={"Referer": "https://evil.example"},
    ) as reply:
        foreign = await reply.json()

    assert (told["error"], foreign["error"]) == ("MAX_SIZE_EXCEEDED", "REFERER_MISMATCH")


async def test_a_builtin_one_needs_nobody_to_make_it(session: ClientSession, tmp_path: Path) -> None:
    done = await run(session, samples.jpeg(tmp_path), template_id="builtin/resize-pictures")

    assert size(done, "square") == (400, 400)
    assert done["template_name"] == "builtin/resize-pictures"


async def test_a_template_that_is_changed_or_gone_changes_nothing_that_runs(session: ClientSession) -> None:
    made = await template(session, "soon-gone", OPEN)
    data = {"params": json.dumps({"auth": {"key": KEY}, "template_id": "soon-gone"}), "num_expected_upload_files": "1"}
    async with session.post("/assemblies", data=data) as reply:
        waiting = await reply.json()

    await Owner(session).ask("DELETE", f"/templates/{made['id']}")

    async with session.get(waiting["assembly_ssl_url"]) as reply:
        assert json.loads((await reply.json())["merged_params"])["steps"] == OPEN["steps"]
    assert (await run(session, template_id="soon-gone"))["error"] == "TEMPLATE_NOT_FOUND"


@pytest.mark.case(106, 109)
async def test_the_secrets_of_a_template_are_masked_in_the_status(session: ClientSession) -> None:
    secret = "hush-hush-of-a-template"
    async with site(always(lambda: web.Response(status=403))) as origin:
        step = {"robot": "/http/import", "url": origin, "headers": {"Authorization": secret}, "fail_fast": True}
        await template(session, "with-a-secret", {"steps": {"imported": step}, "fields": {"password": secret}})
        done = await run(session, template_id="with-a-secret")

    assert (done["error"], done["template_name"]) == ("HTTP_IMPORT_ACCESS_DENIED", "with-a-secret")
    assert secret not in json.dumps(done)


@pytest.mark.case(111)
async def test_an_assembly_goes_on_when_the_master_key_has_changed_meanwhile(tmp_path: Path) -> None:
    data, keys = tmp_path / "data", ("1" * 64, "2" * 64)
    async with inside(data, master_key=keys[:1]) as app, client(app) as session:
        await template(session, "over-a-rotation", OPEN)
        form = {"params": json.dumps({"auth": {"key": KEY}, "template_id": "over-a-rotation"})}
        async with session.post("/assemblies", data={**form, "num_expected_upload_files": "1"}) as reply:
            waiting = await reply.json()

    async with inside(data, master_key=keys[::-1]) as app, client(app) as session:
        assert len(await app.parts.store.tx(in_use)) == 1
        async with session.delete(f"/assemblies/{waiting['assembly_id']}") as reply:
            assert (await reply.json())["template_name"] == "over-a-rotation"
        assert size(await run(session, samples.jpeg(tmp_path), template_id="over-a-rotation")) == (40, 30)

    async with inside(data, master_key=keys[1:]) as app, client(app) as session:
        assert (await Owner(session).ask("GET", "/templates/over-a-rotation"))["content"] == OPEN
