"""Which requests leave this server."""

import socket
from ipaddress import ip_network

import pytest

from robots.tools.guard import Forbidden, Guard, Refused, destination, is_public, spoken

PRIVATE = (
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.1.2.3",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
)
PUBLIC = (
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "::ffff:8.8.8.8",
    "2606:4700:4700::1111",
    "2a00:1450:4001::200e",
    "2001:4860:4860::8888",
)


@pytest.mark.case(44, 52)
@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_or_special_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


def test_no_socket_is_made_for_a_private_address() -> None:
    guard = Guard()

    with pytest.raises(Forbidden):
        guard.socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("10.0.0.1", 80)))


def test_a_network_that_the_settings_allow_is_let_through() -> None:
    guard = Guard(allow=[ip_network("10.0.0.0/8")])

    assert guard.lets("10.1.2.3")
    assert guard.lets("::ffff:10.1.2.3")
    assert not guard.lets("127.0.0.1")


@pytest.mark.case(58)
@pytest.mark.parametrize("port", [22, 25, 8080, 6379, 11211])
def test_only_the_ports_of_the_web_and_those_of_the_settings_are_reached(port: int) -> None:
    guard = Guard(allow=[ip_network("10.0.0.0/8")], ports=[8443])

    for usual in (80, 443, 8443):
        guard.check("8.8.8.8", usual)
    guard.check("10.0.0.1", port)
    with pytest.raises(Forbidden, match="port"):
        guard.check("8.8.8.8", port)


@pytest.mark.case(53)
@pytest.mark.parametrize(
    ("url", "private"),
    [
        *((f"http://{host}/", True) for host in ("127.0.0.1", "[::1]", "127.1", "2130706433", "0x7f.1", "0177.0.0.1.")),
        *((f"http://{host}/", False) for host in ("8.8.8.8", "10.0.0.1", "localhost", "example.com", "134744072")),
    ],
)
def test_a_private_address_in_a_url_is_known_without_any_lookup(url: str, private: bool) -> None:
    assert Guard(allow=[ip_network("10.0.0.0/8")]).knows_as_private(url) == private


@pytest.mark.case(44, 58)
@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/a",
        "file:///etc/passwd",
        "gopher://example.com/",
        "example.com/a.jpg",
        "//example.com/a.jpg",
        "",
        "http://",
        "http:///a",
        "http://local\0host/",
        "http://exam ple.com/",
        "http://example.com\\@127.0.0.1/",
        "http://a\\b/",
        "http://①②⑦.0.0.1/",
        "http://127．0．0．1/",
        "http://münchen.example/",
        "http://127%2e0.0.1/",
        "http://[fe80::1%25eth0]/",
        "http://[::1/",
        "http://a..b/",
        "http://" + "a" * 64 + ".com/",
        "http://example.com:99999/",
        "http://example.com:x/",
        "http://example.com:22/",
        "http://example.com:25/",
        "http://example.com:6379/",
        "http://example.com:11211/",
        "http://example.com/\r\nHost: other",
    ],
)
def test_a_url_that_can_be_read_in_two_ways_is_refused_before_any_lookup(url: str) -> None:
    with pytest.raises(Refused):
        destination(url)


def test_escapes_in_a_url_stay_as_they_were_signed() -> None:
    url = "https://example.com/a%2Fb%20c?X-Amz-Signature=%7Eab%2Bc&x=1+2"

    assert str(destination(url)) == url


def test_blanks_and_letters_of_other_alphabets_in_a_path_are_escaped() -> None:
    assert str(destination(" https://example.com/my photo 100% é.jpg#top ")) == (
        "https://example.com/my%20photo%20100%25%20%C3%A9.jpg"
    )


@pytest.mark.case(51, 107)
def test_a_url_is_spoken_of_without_its_secrets() -> None:
    said = spoken("https://user:pa/ss@word@example.com/a.jpg?token=secret#secret")

    assert "secret" not in said
    assert spoken("https://user:password@example.com/a.jpg?token=1") == "https://example.com/a.jpg"
