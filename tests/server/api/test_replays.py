"""Assemblies that are replayed by their owner."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData

from server.app import App
from server.model.assembly import Assembly
from tests.inside import client, inside
from tests.live import KEY
from tests.owner import Json, Owner

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORDS = b"some words"
HASH = {"hashed": {"robot": "/file/hash", "use": ":original", "algorithm": "md5"}}
FILTER = {"robot": "/file/filter", "use": ":original", "accepts": [["${fields.kind}", "=", "good"]]}


async def create(owner: Owner, file: bytes = WORDS, form: Mapping[str, str] = {}, **params: Any) -> Json:
    data = FormData({"params": json.dumps({"auth": {"key": KEY}, **params}), **form})
    if file:
        data.add_field("upload", file, filename="a.txt")
    async with owner.http.post("/assemblies", data=data) as reply:
        status: Json = await reply.json()
    assert reply.status == 200, status
    return status


async def ended(owner: Owner, told: Json) -> Json:
    async with asyncio.timeout(20):
        while True:
            async with owner.http.get(f"/assemblies/{told['assembly_id']}") as reply:
                status: Json = await reply.json()
            if status.get("ok") not in ("ASSEMBLY_EXECUTING", "ASSEMBLY_UPLOADING"):
                return status


async def replay(owner: Owner, status: Json, **params: Any) -> Json:
    return await owner.ask("POST", f"/assemblies/{status['assembly_id']}/replay", **params)


async def replayed(owner: Owner, status: Json, **params: Any) -> Json:
    told = await replay(owner, status, **params)
    assert told.get("ok") == "ASSEMBLY_REPLAYING", told
    return await ended(owner, told)


def digest_of(status: Json) -> str:
    return {32: "md5", 40: "sha1"}[len(status["results"]["hashed"][0]["meta"]["hash"])]


async def test_it_does_the_same_again_with_the_same_uploads(app: App, owner: Owner) -> None:
    first = await ended(owner, await create(owner, steps=HASH, fields={"a": 1}, form={"b": "2"}))

    told = await replay(owner, first)
    again = await ended(owner, told)

    assert (told["success"], told["notify_url"], told["assembly_url"]) == (True, None, again["assembly_url"])
    assert again["ok"] == "ASSEMBLY_COMPLETED"
    assert again["results"]["hashed"][0]["meta"] == first["results"]["hashed"][0]["meta"]
    assert (again["fields"], again["num_input_files"]) == ({"a": 1, "b": "2"}, 1)
    assert again["parent_id"] == first["assembly_id"]
    upload = again["uploads"][0]
    assert (upload["name"], upload["field"], upload["original_id"]) == ("a.txt", "upload", upload["id"])
    assert upload["id"] != first["uploads"][0]["id"]


@pytest.mark.case(130)
async def test_two_replays_at_once_and_the_replay_of_one_are_assemblies_of_their_own(owner: Owner) -> None:
    first = await ended(owner, await create(owner, steps=HASH))

    both = await asyncio.gather(replayed(owner, first), replayed(owner, first))
    third = await replayed(owner, both[0])

    every = [first, *both, third]
    assert {one["ok"] for one in every} == {"ASSEMBLY_COMPLETED"}
    assert len({one["assembly_id"] for one in every}) == len({one["results"]["hashed"][0]["id"] for one in every}) == 4
    assert third["parent_id"] == both[0]["assembly_id"]


@pytest.mark.case(130)
async def test_the_bytes_are_shared_and_outlive_the_first_assembly(app: App, owner: Owner) -> None:
    first = await ended(owner, await create(owner, steps=HASH))
    again = await replayed(owner, first)
    old, new = (app.parts.files.path(each["assembly_id"], each["uploads"][0]["id"]) for each in (first, again))

    assert os.path.samefile(old, new)
    await app.parts.files.remove(first["assembly_id"])
    async with owner.http.get(again["uploads"][0]["ssl_url"]) as reply:
        assert await reply.read() == WORDS


async def test_steps_fields_and_the_notify_url_can_be_others(owner: Owner) -> None:
    steps = {"hashed": HASH["hashed"], "kept": FILTER}
    first = await ended(owner, await create(owner, steps=steps, fields={"kind": "bad", "a": {"b": 1}}))

    again = await replayed(
        owner,
        first,
        steps={"hashed": {"algorithm": "sha1"}},
        fields={"kind": "good", "a": {"c": 2}},
        notify_url="http://127.0.0.1/told",
    )

    assert set(first["results"]) == {"hashed"}
    assert set(again["results"]) == {"hashed", "kept"}
    assert (digest_of(first), digest_of(again)) == ("md5", "sha1")
    assert (again["fields"], again["notify_url"]) == (
        {"kind": "good", "a": {"b": 1, "c": 2}},
        "http://127.0.0.1/told",
    )
    assert (await ended(owner, first))["notify_url"] is None


async def test_the_parent_can_be_named_in_a_step(owner: Owner) -> None:
    accepts = [["${assembly.parent_id}", "!=", ""]]
    steps = {"again": {"robot": "/file/filter", "use": ":original", "accepts": accepts}}
    first = await ended(owner, await create(owner, steps=steps))

    assert (first["results"], list((await replayed(owner, first))["results"])) == ({}, ["again"])


async def test_a_template_is_read_again_only_when_that_is_asked(owner: Owner) -> None:
    content = {"steps": HASH, "fields": {"kind": "bad", "of": "template"}}
    made = await owner.ask("POST", "/templates", name="to-be-replayed", template=content)
    over = {"steps": {"kept": FILTER}, "template_id": made["id"], "fields": {"kind": "good"}}
    first = await ended(owner, await create(owner, form={"mine": "yes"}, **over))
    newer = {"hashed": {**HASH["hashed"], "algorithm": "sha1"}}
    await owner.ask("PUT", "/templates/to-be-replayed", template={"steps": newer, "fields": {"of": "a newer one"}})

    same = await replayed(owner, first, reparse_template=0, steps={})
    other = await replayed(owner, first, reparse_template=1)

    assert [digest_of(each) for each in (first, same, other)] == ["md5", "md5", "sha1"]
    assert [set(each["results"]) for each in (same, other)] == [{"hashed", "kept"}] * 2
    assert other["fields"] == {"kind": "good", "of": "a newer one", "mine": "yes"}
    assert (same["template_id"], other["template_name"]) == (made["id"], "to-be-replayed")


async def test_another_template_can_take_its_place(owner: Owner) -> None:
    await owner.ask("POST", "/templates", name="in-its-place", template={"steps": {"other": HASH["hashed"]}})
    first = await ended(owner, await create(owner, steps=HASH))

    again = await replayed(owner, first, template_id="in-its-place")
    missing = await replay(owner, first, template_id="not-there-at-all")

    assert "other" in again["results"]
    assert again["template_name"] == "in-its-place"
    assert (missing["error"], missing["http_code"]) == ("TEMPLATE_NOT_FOUND", 400)


@pytest.mark.case(130)
async def test_what_cannot_be_replayed_is_told(app: App, owner: Owner) -> None:
    done = await ended(owner, await create(owner, steps=HASH))
    await app.parts.files.remove(done["assembly_id"])
    waiting = await create(owner, file=b"", steps=HASH, form={"num_expected_upload_files": "1"})

    running = await replay(owner, waiting)
    async with owner.http.delete(f"/assemblies/{waiting['assembly_id']}"):
        pass
    canceled, gone = await replay(owner, waiting), await replay(owner, done)
    nobody = await replay(owner, {"assembly_id": "0" * 32})

    assert [told["error"] for told in (running, canceled, gone, nobody)] == [
        "ASSEMBLY_NOT_FINISHED",
        "ASSEMBLY_CANNOT_BE_REPLAYED",
        "ASSEMBLY_CANNOT_BE_REPLAYED",
        "ASSEMBLY_NOT_FOUND",
    ]
    left = {path.name for path in app.parts.files.folder.glob("*/*")}
    known = await app.parts.store.tx(lambda rows: {row["id"] for row in rows.all("all_assemblies")})
    assert left <= known


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"reparse_template": 2}, "ASSEMBLY_NOT_REPLAYED"),
        ({"steps": {"more": {"robot": "/no/robot", "use": ":original"}}}, "ASSEMBLY_STEP_UNKNOWN_ROBOT"),
        ({"notify_url": "ftp://example.com"}, "ASSEMBLY_INVALID_NOTIFY_URL"),
        ({"fields": 5}, "INVALID_PARAMS_FIELD"),
    ],
)
async def test_a_replay_is_checked_like_any_assembly(owner: Owner, params: Json, code: str) -> None:
    first = await ended(owner, await create(owner, steps=HASH))

    assert (await replay(owner, first, **params))["error"] == code


@pytest.mark.case(9)
async def test_nobody_replays_the_assembly_of_another(app: App, owner: Owner) -> None:
    first = await ended(owner, await create(owner, steps=HASH))
    theirs: Assembly | None = await app.parts.runner.read(first["assembly_id"], lambda assembly: assembly)
    assert theirs is not None
    theirs.account = "another"

    assert (await replay(owner, first))["error"] == "ASSEMBLY_NOT_FOUND"
    async with owner.http.post(f"/assemblies/{first['assembly_id']}/replay", data={"params": "{}"}) as reply:
        assert "error" in await reply.json()


async def test_a_replay_survives_a_restart(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        first = await ended(Owner(session), await create(Owner(session), steps=HASH))
        told = await replay(Owner(session), first)

    async with inside(tmp_path / "data") as app, client(app) as session:
        assert (await ended(Owner(session), told))["ok"] == "ASSEMBLY_COMPLETED"
