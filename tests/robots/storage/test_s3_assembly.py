"""An image is resized and stored by an Assembly, whose status tells where it is now."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from server.app import App
from tests.inside import client, inside
from tests.live import KEY as AUTH
from tests.live import ended
from tests.samples import jpeg
from tests.seaweed import KEY, SECRET, Seaweed

RESIZED = {"robot": "/image/resize", "use": ":original", "width": 40, "height": 30, "resize_strategy": "stretch"}


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with inside(tmp_path / "data") as app:
        yield app


async def status_of(app: App, path: Path, steps: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    async with client(app) as http:
        form = aiohttp.FormData({"params": json.dumps({"auth": {"key": AUTH}, "steps": steps, **more})})
        form.add_field("file", io.BytesIO(path.read_bytes()), filename=path.name)
        async with http.post("/assemblies", data=form) as answer:
            created = await answer.json()
            assert answer.status == 200, created
        return await ended(http, created, 60)


@pytest.mark.case(106)
async def test_what_is_stored_is_listed_where_it_was_made_with_its_new_url(
    app: App, weed: Seaweed, bucket: str, tmp_path: Path
) -> None:
    stored = {"robot": "/s3/store", "use": ["resized", ":original"], **weed.access(bucket)}
    steps = {":original": {"robot": "/upload/handle"}, "resized": RESIZED, "exported": stored}

    status = await status_of(app, jpeg(tmp_path, name="joe-gardner.jpg"), steps)

    assert status["ok"] == "ASSEMBLY_COMPLETED", status
    assert sorted(status["results"]) == [":original", "resized"]
    (resized,) = status["results"]["resized"]
    unique = f"{resized['id'][:2]}/{resized['id'][2:]}/joe-gardner.jpg"
    assert resized["url"] == resized["ssl_url"] == f"{weed.origin}/{bucket}/{unique}"
    assert resized["is_temp_url"] is False
    assert Image.open(io.BytesIO(weed.content(bucket, unique))).size == (40, 30)
    assert status["uploads"][0]["url"].startswith(f"{weed.origin}/{bucket}/")
    assert len(weed.keys(bucket)) == 2
    assert SECRET not in json.dumps(status)
    assert '"secret":"****"' in status["params"]


async def kept(app: App, name: str, content: dict[str, str]) -> None:
    """As if the owner had made these Template Credentials."""
    account = app.parts.accounts.first.account.id
    await app.parts.credentials.create(account, {"name": name, "type": "s3", "content": content}, 1.0)


@pytest.mark.case(106)
async def test_the_key_of_a_bucket_may_be_kept_in_template_credentials(
    app: App, weed: Seaweed, bucket: str, tmp_path: Path
) -> None:
    await kept(app, "my_bucket", weed.access(bucket))
    steps = {"exported": {"robot": "/s3/store", "use": ":original", "credentials": "my_bucket", "path": "one.jpg"}}

    status = await status_of(app, jpeg(tmp_path), steps)

    assert status.get("ok") == "ASSEMBLY_COMPLETED", status
    assert weed.keys(bucket) == ["one.jpg"]
    assert SECRET not in json.dumps(status)


@pytest.mark.case(106)
async def test_credentials_that_are_wrong_are_told_and_not_shown(
    app: App, weed: Seaweed, bucket: str, tmp_path: Path
) -> None:
    await kept(app, "wrong_key", {**weed.access(bucket), "secret": "the wrong one"})
    store = {"robot": "/s3/store", "use": ":original", "credentials": "wrong_key"}

    denied = await status_of(app, jpeg(tmp_path), {"exported": store})
    elsewhere = await status_of(app, jpeg(tmp_path), {"exported": {**store, "host": "s3.evil.example"}})

    assert denied["error"] == "S3_STORE_ACCESS_DENIED", denied
    assert elsewhere["error"] == "TEMPLATE_CREDENTIALS_INJECTION_ERROR", elsewhere
    assert "the wrong one" not in json.dumps([denied, elsewhere])


async def test_a_file_in_two_places_is_listed_twice_and_its_signed_url_is_told(
    app: App, weed: Seaweed, bucket: str, tmp_path: Path
) -> None:
    store = {"robot": "/s3/store", "use": "resized", **weed.access(bucket), "result": True}
    signed = {**store, "path": "${previous_step.name}/${file.meta.width}.${file.ext}", "sign_urls_for": 60}
    steps = {"resized": RESIZED, "one": {**store, "path": "one.jpg"}, "two": signed}

    status = await status_of(app, jpeg(tmp_path), steps)

    assert list(status["results"]) == ["resized"]
    home = f"{weed.origin}/{bucket}"
    assert sorted(file["url"] for file in status["results"]["resized"]) == [f"{home}/one.jpg", f"{home}/resized/40.jpg"]
    (told,) = [file["signed_ssl_url"] for file in status["results"]["resized"] if "signed_ssl_url" in file]
    assert told.startswith(f"{home}/resized/40.jpg?X-Amz-Algorithm=")


@pytest.mark.case(82, 83)
@pytest.mark.parametrize(
    "params",
    [
        {"path": "users/${fields.evil}/${file.name}"},
        {"path": "a", "headers": {"x-amz-meta-name": "${fields.lines}"}},
        {"path": "a", "headers": {"Content-Disposition": 'inline; filename="${fields.lines}"'}},
    ],
)
async def test_what_a_form_says_leads_neither_out_of_a_folder_nor_into_another_header(
    app: App, weed: Seaweed, bucket: str, tmp_path: Path, params: dict[str, Any]
) -> None:
    steps = {"exported": {"robot": "/s3/store", "use": ":original", **weed.access(bucket), **params}}
    fields = {"evil": "../admin", "lines": "a\r\nx-amz-acl: public-read"}

    status = await status_of(app, jpeg(tmp_path), steps, fields=fields)

    assert status["error"] == "S3_STORE_VALIDATION"
    assert weed.keys(bucket) == []


@pytest.mark.case(106)
async def test_what_is_imported_can_be_worked_on_and_a_wrong_secret_is_not_repeated(
    app: App, weed: Seaweed, bucket: str, tmp_path: Path
) -> None:
    path = jpeg(tmp_path)
    weed.put(bucket, "in/a.jpg", path.read_bytes())
    imported = {"robot": "/s3/import", "path": "in/", **weed.access(bucket)}

    good = await status_of(app, path, {"imported": imported, "resized": {**RESIZED, "use": "imported"}})
    bad = await status_of(app, path, {"imported": {**imported, "key": "stranger"}})

    assert (good["results"]["resized"][0]["meta"]["width"], good["results"]["resized"][0]["original_path"]) == (
        40,
        "/in/",
    )
    assert bad["error"] == "S3_IMPORT_ACCESS_DENIED"
    assert KEY not in json.dumps(bad)
    assert SECRET not in json.dumps(bad)
