"""Auth keys over HTTP, as the owner of an account uses them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientSession

from server.api.scopes import NEEDED
from server.api.signature import sign
from server.app import App
from server.database.sqlite import DATABASE
from server.model.rights import SCOPES
from tests.live import KEY
from tests.owner import Json, Owner

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def made(owner: Owner, scope: str = "read write", **more: Any) -> Json:
    told = await owner.ask("POST", "/auth_keys", scope=scope, **more)
    assert told.get("ok") == "AUTH_KEY_CREATED", told
    key: Json = told["auth_key"]
    return key


def holder(owner: Owner, key: Json) -> Owner:
    return replace(owner, key=key["auth_key"], secret=key["auth_secret"])


async def test_a_key_is_made_listed_changed_and_removed(owner: Owner) -> None:
    key = await made(owner, "templates:read read", description="for the shop", is_allowed_for_smartcdn=True)
    secret = key.pop("auth_secret")
    listed = await owner.ask("GET", "/auth_keys")
    changed = await owner.ask("PUT", f"/auth_keys/{key['id']}", description="for the museum", signature_algo="sha256")
    gone = await owner.ask("DELETE", f"/auth_keys/{key['id']}")
    again = await owner.ask("DELETE", f"/auth_keys/{key['id']}")

    assert (key["scope"], key["is_active"], key["can_show_auth_secret"]) == ("read templates:read", True, False)
    assert (key["is_allowed_for_smartcdn"], key["signature_algo"], key["last_used"]) == (True, None, None)
    assert (listed["ok"], listed["auth_keys"][1]) == ("AUTH_KEYS_FOUND", key)
    assert secret not in json.dumps(listed)
    assert changed["auth_key"] == {**key, **changed["auth_key"]}
    assert (changed["auth_key"]["description"], changed["auth_key"]["signature_algo"]) == ("for the museum", "sha256")
    assert (gone["ok"], again["error"], again["http_code"]) == ("AUTH_KEY_DELETED", "AUTH_KEY_NOT_DELETED", 400)


async def test_the_key_of_the_settings_is_listed_and_left_alone(owner: Owner) -> None:
    (first, *_) = (await owner.ask("GET", "/auth_keys"))["auth_keys"]
    changed = await owner.ask("PUT", f"/auth_keys/{first['id']}", is_active=False)
    shown = await owner.ask("POST", f"/auth_keys/show_secret/{first['id']}")

    assert (first["auth_key"], first["scope"], first["can_show_auth_secret"]) == (KEY, None, False)
    assert (changed["error"], shown["error"]) == ("AUTH_KEY_NOT_UPDATED", "AUTH_SECRET_NOT_RETRIEVED")


async def test_the_scopes_are_told(owner: Owner) -> None:
    told = await owner.ask("GET", "/auth_keys/scopes")

    assert (told["ok"], told["scopes"]) == ("AUTH_KEY_SCOPES_FOUND", list(SCOPES))
    assert set(NEEDED.values()) <= set(SCOPES)


async def test_a_new_key_signs_at_once_and_only_what_its_scope_holds(owner: Owner) -> None:
    shop = holder(owner, await made(owner, "templates:read"))

    assert "items" in await shop.ask("GET", "/templates")
    refused = await shop.ask("POST", "/templates", name="of-the-shop", template={"steps": {}})
    assert (refused["error"], refused["http_code"]) == ("INSUFFICIENT_AUTH_SCOPE", 403)
    assert "templates:write" in refused["message"]


async def test_a_key_that_is_switched_off_or_deleted_opens_nothing(owner: Owner) -> None:
    key = await made(owner)
    shop, path = holder(owner, key), f"/auth_keys/{key['id']}"

    await owner.ask("PUT", path, is_active=False)
    off = await shop.ask("GET", "/templates")
    await owner.ask("PUT", path, is_active=True)
    on = await shop.ask("GET", "/templates")
    await owner.ask("DELETE", path)
    gone = await shop.ask("GET", "/templates")

    assert (off["error"], off["message"]) == ("GET_ACCOUNT_UNKNOWN_AUTH_KEY", "This auth.key is switched off.")
    assert "items" in on
    assert gone["error"] == "GET_ACCOUNT_UNKNOWN_AUTH_KEY"


async def test_a_pinned_algorithm_is_demanded_with_a_hint(owner: Owner, session: ClientSession) -> None:
    key = await made(owner, signature_algo="sha384")
    shop = holder(owner, key)
    text = shop.text()
    old = {"params": text, "signature": sign(key["auth_secret"], text, "sha1")}

    assert "items" in await shop.ask("GET", "/templates")
    async with session.get("/templates", params=old) as reply:
        told = await reply.json()
    assert told["error"] == "INVALID_SIGNATURE"
    assert told["message"] == "This auth.key demands sha384 signatures, not sha1."


async def test_a_secret_is_shown_again_only_where_that_was_wished(owner: Owner) -> None:
    open_one, closed = await made(owner, can_show_auth_secret="1"), await made(owner)

    shown = await owner.ask("POST", f"/auth_keys/show_secret/{open_one['id']}")
    refused = await owner.ask("POST", f"/auth_keys/show_secret/{closed['id']}")
    later = await owner.ask("PUT", f"/auth_keys/{closed['id']}", can_show_auth_secret=True)

    assert (shown["ok"], shown["auth_key"]) == ("AUTH_SECRET_RETRIEVED", open_one["auth_key"])
    assert shown["auth_secret"] == open_one["auth_secret"]
    assert (refused["error"], refused["http_code"]) == ("AUTH_SECRET_NOT_RETRIEVED", 400)
    assert later["auth_key"]["can_show_auth_secret"] is False


@pytest.mark.case(10)
async def test_nobody_gets_more_rights_by_making_or_reading_keys(owner: Owner) -> None:
    broad = await made(owner, "read write", can_show_auth_secret=True)
    clerk = holder(owner, await made(owner, "auth_keys:write templates:read"))

    answers = [
        await clerk.ask("POST", "/auth_keys", scope="templates:write"),
        await clerk.ask("POST", f"/auth_keys/show_secret/{broad['id']}"),
        await clerk.ask("PUT", f"/auth_keys/{broad['id']}", scope="templates:read"),
        await clerk.ask("DELETE", f"/auth_keys/{broad['id']}"),
    ]

    assert [told["error"] for told in answers] == ["INSUFFICIENT_AUTH_SCOPE"] * 4
    assert (await made(clerk, "templates:read"))["scope"] == "templates:read"


async def test_a_key_of_ones_own_is_taken_once(owner: Owner) -> None:
    await made(owner, auth_key="my-shop-2026")

    twice = await owner.ask("POST", "/auth_keys", scope="read", auth_key="my-shop-2026")
    first = await owner.ask("POST", "/auth_keys", scope="read", auth_key=KEY)
    scopeless = await owner.ask("POST", "/auth_keys")

    assert {told["error"] for told in (twice, first, scopeless)} == {"AUTH_KEY_NOT_CREATED"}


async def test_the_last_use_is_noted_and_no_secret_lies_in_the_open(owner: Owner, app: App) -> None:
    key = await made(owner)
    await holder(owner, key).ask("GET", "/templates")

    await app.parts.accounts.look(1_800_000_000.0)

    listed = (await owner.ask("GET", "/auth_keys"))["auth_keys"]
    assert [item["last_used"] for item in listed if item["id"] == key["id"]] != [None]
    for path in app.folder.glob(f"{DATABASE}*"):
        assert key["auth_secret"].encode() not in path.read_bytes()
