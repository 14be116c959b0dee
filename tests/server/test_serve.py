"""A server says how to use it, and stops when it is asked to."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
Server = subprocess.Popen[str]
Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path, alive: int) -> Iterator[Start]:
    """Starts toy servers as programs, as a terminal would."""
    started: list[Server] = []

    def begin(*words: str, host: str = "127.0.0.1", port: int = 0) -> Server:
        argv = [sys.executable, "-m", "tests.server.toy_server", host, str(port), str(tmp_path), *words]
        server = subprocess.Popen(argv, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        started.append(server)
        return server

    yield begin
    for server in started:
        server.kill()
        server.communicate()


def until(server: Server, words: str) -> str:
    """The next line that holds the words."""
    assert server.stdout is not None
    return next(line for line in server.stdout if words in line)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.case(112)
def test_a_signal_stops_it_in_good_order(start: Start, number: signal.Signals) -> None:
    server = start()
    until(server, "Ctrl-C stops it.")

    server.send_signal(number)
    out, errors = server.communicate(timeout=20)

    assert server.returncode == 0
    assert out.splitlines()[-2:] == ["stopping within 10 seconds", "stopped"]
    assert errors == ""


def test_the_banner_comes_when_it_listens(start: Start) -> None:
    server = start()

    port = int(until(server, "Sluice listens on ").rpartition(":")[2])

    with socket.create_connection(("127.0.0.1", port), timeout=5):
        assert "secret" in until(server, "secret")


@pytest.mark.case(112)
def test_a_second_signal_ends_it_and_all_its_children_at_once(start: Start, alive: int) -> None:
    server = start("slow")
    until(server, "Ctrl-C stops it.")

    server.send_signal(signal.SIGINT)
    until(server, "stopping within")
    server.send_signal(signal.SIGINT)

    assert server.wait(timeout=20) == 130
    assert select.select([alive], [], [], 20)[0], "a child still holds the pipe"
    assert os.read(alive, 1) == b""


def test_a_port_that_is_taken_is_told_in_one_sentence(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        server = start(port=port)
        _, errors = server.communicate(timeout=20)

    assert server.returncode == 1
    assert errors == f"127.0.0.1:{port} is taken by another program: choose another --port (0 takes a free one).\n"


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_that_is_not_ours_is_told_in_one_sentence(start: Start, host: str) -> None:
    server = start(host=host)
    _, errors = server.communicate(timeout=20)

    assert server.returncode == 1
    assert errors.startswith(f"The server cannot listen on {host}:0: ")
    assert errors.count("\n") == 1
