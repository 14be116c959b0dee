"""What is exported is there once and whole, wherever the server was killed beside it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession

from server.doctor import is_sound
from tests import samples
from tests.customer import Customer
from tests.ftp import ftpd
from tests.live import live


@pytest.mark.case(112, 126)
@pytest.mark.parametrize("moment", ["W10.before", "W10.after"])
async def test_a_server_that_is_killed_beside_an_export_leaves_one_whole_file(tmp_path: Path, moment: str) -> None:
    data, home, photo = tmp_path / "data", tmp_path / "home", samples.jpeg(tmp_path, 80, 60, name="photo.jpg")
    home.mkdir()
    with ftpd(home) as login:
        stored = {"robot": "/ftp/store", "use": ":original", "path": "kept/${file.name}", **login}
        async with live(data, failpoints=f"{moment}=kill") as server, ClientSession() as http:
            first = Customer(server, http)
            status = await first.announce({"stored": stored})
            with contextlib.suppress(ClientError, ConnectionError):
                await first.upload(status, photo)
            assert await server.process.wait() == -9, "the failpoint was not passed"
        there = list(home.rglob("*.*"))
        async with live(data, "--port", server.origin.rpartition(":")[2]) as server, ClientSession() as http:
            over = await Customer(server, http).completed(status)

    assert [path.name for path in there] == (["photo.jpg"] if moment == "W10.after" else [])
    assert [path.name for path in home.rglob("*.*")] == ["photo.jpg"]
    assert (home / "kept/photo.jpg").read_bytes() == photo.read_bytes()
    assert [file["ssl_url"] for file in over["results"][":original"]] == ["https://127.0.0.1/kept/photo.jpg"], over[
        "results"
    ]
    assert is_sound(data)
