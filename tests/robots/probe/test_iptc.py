"""The notes of a newsroom are read from Photoshop's block."""

import struct

from robots.probe import iptc


def field(number: int, text: bytes) -> bytes:
    return struct.pack(">BBBH", 0x1C, 2, number, len(text)) + text


def resource(number: int, data: bytes) -> bytes:
    return b"8BIM" + struct.pack(">HHI", number, 0, len(data)) + data + b"\0" * (len(data) % 2)


def test_fields_and_keywords_are_told() -> None:
    fields = (
        field(5, b"Tree") + field(25, b"tree") + field(25, b"nature") + field(90, "Köln".encode()) + field(95, b"NRW")
    )

    meta = iptc.read(b"Photoshop 3.0\0" + resource(1005, b"abc") + resource(0x0404, fields))

    assert meta == {"title": "Tree", "keywords": ["tree", "nature"], "city": "Köln", "state": "NRW"}


def test_bare_records_are_read_too() -> None:
    assert iptc.read(field(101, "España".encode("latin-1"))) == {"country": "España"}


def test_a_clipping_path_is_noticed() -> None:
    assert iptc.has_clipping_path(b"Photoshop 3.0\0" + resource(1005, b"a") + resource(2000, b"path"))
    assert not iptc.has_clipping_path(b"Photoshop 3.0\0" + resource(1005, b"a"))


def test_a_block_that_lies_about_its_lengths_ends_quietly() -> None:
    assert iptc.read(b"8BIM\x04\x04\0\0\xff\xff\xff\xff\x1c\x02\x05\xff\xffTree") == {"title": "Tree"}
    assert iptc.read(b"8BIM\x04\x04\xff" + bytes(6)) == {}
