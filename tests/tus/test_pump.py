"""Pumps carry exactly what they took, and leave nothing behind."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tus.pump import Pump, Pumps, Way

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        source, _ = server.accept()
        source.setblocking(False)
        with client, source:
            yield client, source


@pytest.fixture(params=["splice", "copy"])
def pump(request: pytest.FixtureRequest) -> Pump:
    way: Way = request.param
    pump = Pumps(way).pump(None)
    assert pump is not None
    return pump


def taken(pump: Pump, source: socket.socket, most: int) -> int:
    while True:
        try:
            return pump.take(source, most)
        except BlockingIOError:
            continue


def test_no_more_is_taken_than_was_asked_for(pair: Pair, pump: Pump, tmp_path: Path) -> None:
    client, source = pair
    client.sendall(b"hello world")
    with (tmp_path / "a").open("wb") as target:
        pump.give(target.fileno(), taken(pump, source, 5))

    assert (tmp_path / "a").read_bytes() == b"hello"
    assert source.recv(100) == b" world"


def test_the_end_of_a_stream_is_nothing(pair: Pair, pump: Pump, tmp_path: Path) -> None:
    client, source = pair
    client.close()

    assert taken(pump, source, 5) == 0


def test_what_could_not_be_written_does_not_get_into_another_upload(pair: Pair, pump: Pump, tmp_path: Path) -> None:
    client, source = pair
    client.sendall(b"lost")
    size = taken(pump, source, 100)
    with pytest.raises(OSError, match="No space left"), open("/dev/full", "wb", 0) as target:
        pump.give(target.fileno(), size)

    client.sendall(b"found")
    with (tmp_path / "b").open("wb") as target:
        pump.give(target.fileno(), taken(pump, source, 100))

    assert (tmp_path / "b").read_bytes() == b"found"


def test_a_file_that_cannot_be_spliced_to_is_written_to(pair: Pair, pump: Pump, tmp_path: Path) -> None:
    client, source = pair
    client.sendall(b"hello")
    descriptor = os.open(tmp_path / "a", os.O_CREAT | os.O_WRONLY | os.O_APPEND)  # which splicing refuses

    pump.give(descriptor, taken(pump, source, 100))
    os.close(descriptor)

    assert (tmp_path / "a").read_bytes() == b"hello"


def test_who_looks_at_the_bytes_sees_them_all(pair: Pair, tmp_path: Path) -> None:
    seen = bytearray()
    pump = Pumps("splice").pump(seen.extend)
    assert pump is not None
    client, source = pair
    client.sendall(b"hello")
    with (tmp_path / "a").open("wb") as target:
        pump.give(target.fileno(), taken(pump, source, 100))

    assert seen == b"hello"
