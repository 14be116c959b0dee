"""The doctor finds what is wrong in a data folder, and says it in a sentence."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

from robots.tools.children import OWNER
from server.database.sqlite import DATABASE
from server.doctor import is_sound
from server.engine.files import PIECE
from server.invariants import examine
from server.lock import owner
from tests import samples
from tests.inside import client, inside
from tests.live import KEY, SECRET, ended

HASHED = {"hashed": {"robot": "/file/hash", "use": ":original"}}
PARAMS = {"auth": {"key": KEY}, "steps": HASHED, "notify_url": "http://127.0.0.1:1025/"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a server that has stopped: one Assembly is complete, one is canceled, one waits for an upload."""
    data = tmp_path_factory.mktemp("stopped") / "data"
    async with inside(data) as app, client(app) as session:
        for _ in range(2):
            form = {"params": json.dumps(PARAMS), "num_expected_upload_files": "1"}
            status = await (await session.post("/assemblies", data=form)).json()
        await session.delete(status["assembly_url"])
        with samples.txt(data.parent).open("rb") as file:
            response = await session.post("/assemblies", data={"params": json.dumps(PARAMS), "file": file})
        await ended(session, await response.json())
    return data


@pytest.fixture
def data(stopped: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stopped, tmp_path / "data"))


def change(data: Path, statement: str) -> None:
    with closing(sqlite3.connect(data / DATABASE)) as connection, connection:
        assert connection.execute(statement).rowcount


def a_result(data: Path) -> Path:
    return next(path for path in sorted((data / "files").rglob("*")) if path.is_file())


async def test_a_server_that_stopped_in_order_leaves_all_well(data: Path) -> None:
    assert examine(data) == []


DAMAGE: dict[str, Callable[[Path], object]] = {
    "the bytes of note.txt": lambda data: a_result(data).unlink(),
    "has 3 bytes, and should have 12": lambda data: a_result(data).write_bytes(b"abc"),
    "the file stranger has no row": lambda data: a_result(data).with_name("stranger").touch(),
    "files/00/0000 belongs to no Assembly": lambda data: (data / "files" / "00" / "0000").mkdir(parents=True),
    "The upload 0000_1 belongs to no Assembly": lambda data: (data / "uploads" / "0000_1").touch(),
    "scratch/job is left": lambda data: (data / "scratch" / "job").mkdir(),
    "its record cannot be read (JSONDecodeError": lambda data: change(
        data, "UPDATE assemblies SET head = '{' WHERE state = 'uploading'"
    ),
    "it is completed, but has no time of its end": lambda data: change(
        data, "UPDATE assemblies SET finished = NULL WHERE state = 'completed'"
    ),
    "it is completed, but not as it was when it ended": lambda data: change(
        data, "UPDATE files SET made = replace(made, 'note.txt', 'other.txt')"
    ),
    "has other bytes than those that were stored": lambda data: a_result(data).write_bytes(b"x" * 12),
    "it is executing, but nothing is left that could end it": lambda data: change(
        data, "UPDATE assemblies SET finished = NULL, state = 'executing' WHERE state = 'completed'"
    ),
    "is not the result of a job that ran once": lambda data: change(data, "DELETE FROM jobs"),
    "the step hashed has done the same work twice": lambda data: change(
        data,
        "INSERT INTO jobs SELECT assembly, 'x' || id, state, replace(job, '\"id\":\"', '\"id\":\"x') FROM jobs",
    ),
    "it is completed, but there is no Notification of it": lambda data: change(data, "DELETE FROM notifications"),
    "belongs to no Assembly": lambda data: change(data, "UPDATE notifications SET assembly = 'x' || assembly"),
    "it is completed, but jobs of hashed are not over": lambda data: change(
        data, "UPDATE jobs SET job = replace(job, '\"done\"', '\"queued\"')"
    ),
}


@pytest.mark.parametrize("sentence", DAMAGE)
async def test_each_damage_is_told_in_one_sentence(data: Path, sentence: str) -> None:
    DAMAGE[sentence](data)

    wrong = examine(data)

    assert any(sentence in line and line.endswith(".") for line in wrong), wrong


@pytest.mark.parametrize("secret", ["a-secret-in-a-field", 'a "quoted" one'])
async def test_a_secret_that_got_into_a_record_or_a_file_is_told(tmp_path: Path, secret: str) -> None:
    data = tmp_path / "data"
    async with inside(data) as app, client(app) as session:
        fields, headers = {"params": json.dumps(PARAMS)}, {"Transloadit-Client": secret}
        with samples.txt(tmp_path, "x" * (PIECE - 5) + secret).open("rb") as file:
            status = await (await session.post("/assemblies", data={**fields, "file": file}, headers=headers)).json()
        await ended(session, status)

    wrong = examine(data, secret)
    assert f"Assembly {status['assembly_id']}: the secret stands in its record." in wrong
    assert any(line.startswith("The secret stands in files/") for line in wrong)
    assert examine(data, SECRET) == []


async def test_an_upload_that_lost_bytes_is_told(data: Path) -> None:
    with closing(sqlite3.connect(data / DATABASE)) as connection, connection:
        [(assembly,)] = connection.execute("SELECT id FROM assemblies WHERE state = 'uploading'")
        row = {"id": f"{assembly}_1", "url": "", "filename": "a.bin", "fieldname": None, "length": 10, "offset": 7}
        connection.execute("INSERT INTO uploads VALUES (?, ?, ?)", (assembly, row["id"], json.dumps(row)))

    [gone] = examine(data)
    (data / "uploads" / f"{assembly}_1").write_bytes(b"12345")
    [short] = examine(data)
    (data / "uploads" / f"{assembly}_1").write_bytes(b"12345678")

    assert "the upload a.bin" in gone
    assert "has 5 bytes, and its row says 7" in short
    assert examine(data) == []


async def test_a_job_that_was_cut_off_is_told(data: Path) -> None:
    change(data, "UPDATE assemblies SET finished = NULL, state = 'executing' WHERE state = 'completed'")
    change(data, "DELETE FROM seals")
    change(data, "UPDATE jobs SET job = replace(job, '\"done\"', '\"running\"')")

    assert "jobs of hashed were cut off; the next start runs them again." in examine(data)[0]


async def test_a_process_that_outlived_its_server_is_told(data: Path) -> None:
    process = await asyncio.create_subprocess_exec("/bin/sleep", "600", env={OWNER: owner(data)})
    try:
        assert examine(data) == [f"The process {process.pid} has outlived its server."]
    finally:
        process.kill()
        await process.wait()


async def test_nothing_is_changed_by_looking(data: Path) -> None:
    its_own = ("lock", f"{DATABASE}-shm")  # who reads says so there
    before = {path: path.stat().st_mtime_ns for path in data.rglob("*") if path.name not in its_own}

    assert is_sound(data)

    assert {path: path.stat().st_mtime_ns for path in before} == before


async def test_a_folder_in_use_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with inside(tmp_path / "data"):
        assert is_sound(tmp_path / "data")

    assert "stop the server first" in capsys.readouterr().out


async def test_a_newer_database_is_not_examined(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(data / DATABASE)) as connection:
        connection.execute("PRAGMA user_version = 99")

    assert not is_sound(data)
    assert "newer Sluice" in capsys.readouterr().out


@pytest.mark.case(111)
async def test_what_is_sealed_and_cannot_be_opened_is_told(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with inside(data) as app:
        made = await app.parts.templates.create("me", {"name": "a-template", "template": {"steps": {}}}, 1.0, None)
        kept = await app.parts.credentials.create("me", {"name": "my_s3", "type": "s3", "content": {"key": "k"}}, 1.0)
    sound = examine(data)

    change(data, "UPDATE templates SET account = 'you'")
    (data / "master.key").write_text("0" * 64)

    assert sound == []
    assert [line.partition(" cannot be opened: ")[0] for line in examine(data)] == [
        f"The Template {made.id}",
        f"The set of Template Credentials {kept['id']}",
    ]
