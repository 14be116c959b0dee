"""Robots for FTP: where transfers go, TLS, and servers that do not behave."""

from __future__ import annotations

import json
import logging
import os
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pyftpdlib.filesystems import AbstractedFS
from pyftpdlib.handlers import DTPHandler, FTPHandler, TLS_FTPHandler

from robots.base.errors import RobotError
from robots.storage.ftp import FtpImportParams, FtpStoreParams
from robots.tools.remote import ftp, wire
from tests.canary import escapes
from tests.certificate import certificate
from tests.ftp import ftpd
from tests.inside import client, inside
from tests.live import KEY, ended
from tests.robots.storage.servers import CONTENT, Place, place_of
from tests.robots.workspace import Bench

LARGE = os.urandom(2_500_000)
OLD = {name: how for name, how in FTPHandler.proto_cmds.items() if name not in ("EPSV", "MLSD")}


class Listening(FTPHandler):  # type: ignore[misc]
    """Writes down what it is asked."""

    heard: list[str]

    def pre_process_command(self, line: str, cmd: str, arg: str) -> None:
        self.heard.append(cmd)
        super().pre_process_command(line, cmd, arg)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with place_of("ftp", tmp_path) as place:
        yield place


async def test_who_has_no_name_is_a_guest(tmp_path: Path, patient: Bench) -> None:
    (tmp_path / "a.txt").write_text("for all")
    with ftpd(tmp_path) as login:
        guest = Place("ftp", tmp_path, {"host": login["host"], "port": login["port"]})
        (file,) = await guest.imports(patient, "a.txt", import_on_errors=["meta"], force_name="b.txt")

    assert (file.name, file.bytes.read_text()) == ("b.txt", "for all")


def test_the_credentials_say_who_signs_in_and_where() -> None:
    given = {"credentials": "my_ftp", "path": "a"}

    FtpImportParams.check(given, frozenset())
    assert FtpStoreParams.parse({"host": "example.com", "path": "a"}).login().user == "anonymous"
    assert FtpStoreParams.parse({"host": "example.com", "path": "a"}).port == 21
    hidden = {"use_remote_utime": True, "version": 2, "allowNetwork": "10.0.0.0/8"}
    assert sorted(FtpStoreParams.unheeded({**given, **hidden})) == ["allowNetwork", "use_remote_utime", "version"]
    FtpStoreParams.parse({**given, **hidden})


async def test_the_urls_are_made_as_the_templates_say(place: Place, patient: Bench) -> None:
    usual = await place.stores(patient)
    own = await place.stores(
        patient, url_template="http://cdn.example/{PATH}", ssl_url_template="https://cdn.example/x"
    )

    assert usual.url == usual.ssl_url == "https://127.0.0.1/pets/cat.jpg"
    assert (own.url, own.ssl_url) == ("http://cdn.example/pets/cat.jpg", "https://cdn.example/x")


@pytest.mark.case(55)
async def test_the_address_in_an_answer_is_not_called(tmp_path: Path, patient: Bench) -> None:
    elsewhere = {"masquerade_address": "10.0.0.1", "proto_cmds": OLD}
    async with place_of("ftp", tmp_path, **elsewhere) as place:
        await place.stores(patient)
        (back,) = await place.imports(patient, "pets/")

    assert back.bytes.read_bytes() == CONTENT


@pytest.mark.case(55)
@pytest.mark.parametrize("answer", ["227 (127,0,0,1,0,25)", "227 (127,0,0,1,24,235)", "227 (198,41,0,4,0,80)"])
async def test_no_port_of_a_service_is_called(tmp_path: Path, patient: Bench, answer: str) -> None:
    class Bouncing(FTPHandler):  # type: ignore[misc]
        def ftp_PASV(self, line: str) -> None:
            self.respond(answer)

    async with place_of("ftp", tmp_path, handler=Bouncing, proto_cmds=OLD) as place:
        place.puts("a.txt")
        with pytest.raises(RobotError, match="which is not for that") as caught:
            await place.imports(patient, "a.txt")

    assert caught.value.code == "FTP_IMPORT_ACCESS_DENIED"


@pytest.mark.case(55)
@pytest.mark.parametrize("answer", ["229 (|||99999|)", "229 no port", "227 (1,2,3)", "500 no"])
async def test_an_answer_without_a_port_ends_the_transfer(tmp_path: Path, patient: Bench, answer: str) -> None:
    class Strange(FTPHandler):  # type: ignore[misc]
        def ftp_EPSV(self, line: str) -> None:
            self.respond(answer if answer.startswith("229") else "500 no")

        def ftp_PASV(self, line: str) -> None:
            self.respond(answer)

    async with place_of("ftp", tmp_path, handler=Strange) as place:
        place.puts("a.txt")
        with pytest.raises(RobotError) as caught:
            await place.imports(patient, "a.txt")

    assert caught.value.code in ("FTP_IMPORT_FAILURE", "FTP_IMPORT_ACCESS_DENIED")


async def test_a_port_for_files_that_nobody_opens_is_told(tmp_path: Path, patient: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]  # on which nobody listens any more

    class Walled(FTPHandler):  # type: ignore[misc]
        def ftp_EPSV(self, line: str) -> None:
            self.respond(f"229 Entering extended passive mode (|||{port}|).")

    async with place_of("ftp", tmp_path, handler=Walled) as place:
        place.puts("a.txt")
        with pytest.raises(RobotError, match=f"wants to transfer files on port {port}, and lets nobody in"):
            await place.imports(patient, "a.txt")


@pytest.mark.case(55)
async def test_passive_mode_is_the_only_one(tmp_path: Path, patient: Bench) -> None:
    heard: list[str] = []
    async with place_of("ftp", tmp_path, handler=Listening, heard=heard) as place:
        place.puts("docs/a.txt")
        (file,) = await place.imports(patient, "docs/", passive_mode=False)

    assert file.bytes.read_text() == "docs/a.txt"
    assert not {"PORT", "EPRT"} & set(heard)
    assert patient.warnings == [
        "passive_mode: no server may connect to this one, so the connections were passive all the same."
    ]


@pytest.mark.case(55)
async def test_a_folder_that_turns_out_to_be_elsewhere_is_left(tmp_path: Path, patient: Bench) -> None:
    class Elsewhere(FTPHandler):  # type: ignore[misc]
        def ftp_PWD(self, line: str) -> None:
            self.respond('257 "/home/sam"' if self.fs.cwd == "/" else '257 "/etc/""x"""')

        def ftp_CWD(self, path: str) -> None:
            super().ftp_CWD("/" if path.endswith("/home/sam") else path)

    async with place_of("ftp", tmp_path, handler=Elsewhere) as place:
        place.puts("a.txt", "docs/a.txt")
        await place.imports(patient, "/home/sam/a.txt")
        for act in (
            place.imports(patient, "docs/a.txt"),
            place.stores(patient, "docs/b.txt"),
            place.imports(patient, "docs/"),
        ):
            with pytest.raises(RobotError, match="docs leads out of the login folder") as caught:
                await act
            assert caught.value.code in ("FTP_IMPORT_ACCESS_DENIED", "FTP_STORE_VALIDATION")

    assert place.names() == ["a.txt", "docs/a.txt"]


async def test_folders_are_read_from_lists_of_columns_too(tmp_path: Path, patient: Bench) -> None:
    async with place_of("ftp", tmp_path, proto_cmds=OLD) as place:
        place.puts("docs/b.txt", "docs/a ü.txt", "docs/deep/c.txt")
        (place.home / "docs/link.txt").symlink_to(place.home / "docs/b.txt")
        files = await place.imports(patient, "docs/")

    assert [file.name for file in files] == ["a ü.txt", "b.txt"]
    assert len(patient.warnings) == 1


def endless(names: list[str], more: Callable[[], bool]) -> type[AbstractedFS]:
    class Endless(AbstractedFS):  # type: ignore[misc]
        def format_mlsx(self, *_: Any, **__: Any) -> Iterator[bytes]:
            for name in names:
                yield f"type=file;size=7; {name}\r\n".encode()
            while more():
                yield b"type=file;size=7; a.txt\r\n" * 100

    return Endless


async def test_hostile_names_and_endless_lists_do_no_harm(
    tmp_path: Path, patient: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["../../evil", "..", ".", "/etc/passwd", "a\x01b", "", "a.txt"]
    monkeypatch.setattr(ftp, "MOST_ENTRIES", 500)
    async with place_of("ftp", tmp_path, abstracted_fs=endless(names, lambda: False)) as place:
        place.puts("a.txt")
        files = await place.imports(patient, "/")
    async with place_of("ftp", tmp_path, abstracted_fs=endless([], lambda: True)) as place:
        with pytest.raises(RobotError, match="more than 500 files") as caught:
            await place.imports(patient, "/")

    assert [file.bytes.read_text() for file in files] == ["a.txt"]
    assert caught.value.code == "FTP_IMPORT_FAILURE"


class Dropping(DTPHandler):  # type: ignore[misc]
    """Drops transfers in the middle, with one of the `drops` as answer."""

    drops: list[str]

    def handle_read(self) -> None:
        super().handle_read()
        if self.drops and self.tot_bytes_received > 1_000_000 and not self._closed:
            self._resp = (self.drops.pop(0), logging.debug)
            self.transfer_finished = False
            self.close()

    handle_read_event = handle_read


@pytest.mark.case(126)
async def test_a_file_is_stored_though_transfers_break_in_the_middle(tmp_path: Path, patient: Bench) -> None:
    drops = ["426 dropped", "426 dropped", "552 /srv/secret is full"]
    dropping = type("Once", (Dropping,), {"drops": drops})
    async with place_of("ftp", tmp_path, dtp_handler=dropping) as place:
        place.puts("pets/cat.jpg")
        with pytest.raises(RobotError, match="no room left") as caught:
            await place.stores(patient, content=LARGE)
        assert place.names() == ["pets/cat.jpg"]
        assert (place.home / "pets/cat.jpg").read_text() == "pets/cat.jpg"

        drops += ["426 dropped", "451 try again"]
        await place.stores(patient, content=LARGE)

    assert (caught.value.code, "srv" in str(caught.value)) == ("WORKER_JOB_ERROR", False)
    assert (place.home / "pets/cat.jpg").read_bytes() == LARGE
    assert place.names() == ["pets/cat.jpg"]


@pytest.mark.case(126)
@pytest.mark.parametrize("size", [1000, 5])
async def test_what_has_not_all_arrived_is_no_file(tmp_path: Path, patient: Bench, size: int) -> None:
    class Lying(FTPHandler):  # type: ignore[misc]
        def ftp_SIZE(self, path: str) -> None:
            self.respond(f"213 {size}")

    async with place_of("ftp", tmp_path, handler=Lying) as place:
        with pytest.raises(RobotError, match="not all of it arrived"):
            await place.stores(patient)
        assert place.names() == []

        place.puts("a long name.txt")
        if size == 1000:
            with pytest.raises(RobotError, match="ended before all of it"):
                await place.imports(patient, "a long name.txt")
        else:
            assert len(await place.imports(patient, "a long name.txt")) == 1


def refusing(refuses: Callable[[str, str], bool]) -> type[FTPHandler]:
    """A server that does not rename everything, as it decides by the old path and the new one."""

    class Refusing(FTPHandler):  # type: ignore[misc]
        moved = ""

        def ftp_RNFR(self, path: str) -> None:
            self.moved = path
            super().ftp_RNFR(path)

        def ftp_RNTO(self, path: str) -> None:
            if refuses(self.moved, path):
                self._rnfr = None
                self.respond("553 no file gets this name")
            else:
                super().ftp_RNTO(path)

    return Refusing


@pytest.mark.case(126)
async def test_on_a_server_that_replaces_nothing_the_old_file_makes_room(tmp_path: Path, patient: Bench) -> None:
    strict = refusing(lambda old, new: os.path.exists(new))
    async with place_of("ftp", tmp_path, handler=strict) as place:
        place.puts("pets/cat.jpg")
        await place.stores(patient)

    assert place.names() == ["pets/cat.jpg"]
    assert (place.home / "pets/cat.jpg").read_bytes() == CONTENT


async def test_the_old_file_stays_where_the_new_one_cannot_take_its_place(tmp_path: Path, patient: Bench) -> None:
    stubborn = refusing(lambda old, new: new.endswith("/cat.jpg") and not old.endswith(".old"))
    async with place_of("ftp", tmp_path, handler=stubborn) as place:
        place.puts("pets/cat.jpg")
        with pytest.raises(RobotError):
            await place.stores(patient)

    assert place.names() == ["pets/cat.jpg"]
    assert (place.home / "pets/cat.jpg").read_text() == "pets/cat.jpg"


async def test_a_path_that_the_server_does_not_take_is_told_as_such(place: Place, patient: Bench) -> None:
    with pytest.raises(RobotError, match="does not take a file with this path"):
        await place.stores(patient, "n" * 300)

    assert place.names() == []


async def test_a_user_who_may_not_write_is_told_so(tmp_path: Path, patient: Bench) -> None:
    async with place_of("ftp", tmp_path, perm="el") as place:
        with pytest.raises(RobotError, match="the user may not do this") as caught:
            await place.stores(patient)

    assert caught.value.code == "FTP_STORE_VALIDATION"


class Tls(TLS_FTPHandler):  # type: ignore[misc]
    """Speaks of nothing before the line is safe."""

    tls_control_required = True
    tls_data_required = True


class Implicit(Tls):
    """Speaks TLS from the first byte."""

    def handle(self) -> None:
        self.secure_connection(self.ssl_context)
        super().handle()


@pytest.mark.parametrize("handler", [Tls, Implicit])
async def test_secure_speaks_over_tls(
    tmp_path: Path, patient: Bench, monkeypatch: pytest.MonkeyPatch, handler: type[Tls]
) -> None:
    certfile = str(certificate(tmp_path))
    monkeypatch.setattr(wire, "context", lambda: ssl.create_default_context(cafile=certfile))
    reused = set()
    write = wire.Stream.write

    async def watched(stream: wire.Stream, data: bytes) -> None:
        if len(data) > 1000:
            reused.add(stream.writer.get_extra_info("ssl_object").session_reused)
        await write(stream, data)

    async with place_of("ftp", tmp_path, handler=handler, certfile=certfile) as place:
        if handler is Implicit:
            monkeypatch.setattr(ftp, "PORT_OF_TLS", place.login["port"])
        with monkeypatch.context() as patch:
            patch.setattr(wire.Stream, "write", watched)
            await place.stores(patient, content=LARGE, secure=True)

    assert (place.home / "pets/cat.jpg").read_bytes() == LARGE
    assert reused == {True}


async def test_a_server_whose_certificate_is_not_valid_hears_no_password(tmp_path: Path, patient: Bench) -> None:
    heard: list[str] = []
    handler = type("Both", (Listening, Tls), {"heard": heard})
    async with place_of("ftp", tmp_path, handler=handler, certfile=str(certificate(tmp_path))) as place:
        with pytest.raises(RobotError, match="certificate of the server is not valid") as caught:
            await place.stores(patient, secure=True)
        with pytest.raises(RobotError):
            await place.stores(patient)

    assert caught.value.code == "FTP_STORE_VALIDATION"
    assert "PASS" not in heard[: heard.index("USER")]


async def test_a_server_without_tls_is_said_to_be_one_and_hears_no_password(tmp_path: Path, patient: Bench) -> None:
    heard: list[str] = []
    async with place_of("ftp", tmp_path, handler=type("Plain", (Listening,), {"heard": heard})) as place:
        with pytest.raises(RobotError, match="does not speak TLS") as caught:
            await place.stores(patient, secure=True)

    assert caught.value.code == "FTP_STORE_VALIDATION"
    assert "PASS" not in heard


class Meddled(Tls):
    """Somebody on the way says something, too, as long as the line is not safe."""

    def respond(self, resp: str, *more: Any) -> None:
        super().respond(f"{resp}\r\n200 Just go on." if resp.startswith("234") else resp, *more)


async def test_what_is_said_before_the_line_is_safe_is_not_taken_for_what_is_said_after(
    tmp_path: Path, patient: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    certfile = str(certificate(tmp_path))
    monkeypatch.setattr(wire, "context", lambda: ssl.create_default_context(cafile=certfile))
    async with place_of("ftp", tmp_path, handler=Meddled, certfile=certfile) as place:
        with pytest.raises(RobotError, match="before the line was safe"):
            await place.stores(patient, secure=True)

    assert place.names() == []


@pytest.mark.case(106)
async def test_a_password_in_a_step_is_used_and_never_shown(place: Place, tmp_path: Path) -> None:
    place.puts("in/a.txt")
    imported = {"robot": "/ftp/import", "path": "in/", **place.login}
    stored = {"robot": "/ftp/store", "use": "imported", "path": "out/${file.name}", **place.login}
    async with inside(tmp_path / "data") as app, client(app) as http:
        for password, ending in ((place.login["password"], "ASSEMBLY_COMPLETED"), ("x", "FTP_STORE_VALIDATION")):
            steps = {"imported": imported, "stored": {**stored, "password": password}}
            form = {"params": json.dumps({"auth": {"key": KEY}, "steps": steps})}
            async with http.post("/assemblies", data=form) as answer:
                status = await ended(http, await answer.json(), 60)
            assert status.get("ok", status.get("error")) == ending, status
            assert escapes(json.dumps(status).encode()) == []

    assert (place.home / "out/a.txt").read_text() == "in/a.txt"
