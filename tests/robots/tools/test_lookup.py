"""Asking name servers."""

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest

from robots.tools.lookup import AT_ONCE, OF_ONE_DOMAIN, Lookup
from tests.names import told


class SlowServers:
    """Names under .slow.example are never answered before the end of the test."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.waiting = 0

    def __call__(self, host: str, port: int, *_: object) -> list[object]:
        if "slow" in host:
            self.waiting += 1
            self.over.wait(20)
        return told("198.41.0.4")(host, port)


@pytest.fixture
def slow() -> Iterator[SlowServers]:
    servers = SlowServers()
    yield servers
    servers.over.set()


async def test_a_name_has_the_addresses_that_its_servers_tell() -> None:
    (found,) = await Lookup(told("198.41.0.4")).resolve("a.example", 443)

    assert (found["hostname"], found["host"], found["port"]) == ("a.example", "198.41.0.4", 443)
    assert found["family"] == socket.AF_INET


async def test_this_machine_is_known_by_its_real_name() -> None:
    assert "127.0.0.1" in {info[4][0] for info in await Lookup().find("localhost", 80, socket.AF_INET)}


@pytest.mark.case(128)
async def test_a_slow_name_server_is_given_up(slow: SlowServers) -> None:
    with pytest.raises(socket.gaierror, match="too long") as caught:
        await Lookup(slow, deadline=0.1).find("slow.example", 80)

    assert caught.value.errno == socket.EAI_AGAIN


@pytest.mark.case(128)
async def test_two_hundred_slow_names_of_one_domain_keep_nobody_else_back(slow: SlowServers) -> None:
    lookup = Lookup(slow)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(lookup.find(f"n{n}.slow.example", 80)) for n in range(200)]
        quick = await lookup.find("quick.test", 80)
        disk = await asyncio.to_thread(lambda: "the threads of the loop are free")
        for task in tasks:
            task.cancel()

    assert quick
    assert disk
    assert slow.waiting <= OF_ONE_DOMAIN < AT_ONCE


@pytest.mark.case(128)
async def test_a_seat_is_free_again_when_its_thread_is(slow: SlowServers) -> None:
    lookup = Lookup(slow, deadline=0.1)
    names = [f"n{n}.slow.example" for n in range(OF_ONE_DOMAIN)]
    lost = await asyncio.gather(*(lookup.find(name, 80) for name in names), return_exceptions=True)
    lookup.deadline = 10

    slow.over.set()

    assert all(isinstance(one, socket.gaierror) for one in lost)
    assert await lookup.find("again.slow.example", 80)


async def test_a_name_that_cannot_be_spelled_is_not_known() -> None:
    with pytest.raises(socket.gaierror):
        await Lookup().find("a" * 64 + ".example", 80)
