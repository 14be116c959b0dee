"""Backblaze B2, tried on a real S3 to which an account leads."""

from __future__ import annotations

import contextlib
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from robots.base.errors import RobotError
from robots.base.params import Invalid
from robots.storage import backblaze
from robots.storage.backblaze import BackblazeImportRobot, BackblazeStoreParams, BackblazeStoreRobot
from tests.relay import relay
from tests.robots.storage.family import CONTENT, imports, picture
from tests.robots.workspace import Bench, run
from tests.seaweed import KEY, SECRET, Seaweed
from tests.web import site

ACCESS = {"bucket": "pets", "app_key_id": "K", "app_key": "S"}


@contextlib.asynccontextmanager
async def account(monkeypatch: pytest.MonkeyPatch, storage: str, **more: Any) -> AsyncIterator[None]:
    """The door of Backblaze, which knows one key and says where its account is."""

    async def answer(request: web.Request) -> web.Response:
        login = b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if request.path != "/b2api/v3/b2_authorize_account" or request.headers["Authorization"] != f"Basic {login}":
            return web.json_response({"code": "unauthorized"}, status=401)
        told = {"s3ApiUrl": storage, "downloadUrl": "https://f003.backblazeb2.com", **more}
        return web.json_response({"apiInfo": {"storageApi": told}})

    async with site(answer) as home:
        monkeypatch.setattr(backblaze, "ADDRESS", home)
        yield


async def test_files_and_folders_are_imported(
    weed: Seaweed, library: str, desk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = {"bucket": library, "app_key_id": KEY, "app_key": SECRET}
    name = BackblazeImportRobot.name
    async with account(monkeypatch, weed.origin):
        folder = await imports(name, access, desk, path="docs/", import_on_errors=["meta"])
        named = await imports(name, access, desk, path="top.txt", force_name="x.txt")
        paged = {"path": "/", "recursive": True, "files_per_page": 2, "start_file_name": "docs/b ü.txt"}
        page = await imports(name, access, desk, **paged)

    assert (folder, named, page) == (["a.txt", "b ü.txt"], ["x.txt"], ["c.txt", "d.txt"])


async def test_a_file_is_stored_with_its_headers(
    weed: Seaweed, bucket: str, desk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    params = {"bucket": bucket, "app_key_id": KEY, "app_key": SECRET, "path": "pets/cat.jpg"}
    headers = {"Cache-Control": "no-store", "X-Bz-Info-Author": "me"}
    async with relay(weed.origin) as line, account(monkeypatch, line.origin):
        (made,) = await run(BackblazeStoreRobot, {**params, "headers": headers}, [picture(desk)], desk)

    assert weed.content(bucket, "pets/cat.jpg") == CONTENT
    about = weed.about(bucket, "pets/cat.jpg")
    assert (about["mime"], about["cache-control"], about["x-amz-meta-author"]) == ("image/jpeg", "no-store", "me")
    assert made.ssl_url == f"https://f003.backblazeb2.com/file/{bucket}/pets/cat.jpg"
    assert "x-amz-acl" not in line.headers("PUT")


async def test_a_key_that_backblaze_does_not_know_is_refused(
    bucket: str, desk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with account(monkeypatch, "https://s3.example.com"):
        with pytest.raises(RobotError, match="401") as failure:
            await run(BackblazeStoreRobot, {**ACCESS, "path": "a"}, [picture(desk)], desk)

    assert failure.value.code == "BACKBLAZE_STORE_ACCESS_DENIED"


@pytest.mark.case(56)
@pytest.mark.parametrize("storage", [None, 7, "not a url", "http://me:pw@example.com", "file:///etc"])
async def test_an_account_that_leads_nowhere_is_a_failure(
    bucket: str, desk: Bench, monkeypatch: pytest.MonkeyPatch, storage: Any
) -> None:
    params = {"bucket": bucket, "app_key_id": KEY, "app_key": SECRET, "path": "a"}
    async with account(monkeypatch, storage):
        with pytest.raises(RobotError, match="InvalidResponse") as failure:
            await run(BackblazeStoreRobot, params, [picture(desk)], desk)

    assert failure.value.code == "BACKBLAZE_STORE_FAILURE"


def test_what_template_credentials_hold_need_not_be_in_the_step() -> None:
    BackblazeStoreParams.check({"credentials": "mine"}, BackblazeStoreParams.names())
    with pytest.raises(Invalid, match="app_key: is required"):
        BackblazeStoreParams.parse({"bucket": "pets", "app_key_id": "K"})
