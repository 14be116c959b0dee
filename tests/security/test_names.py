"""Names that are syntax elsewhere come in by every door, and stay names."""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web

from tests import samples
from tests.badfiles.names import NAMES
from tests.live import ended
from tests.security.attacker import Attacker, Json, instructions, strict
from tests.web import site

pytestmark = pytest.mark.asyncio(loop_scope="module")

TUS = {"Tus-Resumable": "1.0.0"}
HASHED = {"out": {"robot": "/file/hash", "use": ":original", "algorithm": "sha1"}}
# What the server calls things: hashes, and its own few files. None of it has the shape of a name that somebody sent.
OURS = re.compile(r"[0-9a-f_]{2,80}(\.\w+)?|(uploads|files|scratch|auth|sluice|master|keys?|lock|owner)[\w.-]*")
TOOLS = [name for name in NAMES if re.match(r"concat:|-|file:|subfile|data:|pipe:|@|image%|x\[|msl:|http:|%s", name)]


@pytest.fixture
def picture(tmp_path: Path) -> bytes:
    return samples.png(tmp_path, 24, 16).read_bytes()


async def sound(attacker: Attacker, status: Json, content: bytes, step: str = "out") -> Json:
    """The last status, whose names are only data; each result can be had under its own."""
    last = await ended(attacker.http, status)
    async with attacker.ask("GET", f"/assemblies/{status['assembly_id']}") as reply:
        last = strict(await reply.text())
    assert last.get("ok") == "ASSEMBLY_COMPLETED", last.get("message")
    for result in last["results"][step]:
        name = result["name"]
        assert name.isprintable()
        assert not set(name) & set("/\\")
        assert len(name.encode()) <= 255
        assert name not in (".", "..")
        async with attacker.http.get(result["ssl_url"]) as reply:
            assert reply.status == 200, name
            assert "\n" not in reply.headers["Content-Disposition"]
            assert step != "out" or await reply.read() == content
    on_disk = [path.name for path in attacker.app.folder.rglob("*")]
    assert [name for name in on_disk if not OURS.fullmatch(name)] == []
    return last


def form(names: tuple[str, ...], fields: Mapping[str, str], content: bytes) -> tuple[bytes, str]:
    """A form as browsers write it: of a name only quotes and line ends are escaped."""
    parts = [f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}'.encode() for key, value in fields.items()]
    for number, name in enumerate(names):
        told = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A").replace("\0", "%00")
        head = f'Content-Disposition: form-data; name="file_{number}"; filename="{told}"\r\n\r\n'
        parts.append(head.encode() + content)
    return b"".join(b"--X\r\n" + part + b"\r\n" for part in parts) + b"--X--\r\n", "multipart/form-data; boundary=X"


async def sent(attacker: Attacker, steps: Mapping[str, Any], names: tuple[str, ...], content: bytes) -> Json:
    body, kind = form(names, {"params": instructions(steps)}, content)
    async with attacker.ask("POST", "/assemblies", data=body, headers={"Content-Type": kind}) as reply:
        assert reply.status == 200, await reply.text()
        return strict(await reply.text())


@pytest.mark.case(76)
async def test_hostile_names_in_a_form_stay_names(attacker: Attacker, picture: bytes) -> None:
    status = await sent(attacker, HASHED, NAMES, picture)

    last = await sound(attacker, status, picture)

    assert len(last["results"]["out"]) == len(NAMES) >= 60


@pytest.mark.case(76)
async def test_hostile_names_of_resumable_uploads_stay_names(attacker: Attacker, picture: bytes) -> None:
    _, status = await attacker.create(instructions(HASHED), num_expected_upload_files=str(len(NAMES)))

    async def upload(name: str) -> None:
        told = {"assembly_url": status["assembly_ssl_url"], "filename": name, "fieldname": name}
        metadata = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in told.items())
        headers = {**TUS, "Upload-Length": str(len(picture)), "Upload-Metadata": metadata}
        async with attacker.ask("POST", "/resumable/files/", headers=headers) as reply:
            assert reply.status == 201, await reply.text()
            place = reply.headers["Location"].removeprefix(attacker.origin)
        headers = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        async with attacker.ask("PATCH", place, headers=headers, data=picture) as reply:
            assert reply.status == 204, await reply.text()

    await asyncio.gather(*map(upload, NAMES))

    last = await sound(attacker, status, picture)
    assert len(last["results"]["out"]) == len(NAMES)


@pytest.mark.case(76, 49)
async def test_hostile_names_of_imports_stay_names(attacker: Attacker, picture: bytes) -> None:
    async def answer(request: web.Request) -> web.Response:
        name = NAMES[int(request.path.strip("/"))]
        told = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
        return web.Response(body=picture, headers={"Content-Disposition": told})

    async with site(answer) as origin:
        urls = [f"{origin}/{number}" for number in range(len(NAMES))]
        steps = {"in": {"robot": "/http/import", "url": urls}, "out": {**HASHED["out"], "use": "in"}}
        _, status = await attacker.create(instructions(steps))

        last = await sound(attacker, status, picture)

    assert len(last["results"]["out"]) == len(NAMES)


@pytest.mark.case(76)
@pytest.mark.parametrize("robot", ["/image/resize", "/video/merge"])
async def test_no_tool_reads_a_hostile_name_as_syntax(robot: str, attacker: Attacker, picture: bytes) -> None:
    step = {"robot": robot, "use": ":original", "width": 8, "height": 8, "resize_strategy": "stretch"}
    if robot == "/video/merge":
        step = {**step, "use": {"steps": [{"name": ":original", "as": "image"}]}, "framerate": "1", "duration": 1}

    names = tuple(TOOLS) if robot == "/image/resize" else tuple(TOOLS[:6])
    last = await sound(attacker, await sent(attacker, {"made": step}, names, picture), picture, "made")

    assert {result["meta"]["width"] for result in last["results"]["made"]} == {8}
