"""No robot that takes a host or a URL connects to an address that is not public: for all robots, and those to come."""

import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from robots.base.catalog import Catalog
from robots.base.errors import RobotError
from robots.base.file import File
from robots.base.params import Invalid
from robots.base.robot import Robot
from robots.tools.browser.browser import Browser
from robots.tools.ffprobe import Ffprobe
from robots.tools.http import HttpClient
from robots.tools.lookup import Lookup
from robots.tools.programs import Programs
from robots.tools.remote.known import KnownHosts
from tests import samples
from tests.house.test_names import step_params
from tests.names import told
from tests.robots.workspace import Bench, file_at, run

PLACE = re.compile(r"(^|_)(url|host|endpoint|server)s?$")
# Names whose servers say that they are at home here.
NAMES = {
    "public.example": ["198.41.0.4"],
    "localhost": ["127.0.0.1", "::1"],
    "localhost.": ["127.0.0.1"],
    "localtest.example": ["127.0.0.1"],
    "127.0.0.1.names.example": ["127.0.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "instance-data": ["169.254.169.254"],
    "office.example": ["10.0.0.1"],
    "home.example": ["192.168.1.1"],
    "six.example": ["fd00::1"],
    "mapped.example": ["::ffff:10.0.0.1"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "several.example": ["10.0.0.1", "fe80::1", "127.0.0.1"],
    "vm": ["127.0.0.1"],
}
ADDRESSES = (
    *("127.0.0.1", "127.0.0.1:80", "127.1", "127.0.1", "127.255.255.254", "0.0.0.0", "0", "2130706433", "0x7f000001"),
    *("0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.0.0.1.", "00000177.0.0.1", "0X7F.1"),
    *("10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "100.100.100.200", "169.254.169.254", "0xa9fea9fe"),
    *("2852039166", "192.0.0.192", "198.18.0.1", "224.0.0.1", "255.255.255.255", "192.88.99.1"),
    *("[::1]", "[::]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:a9fe:a9fe]"),
    *("[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001::1]", "[fe80::1]", "[fec0::1]"),
    *("[fd00:ec2::254]", "[ff02::1]", "[fe80::1%25lo]", "[5f00::1]", "[3fff::1]"),
    *("127．0．0．1", "①②⑦.⓪.⓪.①", "１２７.0.0.1", "127。0。0。1", "loc\u00adalhost", "ⓛocalhost"),
    *("me:secret@127.0.0.1", "example.com@127.0.0.1", "127.0.0.1\\@example.com", "example.com\\@127.0.0.1"),
    *("localhost\0.example.com", "127.0.0.1%00.example.com", "127.0.0.1 .example.com", "127.0.0.1\t"),
    *("127.0.0.1:22", "127.0.0.1:25", "127.0.0.1:6379", "127.0.0.1:11211", "127.0.0.1:65536"),
)
URLS = (
    *(f"http://{host}/canary" for host in (*ADDRESSES, *NAMES) if host != "public.example"),
    *("HTTPS://127.0.0.1/", "http:/127.0.0.1/", "http:127.0.0.1", "//127.0.0.1/", "http:///127.0.0.1/"),
    *("file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:6379/_", "dict://127.0.0.1/", "unix:///run/a.sock"),
    *("data:,canary", "jar:http://127.0.0.1!/", "http+unix://%2Frun%2Fa.sock/", "ldap://127.0.0.1/", "\x00http://0/"),
)
HOSTS = sorted({*ADDRESSES, *(address.strip("[]") for address in ADDRESSES), *NAMES} - {"public.example"})
REFUSED = re.compile(
    r"not public|plain ASCII|only http and https|not for web|not spelled|not a URL|control char|must match"
    r"|must be the host of a storage|no server of this name|name or the address of a server"
)
# What is spoken where, by those who do not speak HTTP: their parameter is a host and no URL.
PORTS = {"ftp": 21, "sftp": 22}
FILES: dict[str, Callable[[Path], Path]] = {
    "image": samples.png,
    "video": samples.mp4,
    "audio": samples.mp3,
    "application/pdf": samples.pdf,
}


def places() -> list[Any]:
    """Each parameter of each robot that says where something is."""
    robots = [Catalog().get(name) for name in Catalog().names()]
    return [
        pytest.param(robot, param, id=f"{robot.name} {param}")
        for robot in robots
        for param in robot.model.model_fields
        if PLACE.search(param)
    ]


class Once(Ffprobe):
    """Looks at a file only once."""

    seen: dict[Path, dict[str, Any]] = {}

    async def show(self, path: Path) -> dict[str, Any]:
        if path not in self.seen:
            self.seen[path] = await super().show(path)
        return self.seen[path]


def inputs(robot: type[Robot[Any]], folder: Path) -> list[File]:
    """A real file of a kind that the robot takes."""
    if robot.inputs == "none":
        return []
    kind = next((kind for kind in FILES if kind in robot.accepts), "image")
    return [file_at(FILES[kind](folder), type=kind)]


def names(host: str, port: int, *how: Any) -> list[Any]:
    """A name server for NAMES and the buckets below them; odd spellings of addresses are left to the real thing."""
    if known := next((name for name in NAMES if f".{host}".endswith(f".{name}")), None):
        return told(*NAMES[known])(host, port)
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)


class Line:
    """In place of the one to the outside: it only notes who would have been called."""

    def __init__(self) -> None:
        self.called: list[object] = []

    def connect(self, address: object) -> None:
        self.called.append(address)
        raise ConnectionRefusedError


async def outcome(robot: type[Robot[Any]], params: dict[str, Any], files: list[File], bench: Bench) -> str:
    """What the user is told."""
    try:
        return f"{len(await run(robot, params, files, bench))} results"
    except (RobotError, Invalid) as error:
        return str(error)


@pytest.mark.case(44, 52, 58)
@pytest.mark.parametrize(("robot", "param"), places())
async def test_no_address_that_is_not_public_is_ever_connected(
    robot: type[Robot[Any]], param: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line()
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: line.connect(address))
    monkeypatch.setattr(socket.socket, "connect_ex", lambda _, address: line.connect(address))
    monkeypatch.setattr(robot, "pauses", (), raising=False)
    client = HttpClient(lookup=Lookup(names))
    (step,) = [step for step in robot.example.values() if step["robot"] == robot.name]
    files = inputs(robot, tmp_path)
    bench = Bench(tmp_path, client, Once(Programs({})), Browser(Programs({})), KnownHosts(tmp_path / "known_hosts"))
    port = PORTS.get(robot.name.split("/")[1])
    known = step_params(step) | ({"user": "me", "password": "x"} if port else {})
    bad, good = ((*HOSTS, *URLS), "public.example") if port else (URLS, "http://public.example/")

    told = {place: await outcome(robot, known | {param: place}, files, bench) for place in bad}
    denied = list(line.called)
    await outcome(robot, known | {param: good}, files, bench)
    await client.close()

    assert denied == []
    assert {place: words for place, words in told.items() if not REFUSED.search(words)} == {}
    assert set(line.called) == {("198.41.0.4", port or 80)}  # the line would have noted the others
