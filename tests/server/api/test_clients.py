"""Tests of who a client is and how much it may hold."""

from ipaddress import ip_network

import pytest

from server.api.clients import Clients


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2::9", "2001:0db8:0001:0002"),
        ("fe80::1%eth0", "fe80:0000:0000:0000"),
        ("10.0.0.7", ""),
        ("::ffff:10.0.0.7", ""),
        ("", ""),
    ],
)
def test_a_client_is_its_address_or_its_network_and_a_proxy_is_nobody(address: str, name: str) -> None:
    assert Clients(1, (ip_network("10.0.0.0/8"),)).name(address) == name


def test_each_client_holds_so_much_and_gets_it_again_when_it_gives_some_back() -> None:
    clients = Clients(2)

    assert [clients.take("a"), clients.take("a"), clients.take("a"), clients.take("b")] == [True, True, False, True]
    clients.give_back("a")

    assert clients.take("a")


def test_those_who_are_nobody_in_particular_are_not_counted() -> None:
    clients = Clients(1, often=1)

    assert all(clients.take("") and clients.comes("", 0) for _ in range(10))


@pytest.mark.case(100)
def test_each_client_comes_so_often_in_a_second_and_another_too() -> None:
    clients = Clients(9, often=2)

    assert [clients.comes(name, 5.0) for name in "aaab"] == [True, True, False, True]
    assert [clients.comes("a", 5.6), clients.comes("a", 5.6)] == [True, False]
    assert all(Clients(9).comes("a", 5.0) for _ in range(1000))
