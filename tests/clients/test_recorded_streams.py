"""What TransloaditKit uploads, and what the Java SDK listens to, request by request as they stand on the wire."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from hashlib import md5
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from server.app import App
from tests.clients.recorded import FILE, IOS, JAVA, Json, Sdk, Speaker
from tests.inside import inside
from tests.wire import Wire, wire

pytestmark = pytest.mark.asyncio(loop_scope="module")

HASHED = {"hashed": {"robot": "/file/hash", "use": ":original", "algorithm": "md5"}}
# TUSKit spells the name of this header in its own way, and says which extension it is about to use.
TUS = {"TUS-Resumable": "1.0.0", "Accept": "*/*", "Accept-Language": "en-GB,en;q=0.9"}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}
# What okhttp-eventsource asks with.
LISTENING = {
    "Accept": "text/event-stream",
    "Cache-Control": "no-cache",
    "Connection": "Keep-Alive",
    "Accept-Encoding": "gzip",
    "User-Agent": "okhttp/4.12.0",
}
MESSAGES = ["assembly_uploading_finished", "assembly_upload_meta_data_extracted", "assembly_finished"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[App]:
    async with inside(tmp_path_factory.mktemp("server") / "data") as app:
        yield app


async def announced(connection: Wire, sdk: Sdk, **params: Any) -> Json:
    """An Assembly that waits for one upload."""
    told = {"steps": HASHED, **params}
    return await Speaker(sdk, connection).send("POST", "/assemblies", told, tus_num_expected_upload_files="1")


def context(status: Json) -> str:
    """The metadata of an upload: its own, then all that the SDK wants to be told again, with a space after commas."""
    assembly = f"{status['assembly_id']},,{status['tus_url']},{status['assembly_ssl_url']}"
    told = {
        "filename": "note.txt",
        "filetype": "text/plain",
        "assembly": assembly,
        "fieldname": "file-input",
        "assembly_url": status["assembly_ssl_url"],
    }
    return ", ".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in told.items())


async def created(connection: Wire, status: Json) -> str:
    size = {"Upload-Extension": "creation", "Upload-Length": str(len(FILE)), "Content-Length": "0"}
    place = urlsplit(status["tus_url"]).path
    reply = await connection.ask("POST", place, {**TUS, **size, "Upload-Metadata": context(status)})
    assert 200 <= reply.status < 300
    return urlsplit(reply.headers["Location"]).path


async def sent(connection: Wire, path: str, start: int, stop: int) -> int:
    """One piece; the offset that the answer tells."""
    reply = await connection.ask("PATCH", path, {**BYTES, "Upload-Offset": str(start)}, FILE[start:stop])
    assert 200 <= reply.status < 300
    return int(reply.headers["Upload-Offset"])


async def over(connection: Wire, status: Json) -> Json:
    """Polls without a signature; a status must have one of the codes that the SDK knows, and a message."""
    speaker = Speaker(IOS, connection)
    while status["ok"] in ("ASSEMBLY_UPLOADING", "ASSEMBLY_EXECUTING"):
        status = await speaker.get(status["assembly_ssl_url"])
        assert isinstance(status["message"], str)
    return status


async def test_ios_uploads_in_pieces_and_goes_on_where_it_broke_off(app: App) -> None:
    async with wire(app.listening) as connection:
        status = await announced(connection, IOS)
        path = await created(connection, status)
        assert await sent(connection, path, 0, 5) == 5
    async with wire(app.listening) as connection:
        found = await connection.ask("HEAD", path, TUS)
        assert (int(found.headers["Upload-Length"]), int(found.headers["Upload-Offset"])) == (len(FILE), 5)
        assert await sent(connection, path, 5, len(FILE)) == len(FILE)
        ended = await over(connection, status)

    [upload] = ended["uploads"]
    assert ended["ok"] == "ASSEMBLY_COMPLETED", ended
    assert (upload["name"], upload["field"], upload["size"]) == ("note.txt", "file-input", len(FILE))
    assert upload["user_meta"]["assembly"].split(",")[0] == status["assembly_id"]
    assert ended["results"]["hashed"][0]["meta"]["hash"] == md5(FILE).hexdigest()


async def test_java_listens_until_the_end_and_then_reads_the_status(app: App) -> None:
    async with wire(app.listening) as listening, wire(app.listening) as connection:
        status = await announced(connection, JAVA, emit_execution_progress=True)
        head = await listened(listening, status)
        await sent(connection, await created(connection, status), 0, len(FILE))
        blocks = (await listening.hear_chunks()).decode().split("\n\n")
        ended = await Speaker(JAVA, connection).get(status["assembly_ssl_url"], {})

    told = heard(blocks)
    assert (head["Content-Type"], head.get("Content-Encoding")) == ("text/event-stream; charset=utf-8", None)
    assert blocks[0] == f"id: {status['assembly_id']}"
    assert [data for name, data in told if name == "message"] == MESSAGES
    assert [data for name, data in told if name == "assembly_upload_finished"] == ended["uploads"]
    assert ["hashed", *ended["results"]["hashed"]] in [data for _, data in told]
    assert all(isinstance(data, dict) for name, data in told if name == "assembly_execution_progress")
    assert (told[-1], ended["ok"]) == (("message", "assembly_finished"), "ASSEMBLY_COMPLETED")


async def test_java_that_connects_again_is_told_the_end(app: App) -> None:
    async with wire(app.listening) as connection:
        done = await Speaker(JAVA, connection).send("POST", "/assemblies", {"steps": HASHED})
        await listened(connection, done, **{"Last-Event-ID": done["assembly_id"]})
        told = heard((await connection.hear_chunks()).decode().split("\n\n"))
        again = await Speaker(JAVA, connection).get(done["assembly_ssl_url"], {})

    assert told == [("message", name) for name in MESSAGES]
    assert again["ok"] == "ASSEMBLY_COMPLETED"


async def listened(connection: Wire, status: Json, **more: str) -> Any:
    url = urlsplit(status["update_stream_url"])
    await connection.send("GET", f"{url.path}?{url.query}", {**LISTENING, **more})
    head = await connection.hear_head()
    assert head.status == 200
    return head.headers


def heard(blocks: list[str]) -> list[tuple[str, Any]]:
    """The events of a stream, as the SDK gets them: one without a name is a message."""
    found: list[tuple[str, Any]] = []
    for block in blocks:
        lines = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        if "event" in lines:
            found.append((lines["event"], json.loads(lines["data"])))
        elif "data" in lines:
            found.append(("message", lines["data"]))
    return found
