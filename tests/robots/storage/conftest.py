"""One S3 server for all tests of the storages, with a new bucket for each, and what a robot is given there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_network
from itertools import count
from pathlib import Path

import pytest

from robots.tools.http import HttpClient, Timeouts
from robots.tools.remote.known import KnownHosts
from robots.tools.remote.robots import RemoteImport, RemoteStore
from robots.tools.s3.robots import S3Import, S3Store
from tests.robots.workspace import Bench
from tests.seaweed import Seaweed, seaweed

numbers = count(1)


@pytest.fixture(scope="session")
def weed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    with seaweed(tmp_path_factory.mktemp("seaweed")) as server:
        yield server


@pytest.fixture
def bucket(weed: Seaweed) -> str:
    return weed.make(f"bucket-{next(numbers)}")


@pytest.fixture(scope="session")
def library(weed: Seaweed) -> str:
    """A bucket that is only read: each of its files holds its key."""
    name = weed.make("library")
    for key in ("top.txt", "docs/a.txt", "docs/b ü.txt", "docs/deep/c.txt", "other/d.txt"):
        weed.put(name, key, key.encode())
    return name


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    """A bench that may reach this machine; new tries come at once."""
    for robot in (S3Import, S3Store):
        monkeypatch.setattr(robot, "pauses", (0, 0, 0))
    client = HttpClient(allow=[ip_network("127.0.0.0/8")], timeouts=Timeouts(connect=2, head=5, idle=2, total=20))
    yield Bench(tmp_path, client)
    await client.close()


@pytest.fixture
async def patient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    """A bench on which no server of this machine is too slow, and that remembers the keys of those of SFTP."""
    for robot in (RemoteImport, RemoteStore):
        monkeypatch.setattr(robot, "pauses", (0, 0, 0))
    client = HttpClient(allow=[ip_network("127.0.0.0/8")])
    yield Bench(tmp_path, client, KnownHosts(tmp_path / "known_hosts"))
    await client.close()
