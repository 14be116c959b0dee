"""Robots for SFTP: keys of both sides, permissions, folders in folders, and servers that do not behave."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from aiohttp import FormData

from robots.base.errors import RobotError
from robots.base.params import Invalid
from robots.storage.sftp import SftpImportRobot, SftpStoreParams, SftpStoreRobot
from robots.tools.http import HttpClient, Timeouts
from robots.tools.remote import library, robots
from robots.tools.remote.known import KnownHosts, fingerprint
from server.model import retry
from tests import sftp
from tests.canary import MARK
from tests.faults import End, Line, faults
from tests.inside import client, inside
from tests.live import KEY, ended
from tests.robots.storage.servers import CONTENT, Place, place_of
from tests.robots.workspace import Bench
from tests.sftp import Home, private, public

LARGE = os.urandom(1_300_000)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with place_of("sftp", tmp_path) as place:
        yield place


def keyed(place: Place, **more: str) -> Place:
    """The same user, with a key instead of a password."""
    return replace(place, login={**place.login, "password": None, "private_key": private("user"), **more})


async def test_a_private_key_opens_the_door(place: Place, patient: Bench) -> None:
    await keyed(place).stores(patient)
    await keyed(place, private_key=private("user").replace("\n", "\\n"), public_key=public("user")).stores(
        patient, "b.jpg"
    )

    assert place.names() == ["b.jpg", "pets/cat.jpg"]


@pytest.mark.case(106)
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"private_key": private("stranger")}, "does not let this user in"),
        ({"public_key": public("stranger")}, "public_key: does not belong"),
        ({"private_key": f"-----BEGIN OPENSSH PRIVATE KEY-----\n{MARK}"}, "private_key: must be"),
    ],
    ids=["stranger", "other", "broken"],
)
async def test_a_key_that_does_not_fit_is_told_and_not_shown(
    place: Place, patient: Bench, wrong: dict[str, str], sentence: str
) -> None:
    with pytest.raises(RobotError, match=sentence) as caught:
        await keyed(place, **wrong).stores(patient)

    assert caught.value.code == "SFTP_STORE_VALIDATION"
    assert MARK not in str(caught.value)


@pytest.mark.parametrize(
    "lacking", [{"host": None}, {"user": ""}, {"password": None}, {"password": None, "public_key": public("user")}]
)
def test_somebody_must_sign_in(lacking: dict[str, Any]) -> None:
    whole = {"host": "example.com", "user": "sam", "password": "x", "path": "a"}
    assert SftpStoreParams.parse(whole).port == 22

    with pytest.raises(Invalid, match="the host, the user, and the private key or the password"):
        SftpStoreParams.parse({**whole, **lacking})


def test_template_credentials_are_enough_and_allow_network_is_only_accepted() -> None:
    given = {"credentials": "my_sftp", "path": "a", "allowNetwork": "10.0.0.0/8"}

    SftpStoreParams.check(given, frozenset())
    assert SftpStoreParams.unheeded(given) == ["allowNetwork"]


@pytest.mark.case(55)
async def test_the_key_that_a_server_shows_first_is_kept(place: Place, patient: Bench) -> None:
    await place.stores(patient)
    await place.stores(patient)

    kept = (patient.folder / "known_hosts").read_text()
    assert kept == f"[127.0.0.1]:{place.login['port']} {' '.join(public('host').split()[:2])}\n"
    assert (patient.folder / "known_hosts").stat().st_mode & 0o777 == 0o600


@pytest.mark.case(55)
async def test_a_server_with_another_key_than_before_hears_no_password(
    place: Place, patient: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(sftp.Door, "validate_password", lambda _, user, password: heard.append(password))
    patient.tool(KnownHosts).learn("127.0.0.1", place.login["port"], " ".join(public("other").split()[:2]))

    with pytest.raises(RobotError, match="its host key is not the one that is known") as caught:
        await place.stores(patient)

    assert fingerprint(public("host")) in str(caught.value)
    assert heard == []


@pytest.mark.case(55)
@pytest.mark.parametrize("spelled", [str, lambda key: " ".join(key.split()[:2]), fingerprint])
async def test_a_server_may_be_known_by_its_host_key(
    place: Place, patient: Bench, spelled: Callable[[str], str]
) -> None:
    await place.stores(patient, host_key=spelled(public("host")))

    assert place.names() == ["pets/cat.jpg"]
    assert not (patient.folder / "known_hosts").exists()


@pytest.mark.case(55)
@pytest.mark.parametrize("spelled", [str, fingerprint])
async def test_a_server_that_is_not_known_by_its_host_key_is_refused(
    place: Place, patient: Bench, spelled: Callable[[str], str]
) -> None:
    with pytest.raises(RobotError, match="its host key is not the one that is known") as caught:
        await place.stores(patient, host_key=spelled(public("other")))

    assert (caught.value.code, caught.value.retry) == ("SFTP_STORE_VALIDATION", False)
    assert place.names() == []


@pytest.mark.parametrize(
    "pin", ["", "AAAA", "ssh-ed25519", "ssh-ed25519 ö", "SHA256:short", "ssh-dss AAAAB3NzaC1kc3MAAA"]
)
def test_what_is_no_host_key_is_refused(pin: str) -> None:
    given = {"credentials": "my_sftp", "path": "a", "host_key": pin}

    if not pin:
        SftpStoreParams.parse(given)
        return
    with pytest.raises(Invalid, match="host_key: must be"):
        SftpStoreParams.parse(given)


@pytest.mark.parametrize(("mode", "expected"), [("600", 0o600), ("755", 0o755), ("auto", None)])
async def test_file_chmod_sets_the_permissions(place: Place, patient: Bench, mode: str, expected: int | None) -> None:
    (place.home / "other").write_text("")
    usual = (place.home / "other").stat().st_mode & 0o777

    await place.stores(patient, file_chmod=mode)

    assert (place.home / "pets/cat.jpg").stat().st_mode & 0o777 == (expected or usual)


@pytest.mark.parametrize("mode", ["rwx", "0644", "888", "64", ""])
def test_other_permissions_are_refused(mode: str) -> None:
    with pytest.raises(Invalid, match="file_chmod: must be"):
        SftpStoreParams.parse({"credentials": "my_sftp", "path": "a", "file_chmod": mode})


async def test_the_urls_are_made_as_the_templates_say(place: Place, patient: Bench) -> None:
    usual = await place.stores(patient)
    own = await place.stores(
        patient, url_template="http://cdn.example/{PATH}", ssl_url_template="https://cdn.example/x"
    )

    assert (usual.url, usual.ssl_url) == ("http://127.0.0.1/pets/cat.jpg", "https://127.0.0.1/pets/cat.jpg")
    assert (own.url, own.ssl_url) == ("http://cdn.example/pets/cat.jpg", "https://cdn.example/x")


async def test_a_path_may_be_told_from_the_root_if_it_lies_in_the_folder(place: Place, patient: Bench) -> None:
    await place.stores(patient, "/home/sam/in/a.jpg")
    await place.stores(patient, "/home/other/b.jpg")
    (back,) = await place.imports(patient, "/home/sam/in/")

    assert place.names() == ["home/other/b.jpg", "in/a.jpg"]
    assert back.bytes.read_bytes() == CONTENT


async def test_recursive_brings_the_files_of_the_folders_below(place: Place, patient: Bench) -> None:
    place.puts("docs/b.txt", "docs/a/c.txt", "docs/a/b/d.txt", "docs-2/e.txt")

    flat = await place.imports(patient, "docs/")
    deep = await place.imports(patient, "docs/", recursive=True, force_name="x.txt", import_on_errors=["meta"])

    assert [file.name for file in flat] == ["b.txt"]
    assert [file.original_path for file in deep] == ["/docs/a/b/", "/docs/a/", "/docs/"]
    assert {file.name for file in deep} == {"x.txt"}


@pytest.mark.case(55)
async def test_links_in_a_folder_are_followed_only_within_it(place: Place, patient: Bench, tmp_path: Path) -> None:
    (tmp_path / "root/secret.txt").write_text("for nobody")
    place.puts("docs/a.txt", "other/b.txt")
    (place.home / "docs/in.txt").symlink_to(place.home / "other/b.txt")
    (place.home / "docs/out.txt").symlink_to(tmp_path / "root/secret.txt")
    (place.home / "docs/round").symlink_to(place.home / "docs")
    (place.home / "docs/nowhere").symlink_to(place.home / "nothing")

    files = await place.imports(patient, "docs/", recursive=True)

    assert [file.bytes.read_text() for file in files] == ["docs/a.txt", "other/b.txt"]
    assert patient.warnings == ["1 of the links in docs/ were left out, for they may lead out of the login folder."]


async def test_a_folder_is_no_file(place: Place, patient: Bench) -> None:
    place.puts("docs/a.txt")

    with pytest.raises(RobotError, match="docs is not a file"):
        await place.imports(patient, "docs")


@pytest.mark.case(126)
@pytest.mark.parametrize("end", [End.CLOSE, End.RESET])
async def test_a_file_is_stored_though_the_connection_breaks_in_the_middle(
    place: Place, patient: Bench, monkeypatch: pytest.MonkeyPatch, end: End
) -> None:
    place.puts("pets/cat.jpg")
    async with faults(place.login["port"]) as proxy:
        line = replace(place, login={**place.login, "port": proxy.port})
        proxy.fail(Line(cut=700_000, end=end), Line(cut=700_000, end=end))
        monkeypatch.setattr(SftpStoreRobot, "pauses", ())
        with pytest.raises(RobotError, match="the connection was lost") as caught:
            await line.stores(patient, content=LARGE)
        monkeypatch.setattr(SftpStoreRobot, "pauses", (0,))
        half, before = place.names(), (place.home / "pets/cat.jpg").read_text()
        await line.stores(patient, content=LARGE)

    assert (caught.value.code, caught.value.retry) == ("WORKER_JOB_ERROR", True)
    assert (len(half), before) == (2, "pets/cat.jpg")
    assert (place.home / "pets/cat.jpg").read_bytes() == LARGE
    assert place.names() == ["pets/cat.jpg"]


@pytest.mark.case(126)
async def test_a_server_that_renames_only_in_the_plain_way_will_do(tmp_path: Path, patient: Bench) -> None:
    class Plain(Home):
        def posix_rename(self, *_: Any) -> None:
            raise asyncssh.SFTPOpUnsupported("no")

    async with place_of("sftp", tmp_path, files=Plain) as place:
        place.puts("pets/cat.jpg")
        await place.stores(patient)
        await place.stores(patient, "new.jpg")

    assert place.names() == ["new.jpg", "pets/cat.jpg"]
    assert (place.home / "pets/cat.jpg").read_bytes() == CONTENT


@pytest.mark.case(126)
async def test_a_disk_that_is_full_leaves_no_half_file(tmp_path: Path, patient: Bench) -> None:
    class Full(Home):
        def write(self, file_obj: object, offset: int, data: bytes) -> Any:
            if offset > 1_000_000:
                raise asyncssh.SFTPNoSpaceOnFilesystem("/srv/secret is full")
            return super().write(file_obj, offset, data)

    async with place_of("sftp", tmp_path, files=Full) as place:
        with pytest.raises(RobotError, match=r"cat.jpg could not be stored") as caught:
            await place.stores(patient, content=LARGE)

    assert "srv" not in str(caught.value)
    assert place.names() == []


async def test_an_import_that_ends_early_is_no_file(tmp_path: Path, patient: Bench) -> None:
    class Liar(Home):
        def stat(self, path: bytes) -> Any:
            told = asyncssh.SFTPAttrs.from_local(os.stat(self.map_path(path)))
            told.size = 1000
            return told

    async with place_of("sftp", tmp_path, files=Liar) as place:
        place.puts("short.txt")
        with pytest.raises(RobotError, match="it ended before all of it was there"):
            await place.imports(patient, "short.txt")

    assert list(patient.folder.glob("*-import")) == []


async def test_hostile_names_and_endless_lists_do_no_harm(
    tmp_path: Path, patient: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hostile(Home):
        async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
            attrs = asyncssh.SFTPAttrs.from_local((tmp_path / "root/home/sam/a.txt").stat())
            for name in (b"../../evil", b"..", b".", b"", b"a\nb", b"/etc/passwd", b"a.txt"):
                yield asyncssh.SFTPName(name, attrs=attrs)
            while path.endswith(b"endless"):
                yield asyncssh.SFTPName(b"a.txt", attrs=attrs)

    monkeypatch.setattr(library, "MOST_ENTRIES", 500)
    async with place_of("sftp", tmp_path, files=Hostile) as place:
        place.puts("a.txt", "endless/a.txt")
        files = await place.imports(patient, "/")
        with pytest.raises(RobotError, match="more than 500 files") as caught:
            await place.imports(patient, "endless/")

    assert [file.bytes.read_text() for file in files] == ["a.txt"]
    assert caught.value.code == "SFTP_IMPORT_FAILURE"


@pytest.mark.parametrize(("most", "longest"), [(30, 4096), (100_000, 40)])
async def test_folders_in_folders_without_end_are_left(
    tmp_path: Path, patient: Bench, monkeypatch: pytest.MonkeyPatch, most: int, longest: int
) -> None:
    class Deep(Home):
        async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
            yield asyncssh.SFTPName(b"deep", attrs=asyncssh.SFTPAttrs.from_local((tmp_path / "root").stat()))

        def realpath(self, path: bytes, *more: Any) -> bytes:
            return self._whole(path)

    monkeypatch.setattr(robots, "MOST_ENTRIES", most)
    monkeypatch.setattr(robots, "LONGEST", longest)
    async with place_of("sftp", tmp_path, files=Deep) as place:
        with pytest.raises(RobotError, match="too many files and folders") as caught:
            await place.imports(patient, "a/", recursive=True)

    assert caught.value.code == "SFTP_IMPORT_FAILURE"


async def test_a_server_that_falls_silent_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(Home):
        async def open(self, *_: Any) -> object:
            return await asyncio.Event().wait()

    monkeypatch.setattr(SftpImportRobot, "pauses", ())
    client_ = HttpClient(allow=[ip_network("127.0.0.0/8")], timeouts=Timeouts(connect=5, head=5, idle=0.3))
    bench = Bench(tmp_path, client_, KnownHosts(tmp_path / "known_hosts"))
    async with place_of("sftp", tmp_path, files=Silent) as place:
        place.puts("a.txt")
        with pytest.raises(RobotError, match="too long to answer") as caught:
            await place.imports(bench, "a.txt")

    assert not caught.value.retry


@pytest.mark.case(106, 126)
async def test_an_assembly_stores_with_template_credentials(place: Place, tmp_path: Path) -> None:
    content = {**keyed(place).login, "port": str(place.login["port"])}
    steps = {
        "stored": {"robot": "/sftp/store", "use": ":original", "credentials": "my_sftp", "path": "${file.name}"},
        "back": {"robot": "/sftp/import", "credentials": "my_sftp", "path": "/", "result": True},
    }
    async with inside(tmp_path / "data") as app, client(app) as http:
        account = app.parts.accounts.first.account.id
        given = {name: value for name, value in content.items() if value}
        await app.parts.credentials.create(account, {"name": "my_sftp", "type": "sftp", "content": given}, 1.0)
        place.puts("before.txt")
        form = FormData({"params": json.dumps({"auth": {"key": KEY}, "steps": steps})})
        form.add_field("file", b"hello", filename="new.txt")
        async with http.post("/assemblies", data=form) as answer:
            status = await ended(http, await answer.json(), 60)

    assert status.get("ok") == "ASSEMBLY_COMPLETED", status
    assert (place.home / "new.txt").read_text() == "hello"
    assert "before.txt" in [file["name"] for file in status["results"]["back"]]
    assert status["uploads"][0]["ssl_url"] == "https://127.0.0.1/new.txt"
    assert sftp.private("user").splitlines()[1] not in json.dumps(status)
    assert (tmp_path / "data/known_hosts").read_text().count("\n") == 1


@pytest.mark.case(126)
async def test_a_job_that_lost_its_connection_is_run_again_and_leaves_no_half_file(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SftpStoreRobot, "pauses", ())
    monkeypatch.setattr(retry, "PAUSES", (0.01, 0.01))
    store = {"robot": "/sftp/store", "use": ":original", "path": "a", **place.login}
    async with faults(place.login["port"]) as proxy, inside(tmp_path / "data") as app, client(app) as http:
        proxy.fail(Line(cut=300_000), Line(cut=300_000))
        params = {"auth": {"key": KEY}, "steps": {"stored": {**store, "port": proxy.port}}}
        form = FormData({"params": json.dumps(params)})
        form.add_field("file", LARGE[:900_000], filename="new.txt")
        async with http.post("/assemblies", data=form) as answer:
            status = await ended(http, await answer.json(), 60)

    assert status.get("ok") == "ASSEMBLY_COMPLETED", status
    assert len(proxy.passed) == 3
    assert place.names() == ["a"]
    assert (place.home / "a").read_bytes() == LARGE[:900_000]
