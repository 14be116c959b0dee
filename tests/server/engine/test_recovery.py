"""What a start does about the end of the server before: damage ends one Assembly, and never the others."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from robots.tools.children import OWNER
from server.app import App
from server.config import WrongSetting
from server.database.base import Unwritable
from server.lock import owner
from tests import samples
from tests.inside import client, inside
from tests.live import KEY, ended

HASHED = {"hashed": {"robot": "/file/hash", "use": ":original"}}


async def waiting(session: ClientSession) -> dict[str, Any]:
    """An Assembly that waits for its upload."""
    params = json.dumps({"auth": {"key": KEY}, "steps": HASHED})
    response = await session.post("/assemblies", data={"params": params, "num_expected_upload_files": "1"})
    status: dict[str, Any] = await response.json()
    return status


async def complete(session: ClientSession, folder: Path) -> dict[str, Any]:
    with samples.txt(folder).open("rb") as file:
        params = json.dumps({"auth": {"key": KEY}, "steps": HASHED})
        response = await session.post("/assemblies", data={"params": params, "file": file})
    return await ended(session, await response.json())


async def shown(app: App, assembly_id: str) -> dict[str, Any]:
    status = await app.parts.runner.status(assembly_id)
    assert status is not None
    return status


def change(data: Path, statement: str, *values: object) -> None:
    """Damages the database of a server that is not running."""
    with sqlite3.connect(data / "sluice.db") as connection:
        connection.execute(statement, values)
    connection.close()


@pytest.fixture
def orphan(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that a server of the folder started, and that outlived it."""
    process = subprocess.Popen(["/bin/sleep", "600"], env={OWNER: owner(tmp_path / "data")})
    yield process
    process.kill()
    process.wait()


@pytest.mark.case(112, 121)
async def test_what_outlived_the_server_before_is_ended(tmp_path: Path, orphan: subprocess.Popen[bytes]) -> None:
    async with inside(tmp_path / "data"):
        assert orphan.wait(5) == -9


STRANGER = "0" * 32


@pytest.mark.case(121)
async def test_files_that_belong_to_no_record_are_removed(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await complete(session, tmp_path)
    kept = [path for path in (tmp_path / "data" / "files").rglob("*") if path.is_file()]
    for name in (STRANGER, kept[0].parent.name):
        folder = tmp_path / "data" / "files" / name[:2] / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ab").touch()

    async with inside(tmp_path / "data") as app:
        assert [path for path in (app.folder / "files").rglob("*") if path.is_file()] == kept
        assert not app.parts.files.of(STRANGER).exists()
        assert await shown(app, status["assembly_id"]) is not None


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE assemblies SET head = '{' WHERE id = ?",
        "UPDATE assemblies SET params = substr(params, 1, 80) WHERE id = ?",
        "UPDATE assemblies SET head = '[]' WHERE id = ?",
        "INSERT INTO jobs (id, state, job, assembly) VALUES ('a', 'queued', '{}', ?)",
    ],
)
@pytest.mark.case(121)
async def test_a_record_that_cannot_be_read_ends_its_assembly_and_no_other(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        damaged, sound = await waiting(session), await waiting(session)
    change(tmp_path / "data", damage, damaged["assembly_id"])

    async with inside(tmp_path / "data") as app:
        assert (await shown(app, damaged["assembly_id"]))["error"] == "ASSEMBLY_CRASHED"
        assert (await shown(app, sound["assembly_id"]))["ok"] == "ASSEMBLY_UPLOADING"
    assert damaged["assembly_id"] in caplog.text


@pytest.mark.case(121)
async def test_a_job_whose_file_is_gone_ends_its_assembly(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await complete(session, tmp_path)
    change(tmp_path / "data", "UPDATE assemblies SET state = 'executing', finished = NULL")
    change(tmp_path / "data", "UPDATE jobs SET state = 'queued', job = replace(job, '\"done\"', '\"queued\"')")
    for path in (tmp_path / "data" / "files").rglob("*"):
        if path.is_file():
            path.unlink()

    async with inside(tmp_path / "data") as app:
        told = await shown(app, status["assembly_id"])

    assert told["error"] == "ASSEMBLY_CRASHED"
    assert str(tmp_path) not in json.dumps(told)


@pytest.mark.case(121)
async def test_a_database_of_a_newer_schema_is_refused(tmp_path: Path) -> None:
    async with inside(tmp_path / "data"):
        pass
    change(tmp_path / "data", "PRAGMA user_version = 99")

    with pytest.raises(WrongSetting, match=r"newer Sluice \(schema 99"):
        async with inside(tmp_path / "data"):
            pass


@pytest.mark.case(121)
async def test_a_database_that_is_none_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sluice.db").write_bytes(b"no database" * 1000)

    with pytest.raises(WrongSetting, match=r"sluice.db cannot be used: file is not a database\."):
        async with inside(tmp_path / "data"):
            pass


@pytest.mark.case(121)
@pytest.mark.parametrize("left", [None, 0, 100_000], ids=["gone", "empty", "cut off"])
async def test_files_whose_database_is_lost_stay_until_it_is_put_back(tmp_path: Path, left: int | None) -> None:
    database = tmp_path / "data" / "sluice.db"
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await complete(session, tmp_path)
    whole, kept = database.read_bytes(), [path for path in (tmp_path / "data" / "files").rglob("*") if path.is_file()]
    database.unlink() if left is None else database.write_bytes(whole[:left])

    for _ in range(2):
        with pytest.raises(WrongSetting, match=r"sluice\.db (is gone or empty|cannot be used)"):
            async with inside(tmp_path / "data"):
                pass

    assert kept
    assert all(path.exists() for path in kept)
    database.write_bytes(whole)
    async with inside(tmp_path / "data") as app:
        assert (await shown(app, status["assembly_id"]))["ok"] == "ASSEMBLY_COMPLETED"
    assert all(path.exists() for path in kept)


@pytest.mark.case(87)
async def test_a_robot_that_was_disabled_meanwhile_does_not_run_for_an_older_assembly(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await waiting(session)

    async with inside(tmp_path / "data", disabled_robots=("/file/hash",)) as app, client(app) as session:
        about = {"assembly_url": f"{app.origin}/assemblies/{status['assembly_id']}", "filename": "a.txt"}
        told = ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in about.items())
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "5", "Upload-Metadata": told}
        sent = {**headers, "Content-Type": "application/offset+octet-stream"}
        async with session.post("/resumable/files/", headers=sent, data=b"hello") as reply:
            assert reply.status == 201
        over = await ended(session, await shown(app, status["assembly_id"]))

    assert (over["error"], over["step"]) == ("ASSEMBLY_DISALLOWED_ROBOTS_USED", "hashed")


@pytest.mark.case(113, 121)
async def test_a_shortage_at_the_start_ends_no_assembly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> None:  # no real shortage can be had for this one moment
        raise Unwritable("database or disk is full")

    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await waiting(session)
        monkeypatch.setattr(app.parts.runner, "resume", full)
        with pytest.raises(Unwritable):
            await app.parts.recovery.go_on(0)

        assert (await shown(app, status["assembly_id"]))["ok"] == "ASSEMBLY_UPLOADING"
