"""Health tells how the server is, and no secret."""

import tomllib
from pathlib import Path

from aiohttp import web

from server.api.health import VERSION, Health
from server.lag import Lag
from tests.server.api.conftest import Serve


async def test_version_sandbox_lag_and_free_disk_are_told(serve: Serve, tmp_path: Path) -> None:
    app = web.Application()
    Health("landlock", Lag(), tmp_path).attach(app)
    client = await serve(app)

    async with client.get("/healthz") as response:
        told = await response.json()

    assert told.pop("free_disk") > 0
    assert told == {
        "ok": "SERVER_HEALTHY",
        "http_code": 200,
        "version": VERSION,
        "sandbox": "landlock",
        "loop_lag_ms": 0.0,
    }


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())

    assert project["project"]["version"] == VERSION
