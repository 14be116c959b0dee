"""Under which address a server is spoken to, and which it tells its clients."""

from __future__ import annotations

import asyncio
import json
import logging
from base64 import b64encode
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from server.log import TextLine
from tests.inside import client, inside
from tests.live import KEY, ended

STEPS = {"hashed": {"robot": "/file/hash", "use": ":original"}}
SAID = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "media.example"}
SPOOFED = {**SAID, "Forwarded": "proto=https;host=media.example", "Host": "evil.example"}
THIS_MACHINE = (ip_network("127.0.0.0/8"),)


async def whole_life(session: ClientSession, headers: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """The last status of an Assembly with one tus upload, and the place of that upload."""
    form = {"params": json.dumps({"auth": {"key": KEY}, "steps": STEPS}), "num_expected_upload_files": "1"}
    status = await (await session.post("/assemblies", data=form, headers=headers)).json()
    said = {"assembly_url": status["assembly_url"], "filename": "note.txt"}
    metadata = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in said.items())
    tus = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
    created = await session.post(
        "/resumable/files/",
        headers={**headers, **tus, "Upload-Length": "5", "Upload-Metadata": metadata},
        data=b"hello",
    )
    places = {name: f"/{status[name].split('/', 3)[3]}" for name in ("update_stream_url", "assembly_ssl_url")}
    return await ended(session, places), created.headers["Location"]


def origins(status: Mapping[str, Any]) -> set[str]:
    """Of every URL of this server in a status."""
    names = ("assembly_url", "assembly_ssl_url", "tus_url", "websocket_url", "update_stream_url", "companion_url")
    files = [*status["uploads"], *status["results"]["hashed"]]
    urls = [*(status[name] for name in names), *(file["ssl_url"] for file in files)]
    urls += [file["tus_upload_url"] for file in status["uploads"]]
    return {"/".join(url.split("/")[:3]) for url in urls}


@pytest.mark.case(26)
@pytest.mark.parametrize("public_url", ["https://public.example", None])
async def test_nobody_but_a_trusted_proxy_changes_an_address(tmp_path: Path, public_url: str | None) -> None:
    async with inside(tmp_path / "data", public_url=public_url) as app, client(app) as session:
        status, location = await whole_life(session, SPOOFED)

    assert origins(status) == {public_url or app.listening}
    assert location == status["uploads"][0]["tus_upload_url"]
    assert "example" not in json.dumps(status).replace("public.example", "")


@pytest.mark.case(26)
async def test_a_public_url_wins_over_what_a_trusted_proxy_says(tmp_path: Path) -> None:
    settings = {"public_url": "https://public.example", "trusted_proxies": THIS_MACHINE}
    async with inside(tmp_path / "data", **settings) as app, client(app) as session:
        status, location = await whole_life(session, SAID)

    assert origins(status) == {"https://public.example"}
    assert location.startswith("https://public.example/")


async def test_behind_a_trusted_proxy_each_client_has_the_address_that_it_used(tmp_path: Path) -> None:
    async with inside(tmp_path / "data", trusted_proxies=THIS_MACHINE) as app, client(app) as session:
        (one, location), (other, _) = await asyncio.gather(
            whole_life(session, SAID), whole_life(session, {**SAID, "X-Forwarded-Host": "[2001:db8::7]:8443"})
        )

    assert origins(one) == {"https://media.example"}
    assert location == one["uploads"][0]["tus_upload_url"]
    assert origins(other) == {"https://[2001:db8::7]:8443"}


async def test_the_log_knows_the_client_behind_a_trusted_proxy(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.handler.setFormatter(TextLine())
    async with inside(tmp_path / "data", trusted_proxies=THIS_MACHINE) as app, client(app) as session:
        monkeypatch.setattr(app.parts.runner, "read", None)
        with caplog.at_level(logging.ERROR):
            assert (await session.get(f"/assemblies/{'0' * 32}", headers=SAID)).status == 500

    assert "client=203.0.113.9" in caplog.text


async def test_the_place_of_an_upload_may_be_told_without_an_address(tmp_path: Path) -> None:
    async with inside(tmp_path / "data", relative_location=True) as app, client(app) as session:
        status, location = await whole_life(session, {})

    assert location.startswith("/resumable/files/")
    assert status["uploads"][0]["tus_upload_url"] == app.listening + location
