"""The official Node SDK, unmodified and with its validation of responses, told nothing but where this server is."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests import samples
from tests.clients.nodejs import Script, cli, running
from tests.customer import Customer, Json

pytestmark = pytest.mark.asyncio(loop_scope="module")

SMALL = {"steps": {"small": {"robot": "/image/resize", "use": ":original", "width": 40, "height": 40}}}
HASHED = {"steps": {"hashed": {"robot": "/file/hash", "use": ":original"}}}


@dataclass(frozen=True)
class Sdk:
    """The SDK, set up for one server."""

    script: Script
    options: Json
    auth: Json

    async def __call__(self, *calls: Any, **auth: str) -> list[Json]:
        """What the methods of a new client gave; `auth` is another than that of the server."""
        answers: list[Json] = await self.script.ask(
            {"options": {**self.options, **(auth or self.auth)}, "calls": calls}
        )
        return answers


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sdk(customer: Customer) -> AsyncIterator[Sdk]:
    server = customer.server
    auth = {"authKey": server.key, "authSecret": server.secret}
    async with running("sdk.mjs") as script:
        yield Sdk(script, {"endpoint": server.origin, "validateResponses": True}, auth)


async def test_files_are_uploaded_and_waited_for(sdk: Sdk, tmp_path: Path) -> None:
    files = {"photo": str(samples.jpeg(tmp_path)), "drawing": str(samples.png(tmp_path))}

    (done,) = await sdk(["createAssembly", {"files": files, "params": SMALL, "waitForCompletion": True}])

    assert done.get("ok") == "ASSEMBLY_COMPLETED", done
    assert {file["field"]: file["name"] for file in done["uploads"]} == {
        "photo": "picture.jpg",
        "drawing": "picture.png",
    }
    assert [(file["meta"]["width"], file["is_tus_file"]) for file in done["results"]["small"]] == [(40, False)] * 2
    assert done["transloadit_client"].startswith("node-sdk:")


async def test_a_text_of_unknown_length_is_uploaded(sdk: Sdk) -> None:
    given = {"uploads": {"note": "Hello World\n"}, "params": HASHED, "waitForCompletion": True}

    (done,) = await sdk(["createAssembly", given])

    assert done.get("ok") == "ASSEMBLY_COMPLETED", done
    assert (done["uploads"][0]["field"], done["uploads"][0]["size"]) == ("note", 12)


async def test_an_assembly_has_the_id_that_was_asked_for_and_is_found_by_it(sdk: Sdk) -> None:
    chosen = uuid.uuid4().hex
    wanted = {"assemblyId": chosen, "params": {**HASHED, "fields": {"album": {"name": "trees"}}}}

    done, found, again = await sdk(
        ["createAssembly", {**wanted, "waitForCompletion": True}],
        ["getAssembly", chosen],
        ["createAssembly", wanted],
    )

    assert (done.get("ok"), done["assembly_id"], done["results"]) == ("ASSEMBLY_COMPLETED", chosen, {})
    assert (found["assembly_id"], found["fields"]) == (chosen, {"album": {"name": "trees"}})
    assert (again["thrown"]["name"], again["thrown"]["code"]) == ("ApiError", "DO_NOT_REUSE_ASSEMBLY_IDS")


async def test_a_waiting_assembly_is_canceled(sdk: Sdk) -> None:
    chosen = uuid.uuid4().hex

    created, canceled, found = await sdk(
        ["createAssembly", {"assemblyId": chosen, "params": SMALL, "expectedUploads": 1}],
        ["cancelAssembly", chosen],
        ["getAssembly", chosen],
    )

    assert [answer.get("ok") for answer in (created, canceled, found)] == [
        "ASSEMBLY_UPLOADING",
        "ASSEMBLY_CANCELED",
        "ASSEMBLY_CANCELED",
    ]


async def test_uploads_that_broke_off_are_resumed(customer: Customer, sdk: Sdk, tmp_path: Path) -> None:
    note = samples.txt(tmp_path, "word " * 10_000)
    status = await customer.announce(HASHED["steps"])
    async with customer.start(status, note) as response:
        url = response.headers["Location"]
    await customer.send(url, note.read_bytes()[:20_000])

    resumed = {"assemblyUrl": status["assembly_ssl_url"], "files": {"file": str(note)}, "waitForCompletion": True}
    (done,) = await sdk(["resumeAssemblyUploads", resumed])

    assert done.get("ok") == "ASSEMBLY_COMPLETED", done
    assert [(file["size"], file["tus_upload_url"]) for file in done["uploads"]] == [(50_000, url)]


async def test_templates_are_made_read_changed_run_listed_and_removed(sdk: Sdk) -> None:
    content = {"steps": {"hashed": {"robot": "/file/hash", "use": ":original"}}, "fields": {"a": [1, None]}}
    name = "node-sdk-test-2026"

    created, broken = await sdk(
        ["createTemplate", {"name": name, "template": content}],
        ["createTemplate", {"name": name, "template": content}],
    )
    read, edited, done, listed, _, gone = await sdk(
        ["getTemplate", created["id"]],
        ["editTemplate", created["id"], {"name": f"{name}-edited", "template": content}],
        ["createAssembly", {"params": {"template_id": f"{name}-edited"}, "waitForCompletion": True}],
        ["listTemplates", {"sort": "name", "order": "asc"}],
        ["deleteTemplate", created["id"]],
        ["getTemplate", created["id"]],
    )

    assert (read["content"], read["name"], read["require_signature_auth"]) == (content, name, 0)
    assert (edited["ok"], edited["name"]) == ("TEMPLATE_UPDATED", f"{name}-edited")
    assert (done["ok"], done["template_id"]) == ("ASSEMBLY_COMPLETED", created["id"])
    assert [item["id"] for item in listed["items"]] == [created["id"]]
    assert broken["thrown"]["code"] == "TEMPLATE_VALIDATION_ERROR"
    assert gone["thrown"]["code"] == "TEMPLATE_NOT_FOUND"


async def test_template_credentials_are_made_read_changed_listed_and_removed(sdk: Sdk) -> None:
    content = {"key": "an-id", "secret": "an open one", "bucket": "media", "bucket_region": "us-east-1"}

    (created,) = await sdk(
        ["createTemplateCredential", {"name": "node-sdk-test-2026", "type": "s3", "content": content}]
    )
    id = created["credential"]["id"]
    read, edited, listed, _, gone = await sdk(
        ["getTemplateCredential", id],
        ["editTemplateCredential", id, {"name": "node-sdk-edited", "type": "s3", "content": {**content, "key": "b"}}],
        ["listTemplateCredentials", {"order": "asc"}],
        ["deleteTemplateCredential", id],
        ["getTemplateCredential", id],
    )

    assert read["credential"] == created["credential"]
    assert (read["credential"]["content"], read["ok"]) == (content, "TEMPLATE_CREDENTIALS_READ")
    assert (edited["credential"]["name"], edited["credential"]["content"]["key"]) == ("node-sdk-edited", "b")
    assert [item["id"] for item in listed["credentials"]] == [id]
    assert gone["thrown"]["code"] == "TEMPLATE_CREDENTIALS_NOT_READ"


async def test_assemblies_bills_and_notifications_are_listed(sdk: Sdk) -> None:
    month = f"{datetime.now(UTC):%Y-%m}"
    (done,) = await sdk(["createAssembly", {"uploads": {"note": "Hello"}, "params": HASHED, "waitForCompletion": True}])
    id = done["assembly_id"]

    listed, none, bill, refused = await sdk(
        ["listAssemblies", {"pagesize": 1, "type": "completed"}],
        ["listAssemblies", {"assembly_id": uuid.uuid4().hex}],
        ["getBill", month],
        ["replayAssemblyNotification", id],
    )

    assert [item["id"] for item in listed["items"]] == [id], listed
    assert listed["count"] >= 1
    assert none == {"items": [], "count": 0}
    assert (bill.get("ok"), bill.get("month")) == ("BILL_FOUND", month), bill
    assert refused["thrown"]["code"] == "ASSEMBLY_NO_NOTIFY_URL"


@pytest.mark.long
async def test_its_command_line_makes_a_file_of_a_file(customer: Customer, tmp_path: Path) -> None:
    server, picture = customer.server, samples.jpeg(tmp_path)
    known = {"KEY": server.key, "SECRET": server.secret, "ENDPOINT": server.origin}
    (tmp_path / ".env").write_text("".join(f"TRANSLOADIT_{name}={value}\n" for name, value in known.items()))
    (tmp_path / "steps.json").write_text(json.dumps(SMALL["steps"]))

    made = ("--steps", "steps.json", "--input", picture.name, "--output", "small.jpg")
    await asyncio.gather(
        cli("assemblies", "create", *made, folder=tmp_path),
        cli("templates", "create", "of-the-command-line", "steps.json", folder=tmp_path),
    )
    listed, token, templates, bill = await asyncio.gather(
        cli("assemblies", "list", "--json", folder=tmp_path),
        cli("auth", "token", folder=tmp_path),
        cli("templates", "list", "--json", folder=tmp_path),
        cli("bills", "get", "--json", folder=tmp_path),
    )

    assert (tmp_path / "small.jpg").read_bytes().startswith(b"\xff\xd8\xff")
    assert json.loads(listed.splitlines()[0])["num_input_files"] == 1
    assert json.loads(token)["token_type"] == "Bearer"
    assert "of-the-command-line" in {json.loads(line)["name"] for line in templates.splitlines()}
    assert json.loads(bill)["ok"] == "BILL_FOUND"


async def test_a_bearer_token_is_minted_and_stands_for_key_and_signature(sdk: Sdk) -> None:
    (token,) = await sdk(["mintBearerToken", {"aud": "api2", "scope": ["assemblies:write", "templates:read"]}])

    done, listed, refused = await sdk(
        ["createAssembly", {"uploads": {"note": "Hello"}, "params": HASHED, "waitForCompletion": True}],
        ["listTemplates", {}],
        ["listTemplateCredentials", {}],
        authToken=token["access_token"],
    )

    assert (token["token_type"], token["scope"]) == ("Bearer", "assemblies:write templates:read")
    assert done.get("ok") == "ASSEMBLY_COMPLETED", done
    assert "items" in listed
    assert refused["thrown"]["code"] == "INSUFFICIENT_AUTH_SCOPE"


async def test_errors_are_told_with_their_codes(sdk: Sdk) -> None:
    wrong = {"params": {"steps": {"small": {"robot": "/image/rezise", "use": ":original"}}}}

    refused, missing = await sdk(["createAssembly", wrong], ["getAssembly", uuid.uuid4().hex])

    assert refused["thrown"]["code"] == "ASSEMBLY_STEP_UNKNOWN_ROBOT"
    assert "/image/rezise" in refused["thrown"]["rawMessage"]
    assert missing["thrown"]["code"] == "ASSEMBLY_NOT_FOUND"


async def test_a_damaged_file_is_told(sdk: Sdk, tmp_path: Path) -> None:
    photo = samples.jpeg(tmp_path)
    photo.write_bytes(photo.read_bytes()[:300])
    given = {"files": {"photo": str(photo)}, "params": SMALL, "waitForCompletion": True}

    (failed,) = await sdk(["createAssembly", given])

    assert failed["thrown"]["code"] == "FILE_META_DATA_ERROR"
    assert "damaged" in failed["thrown"]["rawMessage"]


async def test_an_empty_photo_is_told_apart_from_none(sdk: Sdk, tmp_path: Path) -> None:
    empty = samples.txt(tmp_path, "", name="empty.jpg")

    (failed,) = await sdk(
        ["createAssembly", {"files": {"photo": str(empty)}, "params": SMALL, "waitForCompletion": True}]
    )

    assert failed["thrown"]["code"] == "INVALID_INPUT_ERROR", failed


async def test_assemblies_are_listed_page_by_page_replayed_and_billed(
    customer: Customer, sdk: Sdk, tmp_path: Path
) -> None:
    given = {"files": {"note": str(samples.txt(tmp_path))}, "params": HASHED, "waitForCompletion": True}
    first, second = await sdk(["createAssembly", given], ["createAssembly", given])

    (replayed,) = await sdk(["replayAssembly", first["assembly_id"], {"fields": {"again": 1}}])
    again = await customer.completed(await customer.status(replayed))
    answers: list[Any] = await sdk(
        ["streamAssemblies", {"pagesize": 1, "type": "completed", "keywords": ["txt"]}],
        ["listAssemblies", {"assembly_id": second["assembly_id"]}],
        ["getBill", time.strftime("%Y-%m", time.gmtime())],
        ["getBill", "2001-01"],
    )
    streamed, page, bill, none = answers

    assert (replayed["ok"], replayed["success"], again["fields"]) == ("ASSEMBLY_REPLAYING", True, {"again": 1})
    ids = [item["id"] for item in streamed]
    assert [id for id in ids if id in {first["assembly_id"], second["assembly_id"], again["assembly_id"]}] == [
        again["assembly_id"],
        second["assembly_id"],
        first["assembly_id"],
    ]
    assert len(ids) == len(set(ids))
    assert (page["count"], page["items"][0]["ok"]) == (1, "ASSEMBLY_COMPLETED")
    assert (bill["ok"], bill["robots"]["/file/hash"]["jobs"] >= 3) == ("BILL_FOUND", True)
    assert none["error"] == "BILL_NOT_FOUND"
