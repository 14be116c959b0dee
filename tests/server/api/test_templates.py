"""Templates over HTTP, as their owner uses them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.app import App
from server.model.builtin import RECIPES
from tests.inside import client, inside
from tests.owner import Owner

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONTENT = {
    "steps": {"small": {"robot": "/image/resize", "use": ":original", "width": 40}},
    "fields": {"a": [1.0, None]},
}


async def made(owner: Owner, name: str, content: Any = CONTENT, **more: Any) -> dict[str, Any]:
    told = await owner.ask("POST", "/templates", name=name, template=content, **more)
    assert told["ok"] == "TEMPLATE_CREATED", told
    return told


@pytest.mark.case(109)
async def test_a_template_is_read_back_exactly_by_id_and_by_name(owner: Owner) -> None:
    created = await made(owner, "read-back-1", require_signature_auth=1)

    by_id = await owner.ask("GET", f"/templates/{created['id']}")
    by_name = await owner.ask("GET", "/templates/read-back-1")

    assert by_id == by_name == {**created, "ok": "TEMPLATE_FOUND", "message": by_id["message"]}
    assert (by_id["content"], by_id["require_signature_auth"], by_id["name"]) == (CONTENT, 1, "read-back-1")
    assert list(by_id["content"]) == list(CONTENT)


async def test_the_content_may_be_a_json_text(owner: Owner) -> None:
    assert (await made(owner, "as-a-text", '{"steps": {}, "x": 1.50}'))["content"] == {"steps": {}, "x": 1.5}


@pytest.mark.parametrize("text", ["{", "[1]", '{"a": 1, "a": 2}', '{"a": NaN}', "nothing"])
async def test_a_text_that_is_no_json_object_is_refused(owner: Owner, text: str) -> None:
    told = await owner.ask("POST", "/templates", name="broken-text", template=text)

    assert (told["error"], told["http_code"]) == ("TEMPLATE_INVALID_JSON", 400)


async def test_a_change_of_one_thing_leaves_the_others(owner: Owner) -> None:
    created = await made(owner, "before-it")

    told = await owner.ask("PUT", f"/templates/{created['id']}", name="after-it")
    signed = await owner.ask("PUT", "/templates/after-it", require_signature_auth=True)

    assert (told["ok"], told["name"], told["content"]) == ("TEMPLATE_UPDATED", "after-it", CONTENT)
    assert (signed["require_signature_auth"], signed["content"]) == (1, CONTENT)
    assert (await owner.ask("GET", "/templates/before-it"))["error"] == "TEMPLATE_NOT_FOUND"


async def test_a_name_belongs_to_one_template(owner: Owner) -> None:
    await made(owner, "only-one")
    other = await made(owner, "another-one")

    again = await owner.ask("POST", "/templates", name="only-one", template=CONTENT)
    renamed = await owner.ask("PUT", f"/templates/{other['id']}", name="only-one")

    assert (again["error"], renamed["error"]) == ("TEMPLATE_VALIDATION_ERROR",) * 2
    assert (await owner.ask("GET", f"/templates/{other['id']}"))["name"] == "another-one"


async def test_what_is_deleted_is_gone(owner: Owner) -> None:
    created = await made(owner, "short-lived")

    told = await owner.ask("DELETE", "/templates/short-lived")
    again = await owner.ask("DELETE", f"/templates/{created['id']}")

    assert told["ok"] == "TEMPLATE_DELETED"
    assert (again["error"], again["http_code"]) == ("TEMPLATE_NOT_FOUND", 404)
    assert (await owner.ask("GET", f"/templates/{created['id']}"))["error"] == "TEMPLATE_NOT_FOUND"


@pytest.mark.parametrize("ref", ["builtin/none", "%00", "no-such-name", "a" * 3000, "%F0%9F%92%A9"])
async def test_a_name_that_nobody_gave_is_not_found(owner: Owner, ref: str) -> None:
    told = await owner.ask("GET", f"/templates/{ref}")

    assert (told["error"], told["http_code"]) == ("TEMPLATE_NOT_FOUND", 404)


async def test_builtin_ones_can_be_read_and_not_changed(owner: Owner) -> None:
    for path in ("builtin/encode-mp4", "builtin%2Fencode-mp4", "builtin/encode-mp4@1.0.0"):
        found = await owner.ask("GET", f"/templates/{path}")
        assert (found["name"], found["content"]["steps"]) == ("builtin/encode-mp4", RECIPES["encode-mp4"][1])
    for method in ("PUT", "DELETE"):
        assert (await owner.ask(method, "/templates/builtin/encode-mp4"))["error"] == "TEMPLATE_VALIDATION_ERROR"


async def test_a_list_has_pages_an_order_and_a_count(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        owner = Owner(session)
        for number in range(5):
            await made(owner, f"listed-{number}", {"steps": {}, "mark": f"m{number % 2}"})

        first = await owner.ask("GET", "/templates", sort="name", order="asc", pagesize=2)
        last = await owner.ask("GET", "/templates", sort="name", order="asc", pagesize=2, page=3)
        beyond = await owner.ask("GET", "/templates", page=2)
        odd = await owner.ask("GET", "/templates", keywords=["M1"], sort="name", order="asc")
        old = await owner.ask("GET", "/templates", todate="2001-01-01 00:00:00")
        builtin = await owner.ask("GET", "/templates", include_builtin="exclusively-latest")
        both = await owner.ask("GET", "/templates", include_builtin="all", pagesize=6)

    assert ([item["name"] for item in first["items"]], first["count"]) == (["listed-0", "listed-1"], 5)
    assert [item["name"] for item in last["items"]] == ["listed-4"]
    assert (beyond["items"], beyond["count"]) == ([], 5)
    assert ([item["name"] for item in odd["items"]], odd["count"]) == (["listed-1", "listed-3"], 2)
    assert old == {"items": [], "count": 0}
    assert {item["name"] for item in builtin["items"]} == {f"builtin/{name}" for name in RECIPES}
    assert (len(both["items"]), both["count"]) == (6, 5 + len(RECIPES))
    assert first["items"][0].keys() >= {"id", "content", "require_signature_auth", "created", "modified", "last_used"}


async def test_a_list_that_cannot_be_is_told(owner: Owner) -> None:
    told = await owner.ask("GET", "/templates", pagesize=0)

    assert (told["error"], told["http_code"]) == ("TEMPLATE_LIST_ERROR", 400)


@pytest.mark.case(9)
async def test_the_templates_of_another_account_are_not_there(app: App, owner: Owner) -> None:
    theirs = await app.parts.templates.create("another", {"name": "theirs-only", "template": CONTENT}, 1.0, None)

    for ref in (theirs.id, theirs.name):
        for method in ("GET", "PUT", "DELETE"):
            assert (await owner.ask(method, f"/templates/{ref}"))["error"] == "TEMPLATE_NOT_FOUND"
    listed = await owner.ask("GET", "/templates", keywords=theirs.id)
    assert (await made(owner, "theirs-only"))["id"] != theirs.id
    assert listed == {"items": [], "count": 0}


async def test_a_request_with_a_nonce_is_heard_once(owner: Owner) -> None:
    text = owner.text(name="with-a-nonce", template=CONTENT, nonce="n1")

    first, second = await owner.send("POST", "/templates", text), await owner.send("POST", "/templates", text)
    other = owner.text(nonce="n2")
    reads = [await owner.send("GET", "/templates/with-a-nonce", other) for _ in range(2)]

    assert (first["ok"], second["error"]) == ("TEMPLATE_CREATED", "SIGNATURE_REUSE_DETECTED")
    assert [told.get("error") for told in reads] == [None, "SIGNATURE_REUSE_DETECTED"]


async def test_what_was_refused_has_not_spent_its_nonce(owner: Owner) -> None:
    await made(owner, "is-taken")
    text = owner.text(name="is-taken", template=CONTENT, nonce="n3")

    refused = await owner.send("POST", "/templates", text)
    await owner.ask("DELETE", "/templates/is-taken")

    assert refused["error"] == "TEMPLATE_VALIDATION_ERROR"
    assert (await owner.send("POST", "/templates", text))["ok"] == "TEMPLATE_CREATED"


async def test_a_request_may_bring_no_files(owner: Owner) -> None:
    told = await owner.send("POST", "/templates", owner.text(name="with-a-file", template=CONTENT), file=b"bytes")

    assert told["error"] == "INVALID_FORM_DATA"


@pytest.mark.case(106)
async def test_the_disk_holds_no_content_in_clear(tmp_path: Path) -> None:
    secret = "not-a-canary-but-hush"
    async with inside(tmp_path / "data") as app, client(app) as session:
        await made(Owner(session), "with-a-secret", {"steps": {"s": {"robot": "/file/hash", "secret": secret}}})

    found = [path for path in (tmp_path / "data").rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
    assert found == []


async def test_one_that_cannot_be_opened_is_told_and_the_others_go_on(app: App, owner: Owner) -> None:
    broken, other = await made(owner, "broken-on-disk"), await made(owner, "whole-on-disk")
    sql = "UPDATE templates SET content = 'damaged' WHERE id = ?"
    await app.parts.store.tx(lambda rows: rows.connection.execute(sql, (broken["id"],)))

    told = await owner.ask("GET", "/templates/broken-on-disk")

    assert (told["error"], told["http_code"]) == ("TEMPLATE_DB_ERROR", 500)
    assert (await owner.ask("GET", f"/templates/{other['id']}"))["ok"] == "TEMPLATE_FOUND"
    await owner.ask("DELETE", "/templates/broken-on-disk")
