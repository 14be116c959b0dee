"""SDKs of other languages, request by request as they stand on the wire, and what each reads of the answers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path
from types import UnionType
from typing import Any

import pytest
import pytest_asyncio

from server.app import App
from tests.clients.recorded import FILE, GO, IOS, JAVA, JAVA_STREAM, PHP, RUBY, Json, Sdk, Speaker
from tests.inside import inside
from tests.wire import wire

pytestmark = pytest.mark.asyncio(loop_scope="module")

HASHED = {"hashed": {"robot": "/file/hash", "use": ":original", "algorithm": "md5"}}
SDKS = pytest.mark.parametrize("sdk", [RUBY, PHP, JAVA, GO], ids=["ruby", "php", "java", "go"])
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
BUSY = ("ASSEMBLY_UPLOADING", "ASSEMBLY_EXECUTING")

Shape = dict[str, type | UnionType]
# Of a status: what Go puts into fields of these types, or takes for nothing when it is null.
GO_STATUS: Shape = {
    **dict.fromkeys(("ok", "error", "message", "assembly_id", "parent_id", "assembly_url", "assembly_ssl_url"), str),
    **dict.fromkeys(("start_date", "notify_url", "notify_start", "notify_status", "last_job_completed"), str),
    **dict.fromkeys(("execution_start", "created", "files", "params"), str),
    **dict.fromkeys(("bytes_received", "bytes_expected", "bytes_usage"), int),
    **dict.fromkeys(("files_to_store_on_s3", "queued_files_to_store_on_s3"), int),
    **dict.fromkeys(("upload_duration", "notify_duration", "execution_duration"), int | float),
    **dict.fromkeys(("is_infinite", "has_dupe_jobs"), bool),
    **dict.fromkeys(("executing_jobs", "started_jobs", "uploads"), list),
    **dict.fromkeys(("fields", "results", "parent_assembly_status"), dict),
}
GO_FILE: Shape = {
    **dict.fromkeys(("id", "name", "basename", "ext", "mime", "type", "field", "md5hash", "original_md5hash"), str),
    **dict.fromkeys(("original_id", "original_basename", "url", "ssl_url"), str),
    "size": int,
    "meta": dict,
}
GO_ITEM: Shape = {
    **dict.fromkeys(("ok", "error", "id", "account_id", "template_id", "instance", "notify_url", "files"), str),
    **dict.fromkeys(("redirect_url", "execution_start", "created"), str),
    "execution_duration": int | float,
}
# Java throws where one of these is missing.
JAVA_STATUS = ("assembly_id", "assembly_url", "assembly_ssl_url", "tus_url", "update_stream_url", "websocket_url")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[App]:
    async with inside(tmp_path_factory.mktemp("server") / "data") as app:
        yield app


@pytest_asyncio.fixture(loop_scope="module")
async def speaker(app: App, sdk: Sdk) -> AsyncIterator[Speaker]:
    async with wire(app.listening) as connection:
        yield Speaker(sdk, connection)


def wrong(found: Json, shape: Shape) -> Json:
    """What a typed reader would stumble over; a bool is no number to it, and null is nothing at all."""
    return {
        name: found[name]
        for name, kind in shape.items()
        if found.get(name) is not None
        and (not isinstance(found[name], kind) or (kind is int and isinstance(found[name], bool)))
    }


async def ended(speaker: Speaker, status: Json) -> Json:
    """Polls as the SDKs do, by the URL that the first answer told, each with what it signs."""
    params: Json | None = None if speaker.sdk in (RUBY, IOS) else {}
    while status.get("ok") in BUSY:
        status = await speaker.get(status["assembly_ssl_url"], params)
    return status


def is_readable(status: Json) -> None:
    files = [*status["uploads"], *(file for step in status["results"].values() for file in step)]

    assert wrong(status, GO_STATUS) == {}
    assert [wrong(file, GO_FILE) for file in files] == [{}] * len(files)
    assert [name for name in JAVA_STATUS if not isinstance(status.get(name), str)] == []
    assert re.fullmatch(r"[0-9a-f]{32}", status["assembly_id"])
    assert datetime.strptime(status["start_date"], "%Y/%m/%d %H:%M:%S GMT")


@SDKS
async def test_an_assembly_without_files_is_created_and_is_over(speaker: Speaker) -> None:
    created = await speaker.send("POST", "/assemblies", {"steps": HASHED, "fields": {}})

    over = await ended(speaker, created)
    is_readable(created)
    is_readable(over)
    assert (over["ok"], over["uploads"], over["results"], over["fields"]) == ("ASSEMBLY_COMPLETED", [], {}, {})
    assert over["transloadit_client"] == speaker.sdk.headers.get("Transloadit-Client")


@SDKS
async def test_an_assembly_with_a_file_ends_with_its_result(speaker: Speaker) -> None:
    created = await speaker.send("POST", "/assemblies", {"steps": HASHED}, FILE)

    over = await ended(speaker, created)
    is_readable(over)
    assert over["ok"] == "ASSEMBLY_COMPLETED", over
    assert [(file["name"], file["field"], file["size"]) for file in over["uploads"]] == [("note.txt", "file_0", 12)]
    assert over["results"]["hashed"][0]["meta"]["hash"] == md5(FILE).hexdigest()


@pytest.mark.parametrize("sdk", [JAVA_STREAM], ids=["java"])
async def test_a_stream_without_a_name_is_a_file_with_that_of_its_field(speaker: Speaker) -> None:
    over = await ended(speaker, await speaker.send("POST", "/assemblies", {"steps": HASHED}, FILE))

    is_readable(over)
    assert [(file["name"], file["field"], file["size"]) for file in over["uploads"]] == [("file_0", "file_0", 12)]
    assert over["fields"] == {}
    assert over["results"]["hashed"][0]["meta"]["hash"] == md5(FILE).hexdigest()


@SDKS
async def test_an_assembly_that_waits_is_canceled(speaker: Speaker) -> None:
    waiting = await speaker.send("POST", "/assemblies", {"steps": HASHED}, tus_num_expected_upload_files="1")

    canceled = await speaker.delete(waiting["assembly_ssl_url"])

    is_readable(canceled)
    assert (waiting["ok"], canceled["ok"]) == ("ASSEMBLY_UPLOADING", "ASSEMBLY_CANCELED")
    assert (await ended(speaker, waiting))["ok"] == "ASSEMBLY_CANCELED"


@SDKS
async def test_assemblies_are_listed_with_dates_that_typed_readers_understand(speaker: Speaker) -> None:
    created = await speaker.send("POST", "/assemblies", {"steps": HASHED})
    await ended(speaker, created)

    today = f"{datetime.now(UTC):%Y-%m-%d}T00:00:00Z"
    found = await speaker.get("/assemblies", {"page": 1, "pagesize": 5, "fromdate": today})

    assert type(found["count"]) is int
    assert found["items"][0]["id"] == created["assembly_id"]
    for item in found["items"]:
        assert wrong(item, GO_ITEM) == {}
        assert RFC3339.fullmatch(item["created"])
        assert item["execution_start"] is None or RFC3339.fullmatch(item["execution_start"])


@SDKS
async def test_templates_are_made_read_changed_listed_and_removed(speaker: Speaker) -> None:
    name, content = "sdk-test-template", {"steps": HASHED}

    created = await speaker.send("POST", "/templates", {"name": name, "template": content})
    path = f"/templates/{created['id']}"
    read = await speaker.get(path, {})
    changed = await speaker.send("PUT", path, {"name": f"{name}-2", "template": content, "require_signature_auth": 1})
    listed = await speaker.get("/templates", {"sort": "created", "order": "desc"})
    removed = await speaker.delete(path)
    missing = await speaker.get(path, {})

    assert [answer["ok"] for answer in (created, read, changed, removed)] == [
        f"TEMPLATE_{done}" for done in ("CREATED", "FOUND", "UPDATED", "DELETED")
    ]
    assert (read["id"], read["name"], read["content"]) == (created["id"], name, content)
    assert [type(answer["require_signature_auth"]) for answer in (read, changed, listed["items"][0])] == [int] * 3
    assert (listed["count"], listed["items"][0]["name"]) == (1, f"{name}-2")
    assert missing["error"] == "TEMPLATE_NOT_FOUND"


@SDKS
async def test_bills_and_notifications_are_found(speaker: Speaker) -> None:
    created = await ended(speaker, await speaker.send("POST", "/assemblies", {"steps": HASHED}, FILE))

    bill = await speaker.get(f"/bill/{datetime.now(UTC):%Y-%m}", {})
    notifications = await speaker.get(f"/assembly_notifications/{created['assembly_id']}", {})
    refused = await speaker.send("POST", f"/assembly_notifications/{created['assembly_id']}/replay", {"wait": False})

    assert bill["ok"] == "BILL_FOUND"
    assert {"invoice_id", "month", "created", "plan", "sub_total", "total"} <= bill.keys()
    assert (notifications["ok"], notifications["notifications"]) == ("ASSEMBLY_NOTIFICATIONS_LISTED", [])
    assert (refused["error"], type(refused["message"])) == ("ASSEMBLY_NO_NOTIFY_URL", str)


@SDKS
async def test_an_assembly_is_replayed_from_its_upload(speaker: Speaker) -> None:
    first = await ended(speaker, await speaker.send("POST", "/assemblies", {"steps": HASHED}, FILE))

    path = f"/assemblies/{first['assembly_id']}/replay"
    answer = await speaker.send("POST", path, {"steps": {}} if speaker.sdk is GO else {})
    again = await ended(speaker, await speaker.get(f"/assemblies/{answer['assembly_id']}", {}))

    assert (answer["ok"], answer["success"], answer["notify_url"]) == ("ASSEMBLY_REPLAYING", True, None)
    assert wrong(answer, GO_STATUS) == {}
    is_readable(again)
    assert (again["ok"], again["parent_id"]) == ("ASSEMBLY_COMPLETED", first["assembly_id"])
    assert again["results"]["hashed"][0]["meta"]["hash"] == md5(FILE).hexdigest()


@pytest.mark.parametrize("sdk", [PHP, JAVA], ids=["php", "java"])
async def test_the_client_may_choose_the_id(speaker: Speaker, tmp_path: Path) -> None:
    chosen = md5(str(tmp_path).encode()).hexdigest()

    created = await speaker.send("POST", f"/assemblies/{chosen}", {"steps": HASHED}, FILE)

    assert created["assembly_id"] == chosen
    assert (await ended(speaker, created))["ok"] == "ASSEMBLY_COMPLETED"


@pytest.mark.parametrize("sdk", [IOS], ids=["ios"])
async def test_ios_announces_uploads_and_reads_four_fields(speaker: Speaker) -> None:
    announced = await speaker.send("POST", "/assemblies", {"steps": HASHED}, tus_num_expected_upload_files="1")
    polled = await speaker.get(announced["assembly_ssl_url"])
    canceled = await speaker.get(announced["assembly_ssl_url"], method="DELETE")

    assert announced.get("error") is None
    for status, ok in ((announced, BUSY[0]), (polled, BUSY[0]), (canceled, "ASSEMBLY_CANCELED")):
        read: list[Any] = [status[name] for name in ("assembly_id", "message", "tus_url", "assembly_ssl_url")]
        assert [type(value) for value in read] == [str] * 4
        assert read[2].endswith("/resumable/files/")
        assert status["ok"] == ok


@SDKS
async def test_a_refusal_says_what_is_wrong_in_the_fields_that_all_read(speaker: Speaker) -> None:
    refused = await speaker.send("POST", "/assemblies", {"steps": {}})

    assert (refused["error"], refused["http_code"]) == ("ASSEMBLY_EMPTY_STEPS", 400)
    assert "STEPS" in refused["error"]
    assert isinstance(refused["message"], str)
