"""What SFTP and FTP have in common: paths, folders, broken connections, and places that are not public."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from robots.base.catalog import Catalog
from robots.base.errors import RobotError
from robots.base.params import Invalid
from robots.tools.http import HttpClient, Timeouts
from robots.tools.remote.known import KnownHosts
from robots.tools.remote.robots import RemoteImport, RemoteStore
from tests.canary import escapes
from tests.faults import End, Line, faults
from tests.robots.storage.servers import CONTENT, Place, place_of
from tests.robots.workspace import Bench, file_at, run

LARGE = os.urandom(1_500_000)


@pytest.fixture(params=["ftp", "sftp"])
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def place(family: str, tmp_path: Path) -> AsyncIterator[Place]:
    async with place_of(family, tmp_path) as place:
        yield place


def code(family: str, robot: str, kind: str) -> str:
    return f"{family}_{robot}_{kind}".upper()


@pytest.mark.case(106)
async def test_a_file_lies_where_its_path_says_and_comes_back_as_it_was(place: Place, patient: Bench) -> None:
    made = await place.stores(patient, "a b/ü/cat.jpg", LARGE, ssl_url_template="https://cdn.example/{PATH}?at={HOST}")
    (back,) = await place.imports(patient, "a b/ü/cat.jpg")

    assert (place.home / "a b/ü/cat.jpg").read_bytes() == LARGE == back.bytes.read_bytes()
    assert made.ssl_url == "https://cdn.example/a%20b/%C3%BC/cat.jpg?at=127.0.0.1"
    assert (back.name, back.original_path) == ("cat.jpg", "/a b/ü/")
    assert place.names() == ["a b/ü/cat.jpg"]
    assert patient.reached == sorted(patient.reached[:2]) + sorted(patient.reached[2:])
    assert patient.reached[-1] == 1
    assert escapes(repr([made, back]).encode()) == []


async def test_what_is_stored_replaces_what_was_there(place: Place, patient: Bench) -> None:
    place.puts("pets/cat.jpg")

    await place.stores(patient)

    assert (place.home / "pets/cat.jpg").read_bytes() == CONTENT
    assert place.names() == ["pets/cat.jpg"]


async def test_a_folder_stays_with_all_that_is_in_it_when_a_file_is_to_have_its_name(
    place: Place, patient: Bench
) -> None:
    place.puts("pets/cat.jpg/whiskers.txt")

    with pytest.raises(RobotError, match=r"path: cat\.jpg is a folder") as caught:
        await place.stores(patient)

    assert place.names() == ["pets/cat.jpg/whiskers.txt"]
    assert caught.value.code == code(place.family, "store", "VALIDATION")


async def test_an_empty_file_is_stored_and_imported(place: Place, patient: Bench) -> None:
    await place.stores(patient, content=b"")
    (back,) = await place.imports(patient, "pets/cat.jpg")

    assert (place.home / "pets/cat.jpg").read_bytes() == b"" == back.bytes.read_bytes()


async def test_a_folder_gives_its_files_in_the_order_of_their_names(place: Place, patient: Bench) -> None:
    place.puts("docs/b.txt", "docs/a ü.txt", "docs/deep/c.txt", "docs/ blank", "top.txt")

    files = await place.imports(patient, ["docs/", "top.txt"], force_name=["", "first.txt"], import_on_errors=["meta"])

    assert [file.name for file in files] == ["blank", "first.txt", "b.txt", "top.txt"]
    assert [file.bytes.read_text("utf-8") for file in files] == ["docs/ blank", "docs/a ü.txt", "docs/b.txt", "top.txt"]
    assert [file.place for file in files] == [1, 2, 3, 4]


async def test_the_root_is_the_folder_of_the_user(place: Place, patient: Bench) -> None:
    place.puts("top.txt")

    for path in ("/", "/top.txt", "top.txt"):
        (file,) = await place.imports(patient, path)
        assert file.bytes.read_text() == "top.txt"


@pytest.mark.parametrize(("path", "sentence"), [("no/", "no such"), ("no/a.txt", "no such"), ("empty/", "no file in")])
async def test_what_is_not_there_is_not_found(place: Place, patient: Bench, path: str, sentence: str) -> None:
    (place.home / "empty").mkdir()

    with pytest.raises(RobotError, match=sentence) as caught:
        await place.imports(patient, path)

    assert caught.value.code == code(place.family, "import", "NOT_FOUND")
    assert not caught.value.retry


async def test_what_is_there_comes_before_it_is_told_what_is_not(place: Place, patient: Bench) -> None:
    place.puts("docs/a.txt", "docs/b.txt", "top.txt")
    robot = Catalog().get(f"/{place.family}/import")
    names = []

    async def listen(path: list[str]) -> None:
        async for file in robot(robot.model.parse({**place.login, "path": path})).work_on([], patient):
            names.append((file.name, file.place))

    with pytest.raises(RobotError, match=r"docs/no\.txt could not be fetched") as caught:
        await listen(["docs/no.txt", "docs/", "top.txt"])
    with pytest.raises(RobotError, match="could not be listed"):
        await listen(["no/", "top.txt"])

    assert names == [("a.txt", 2), ("b.txt", 3), ("top.txt", 4), ("top.txt", 1)]
    assert caught.value.code == code(place.family, "import", "NOT_FOUND")


async def test_a_file_larger_than_allowed_is_not_kept(place: Place, tmp_path: Path) -> None:
    (place.home / "large").write_bytes(LARGE)
    client = HttpClient(allow=[ip_network("127.0.0.0/8")], max_bytes=1_400_000)
    bench = Bench(tmp_path, client, KnownHosts(tmp_path / "known_hosts"))

    with pytest.raises(RobotError, match="larger than the 1400000 bytes") as caught:
        await place.imports(bench, "large")

    assert caught.value.code == code(place.family, "import", "FAILURE")
    assert list(tmp_path.glob("*-import")) == []


LOGIN = {"host": "example.com", "user": "sam", "password": "x"}


@pytest.mark.case(82)
@pytest.mark.parametrize(
    "path", ["../a", "a/../../b", "a/%2e%2e/b", "a\\..\\b", "a\0b", "a\nDELE b", "a" * 2000, "", "/", "a/", "a/.."]
)
def test_no_path_leads_out_of_the_folder_of_the_user(family: str, path: str) -> None:
    with pytest.raises(Invalid, match="path: "):
        Catalog().get(f"/{family}/store").model.parse({**LOGIN, "path": path})


@pytest.mark.case(82)
@pytest.mark.parametrize("path", ["../a", "a/../b/", "a\0b", "a\nDELE b", "", [], ["a", ""], ["a", ".."]])
def test_nothing_is_imported_from_a_path_that_is_none(family: str, path: str) -> None:
    with pytest.raises(Invalid, match="path: "):
        Catalog().get(f"/{family}/import").model.parse({**LOGIN, "path": path})


@pytest.mark.case(82)
@pytest.mark.parametrize(("path", "stored"), [("/a.jpg", "a.jpg"), ("//x//./a.jpg", "x/a.jpg"), ("~root/a", "~root/a")])
async def test_every_other_path_lies_in_the_folder_of_the_user(
    place: Place, patient: Bench, path: str, stored: str
) -> None:
    await place.stores(patient, path)

    assert place.names() == [stored]


@pytest.fixture
def outside(place: Place, tmp_path: Path) -> Path:
    """A folder that is not the user's, to which two links in his own lead."""
    folder = tmp_path / "root/etc"
    folder.mkdir()
    (folder / "secret.txt").write_text("for nobody")
    (place.home / "out").symlink_to(folder)
    (place.home / "link.txt").symlink_to(folder / "secret.txt")
    return folder


@pytest.mark.case(55, 82)
@pytest.mark.parametrize("path", ["out/a.jpg", "out/deep/a.jpg"])
async def test_nothing_is_stored_behind_a_link_that_leads_out(
    place: Place, patient: Bench, outside: Path, path: str
) -> None:
    with pytest.raises(RobotError) as caught:
        await place.stores(patient, path)

    # This FTP server lets nobody out by itself, and says only that there is nothing.
    assert caught.value.code in (code(place.family, "store", "VALIDATION"), "WORKER_JOB_ERROR")
    assert [path.name for path in outside.iterdir()] == ["secret.txt"]


@pytest.mark.case(55)
@pytest.mark.parametrize("path", ["link.txt", "out/secret.txt", "out/"])
async def test_nothing_is_imported_from_behind_a_link_that_leads_out(
    place: Place, patient: Bench, outside: Path, path: str
) -> None:
    with pytest.raises(RobotError) as caught:
        await place.imports(patient, path)

    assert caught.value.code in (code(place.family, "import", "ACCESS_DENIED"), "FTP_IMPORT_NOT_FOUND")
    assert list(patient.folder.glob("*-import")) == []


@pytest.mark.case(106)
async def test_who_has_the_wrong_password_is_told_without_it(place: Place, patient: Bench) -> None:
    wrong = {**place.login, "password": f"{place.login['password']}-not"}

    stranger = replace(place, login=wrong)
    for act, kind in ((stranger.stores(patient), "VALIDATION"), (stranger.imports(patient, "a"), "ACCESS_DENIED")):
        with pytest.raises(RobotError, match="does not let this user in") as caught:
            await act
        assert caught.value.code.endswith(f"_{kind}")
        assert escapes(str(caught.value).encode()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": None},
        {"host": "http://example.com"},
        {"host": "a b"},
        {"user": "a\r\nDELE b"},
        {"password": "a\nb"},
        {"port": 0},
        {"port": 65536},
        {"url_template": "javascript:alert(1)"},
        {"path": "a", "recursiv": True},
    ],
)
def test_what_cannot_be_is_refused_at_once(family: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        Catalog().get(f"/{family}/store").model.parse({**LOGIN, "path": "a", **wrong})


@pytest.mark.case(55)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "::1", "10.0.0.1", "169.254.169.254"])
async def test_no_server_in_a_private_network_is_reached(family: str, host: str, tmp_path: Path) -> None:
    bench = Bench(tmp_path, HttpClient(), KnownHosts(tmp_path / "known_hosts"))
    login = {"host": host, "port": 22 if family == "sftp" else 21, "user": "sam", "password": "x"}

    with pytest.raises(RobotError, match="not public") as caught:
        await Place(family, tmp_path, login).imports(bench, "a")

    assert caught.value.code == code(family, "import", "ACCESS_DENIED")


@pytest.mark.case(55)
async def test_other_ports_are_reached_only_if_the_settings_say_so(family: str, tmp_path: Path) -> None:
    bench = Bench(tmp_path, HttpClient(), KnownHosts(tmp_path / "known_hosts"))
    login = {"host": "198.41.0.4", "port": 25, "user": "sam", "password": "x"}

    with pytest.raises(RobotError, match="port 25 is not one of those"):
        await Place(family, tmp_path, login).imports(bench, "a")


@pytest.mark.case(126)
@pytest.mark.parametrize("end", [End.CLOSE, End.RESET])
@pytest.mark.parametrize("cut", [10, 100])
async def test_a_connection_that_breaks_is_made_anew(place: Place, patient: Bench, end: End, cut: int) -> None:
    async with faults(place.login["port"]) as proxy:
        proxy.fail(Line(cut=cut, end=end), Line(cut=cut, end=end))
        line = replace(place, login={**place.login, "port": proxy.port})
        await line.stores(patient, content=LARGE)
        proxy.fail(Line(cut=cut, end=end))
        (back,) = await line.imports(patient, "pets/cat.jpg")

    assert (place.home / "pets/cat.jpg").read_bytes() == LARGE == back.bytes.read_bytes()
    assert place.names() == ["pets/cat.jpg"]
    assert len(proxy.passed) == 5


async def test_half_files_of_others_are_not_imported(place: Place, patient: Bench) -> None:
    place.puts("docs/a.txt", f"docs/.{'0a' * 12}.part", "docs/.b.part")

    assert [file.name for file in await place.imports(patient, "docs/")] == [".b.part", "a.txt"]


@contextlib.asynccontextmanager
async def door(answer: bytes) -> AsyncIterator[tuple[dict[str, Any], list[asyncio.StreamWriter]]]:
    """A server that says these bytes and no more: what one signs in with there, and who came."""
    came: list[asyncio.StreamWriter] = []

    async def opened(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(writer)
        writer.write(answer)
        await reader.read()
        writer.transport.abort()

    async with await asyncio.start_server(opened, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield {"host": "127.0.0.1", "port": port, "user": "sam", "password": "x"}, came


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0" * 100_000, b"220-hello\r\n" * 100_000]
)
async def test_a_stranger_at_the_door_is_no_server(
    family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    monkeypatch.setattr(RemoteStore, "pauses", ())
    client = HttpClient(allow=[ip_network("127.0.0.0/8")], timeouts=Timeouts(connect=5, head=0.3, idle=0.3))
    bench = Bench(tmp_path, client, KnownHosts(tmp_path / "known_hosts"))

    async with door(answer) as (login, _):
        with pytest.raises(RobotError, match=r"does not speak|says more|too long to|was lost") as caught:
            await Place(family, tmp_path, login).stores(bench)

    assert caught.value.code == "WORKER_JOB_ERROR"


async def test_a_server_that_takes_the_connection_and_says_nothing_is_asked_once_more(
    family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RemoteImport, "pauses", (0, 0, 0))
    client = HttpClient(allow=[ip_network("127.0.0.0/8")], timeouts=Timeouts(connect=5, head=0.2, idle=0.2))
    bench = Bench(tmp_path, client, KnownHosts(tmp_path / "known_hosts"))

    async with door(b"") as (login, came):
        with pytest.raises(RobotError, match="took the connection, and then too long to answer") as caught:
            await Place(family, tmp_path, login).imports(bench, "a.txt")

    assert (len(came), caught.value.code) == (2, code(family, "import", "FAILURE"))
    assert not caught.value.retry, "the job would ask as often again"


async def test_nobody_at_home_may_be_there_later(place: Place, family: str, patient: Bench) -> None:
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]

    with pytest.raises(RobotError, match=f"no server answers on port {port}") as caught:
        await Place(family, place.home, {**place.login, "port": port}).stores(patient)

    assert caught.value.retry


async def test_a_job_that_is_canceled_leaves_nothing_behind(
    place: Place, patient: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()
    monkeypatch.setattr(patient, "progress", lambda _: begun.set())
    source = patient.folder / "endless.bin"
    source.touch()
    os.truncate(source, 8 << 30)
    robot = Catalog().get(f"/{place.family}/store")
    task = asyncio.ensure_future(run(robot, {**place.login, "path": "a"}, [file_at(source)], patient))
    await begun.wait()

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert place.names() == []
