"""Files that are served with headers of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, FormData

from robots.base.errors import BadInput
from robots.base.params import Invalid
from robots.file.serve import FileServeParams, FileServeRobot
from tests import samples
from tests.inside import client, inside
from tests.live import KEY, ended
from tests.robots.workspace import Bench, file_at, run

PNG = {"type": "image", "mime": "image/png"}


async def test_the_file_passes_with_the_headers_of_its_answer(tmp_path: Path) -> None:
    file = file_at(samples.png(tmp_path, 4, 4), **PNG)
    params = {"headers": {"X-Version": 3}, "cache_duration": "60", "download_name": "b c.png"}

    (result,) = await run(FileServeRobot, params, [file], Bench(tmp_path))

    assert (result.path, result.meta, result.name) == (file.path, file.meta, file.name)
    assert result.headers["X-Version"] == "3"
    assert result.headers["Cache-Control"] == "public, max-age=60, s-maxage=60"
    assert result.headers["Content-Disposition"] == 'attachment; filename="b c.png"'
    assert result.headers["Content-Type"] == "image/png; charset=utf-8"


async def test_what_is_made_of_a_served_file_has_no_headers_of_its_own(tmp_path: Path) -> None:
    (result,) = await run(FileServeRobot, {}, [file_at(samples.png(tmp_path, 4, 4), **PNG)], Bench(tmp_path))

    assert result.made(tmp_path / "other").headers == {}


async def test_without_a_file_there_is_no_result(tmp_path: Path) -> None:
    stub = file_at(samples.txt(tmp_path))
    stub.bytes.unlink()

    for files in ([], [stub]):
        with pytest.raises(BadInput) as caught:
            await run(FileServeRobot, {}, files, Bench(tmp_path))
        assert caught.value.code == "FILE_SERVE_NO_RESULT"


@pytest.mark.case(83)
@pytest.mark.parametrize(
    "params",
    [
        {"headers": {"X-Name": "a\r\nSet-Cookie: b=c"}},
        {"headers": {"Content-Length": "3"}},
        {"headers": "X-A: b"},
        {"download_name": "../a"},
        {"download_name": "a\r\nb"},
        {"download_name": "a" * 256},
        {"cache_duration": -1},
    ],
)
def test_what_cannot_be_answered_is_refused(params: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        FileServeParams.parse(params)


async def processed(session: ClientSession, file: Path, headers: dict[str, str], **fields: str) -> dict[str, Any]:
    steps = {
        "small": {"robot": "/image/resize", "use": ":original", "width": 2},
        "kept": {"robot": "/file/serve", "use": "small", "cache_duration": 60},
        "served": {"robot": "/file/serve", "use": "small", "headers": headers, "download_name": "${fields.as}"},
    }
    form = FormData({"params": json.dumps({"auth": {"key": KEY}, "steps": steps}), **fields})
    form.add_field("file", file.read_bytes(), filename="a.png")
    return await ended(session, await (await session.post("/assemblies", data=form)).json())


@pytest.mark.case(83, 90)
async def test_the_url_of_a_served_result_answers_with_its_headers(tmp_path: Path) -> None:
    file = samples.png(tmp_path, 4, 4)
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await processed(
            session, file, {"X-Name": "${file.name}", "cache-control": "no-store"}, **{"as": "é.png"}
        )
        [result] = status["results"]["served"]
        async with session.get(result["ssl_url"], headers={"Range": "bytes=0-3"}) as reply:
            assert (reply.status, await reply.read()) == (206, b"\x89PNG")
        [kept] = status["results"]["kept"]
        async with session.head(kept["ssl_url"]) as usual:
            assert (usual.status, usual.headers["Content-Length"]) == (200, str(kept["size"]))
        async with session.get(kept["ssl_url"], headers={"If-None-Match": usual.headers["ETag"]}) as again:
            assert (again.status, await again.read()) == (304, b"")
        wrong = await processed(session, file, {"X-Name": "${fields.as}"}, **{"as": "a\r\nSet-Cookie: b=c"})

    assert "headers" not in result
    assert usual.headers["Cache-Control"] == again.headers["Cache-Control"] == "public, max-age=60, s-maxage=60"
    assert usual.headers["Access-Control-Allow-Origin"] == "*"
    assert (reply.headers["X-Name"], reply.headers["Cache-Control"]) == ("a.png", "no-store")
    assert reply.headers["Content-Disposition"].startswith('attachment; filename="_.png"')
    assert reply.headers["Transloadit-Assembly"] == status["assembly_id"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert wrong["error"] == "FILE_SERVE_VALIDATION"
    assert "line break" in wrong["message"]
