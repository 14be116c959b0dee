"""What goes when its time is over, in a whole server."""

import json
import time
from base64 import b64encode
from pathlib import Path

import pytest
from aiohttp import ClientSession

from server.app import App
from tests import samples
from tests.inside import client, inside
from tests.live import KEY, ended

HASHED = {"auth": {"key": KEY}, "steps": {"hashed": {"robot": "/file/hash", "use": ":original"}}}
DAY = 86400.0


async def hashed(session: ClientSession, folder: Path) -> dict[str, object]:
    """A complete Assembly with one result."""
    with samples.txt(folder).open("rb") as file:
        response = await session.post("/assemblies", data={"params": json.dumps(HASHED), "file": file})
    return await ended(session, await response.json())


@pytest.mark.case(95)
async def test_results_go_after_their_time_and_the_record_stays(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await hashed(session, tmp_path)
        await app.parts.expiry.sweep(time.time() + 2 * DAY)

        assert not app.parts.files.of(str(status["assembly_id"])).exists()
        assert (await session.get(str(status["assembly_url"]))).status == 200
        assert (await session.get(status["results"]["hashed"][0]["url"])).status == 404  # type: ignore[index]


async def test_the_record_goes_after_its_time_too(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await hashed(session, tmp_path)
        await app.parts.expiry.sweep(time.time() + 91 * DAY)

        assert (await session.get(str(status["assembly_url"]))).status == 404


@pytest.mark.case(127)
async def test_nothing_goes_before_its_time(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await hashed(session, tmp_path)
        await app.parts.expiry.sweep(time.time() + 0.9 * DAY)

        assert (await session.get(status["results"]["hashed"][0]["url"])).status == 200  # type: ignore[index]


@pytest.mark.case(129)
async def test_an_assembly_whose_uploads_never_come_expires(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await waiting(session)
        await app.parts.expiry.sweep(time.time() + 7 * 3600)
        assert (await (await session.get(status["assembly_url"])).json())["ok"] == "ASSEMBLY_UPLOADING"

        await app.parts.expiry.sweep(time.time() + 9 * 3600)

        assert (await (await session.get(status["assembly_url"])).json())["error"] == "ASSEMBLY_EXPIRED"


@pytest.mark.parametrize("years", [-10, -0.001])
@pytest.mark.case(127)
async def test_a_clock_that_runs_backwards_ends_nothing_early_and_keeps_nothing_for_ever(
    tmp_path: Path, years: float
) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        done, status = await hashed(session, tmp_path), await waiting(session)
        await app.parts.expiry.sweep(time.time() + years * 365 * DAY)
        assert (await session.get(done["results"]["hashed"][0]["url"])).status == 200  # type: ignore[index]
        assert (await (await session.get(status["assembly_url"])).json())["ok"] == "ASSEMBLY_UPLOADING"

        await app.parts.expiry.sweep(time.time() + 2 * DAY)

        assert (await session.get(done["results"]["hashed"][0]["url"])).status == 404  # type: ignore[index]
        assert (await (await session.get(status["assembly_url"])).json())["error"] == "ASSEMBLY_EXPIRED"


@pytest.mark.case(41, 129)
async def test_an_unfinished_upload_goes_after_its_time(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await waiting(session)
        url = await created(session, status)
        await app.parts.expiry.sweep(time.time() + 2 * DAY)

        assert (await session.head(url, headers={"Tus-Resumable": "1.0.0"})).status == 404
        assert uploads(app) == []


async def waiting(session: ClientSession) -> dict[str, str]:
    response = await session.post("/assemblies", data={"params": json.dumps(HASHED), "num_expected_upload_files": "1"})
    status: dict[str, str] = await response.json()
    return status


async def created(session: ClientSession, status: dict[str, str]) -> str:
    url = b64encode(status["assembly_url"].encode()).decode()
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Metadata": f"assembly_url {url}"}
    return (await session.post(status["tus_url"], headers=headers)).headers["Location"]


def uploads(app: App) -> list[Path]:
    return [path for path in (app.folder / "uploads").rglob("*") if path.is_file()]
