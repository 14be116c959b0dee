"""Connections for protocols other than HTTP."""

import asyncio
from ipaddress import ip_network

import pytest

from robots.tools.dial import Dialer
from robots.tools.guard import Guard, Refused
from robots.tools.lookup import Lookup
from tests.names import told
from tests.robots.tools.test_guard import PRIVATE

HERE = [ip_network("127.0.0.0/8")]


async def test_a_connection_carries_bytes() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        writer.close()

    async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with await Dialer(Guard(HERE), Lookup(told("127.0.0.1"))).connect("sftp.example", port) as opened:
            await asyncio.get_running_loop().sock_sendall(opened, b"hello\n")
            answer = await asyncio.get_running_loop().sock_recv(opened, 100)

    assert answer == b"hello\n"


@pytest.mark.case(56)
@pytest.mark.parametrize("address", PRIVATE)
async def test_a_name_of_a_private_address_is_refused(address: str) -> None:
    with pytest.raises(Refused, match="not public"):
        await Dialer(Guard().speaking(22), Lookup(told(address))).connect("sftp.example", 22)


@pytest.mark.case(56)
async def test_an_address_that_answers_is_found_among_those_that_may_not_be_asked() -> None:
    async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        lookup = Lookup(told("10.0.0.1", "::1", "127.0.0.1"))
        with await Dialer(Guard(HERE), lookup).connect("sftp.example", port) as opened:
            assert opened.getpeername() == ("127.0.0.1", port)


@pytest.mark.case(58)
@pytest.mark.parametrize(("port", "usual"), [(25, 22), (6379, 22), (80, 21)])
async def test_a_port_of_another_protocol_is_refused(port: int, usual: int) -> None:
    with pytest.raises(Refused, match=f"port {port}"):
        await Dialer(Guard().speaking(usual), Lookup(told("198.41.0.4"))).connect("sftp.example", port)


@pytest.mark.parametrize("host", ["local\0host", "a b", "a\\b", "①②⑦.0.0.1", "", "a/b", "user@host", "x" * 300])
async def test_a_host_with_two_readings_is_refused_before_any_lookup(host: str) -> None:
    def ask(*_: object) -> list[object]:
        raise AssertionError("a name server was asked")

    with pytest.raises(Refused, match="plain"):
        await Dialer(Guard(HERE), Lookup(ask)).connect(host, 22)


async def test_nobody_at_home_is_an_error_of_the_line() -> None:
    async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]

    with pytest.raises(OSError, match=r"refused|Connect"):
        await Dialer(Guard(HERE)).connect("127.0.0.1", port)
