"""Tests of the packets of Engine.IO 3 in the bodies of polls."""

import pytest

from server.api.payload import pack, unpack


def test_each_packet_stands_behind_its_length_in_units_of_javascript() -> None:
    assert pack(["40", "4é€", "4😀"]) == "2:403:4é€3:4😀"


@pytest.mark.parametrize("packets", [[], ["2"], ["2probe", "4é😀:1:", "4" + "x" * 12345]])
def test_what_is_packed_is_unpacked_again(packets: list[str]) -> None:
    assert unpack(pack(packets).encode(), binary=False) == packets


def test_clients_that_could_attach_bytes_frame_their_texts_in_bytes() -> None:
    assert unpack(b'\x00\x06\xff4hello\x00\x01\x01\xff42["\xc3\xa9\xe2\x82\xac"]', binary=True) == [
        "4hello",
        '42["é€"]',
    ]


@pytest.mark.parametrize(
    ("body", "binary"),
    [
        *(
            (body, False)
            for body in (b"2", b":2", b"-1:2", b"3:2", b"x:2", "٢:22".encode(), b"1" * 60_000, b"\xff\xfe")
        ),
        *(
            (body, True)
            for body in (b"\x00\xff", b"\x00\x05\xff4", b"\x01\x01\xff4", b"\x00\x0a\xff4", b"\x00" * 60_000)
        ),
        ("1:😀".encode(), False),
    ],
)
def test_what_is_no_list_of_texts_is_refused(body: bytes, binary: bool) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of whatever kind
        unpack(body, binary)
