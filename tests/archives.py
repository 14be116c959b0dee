"""Tiny archives of the kinds that Python cannot write, by formula; nothing in them is compressed."""

from __future__ import annotations

import binascii
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

Content = Mapping[str, bytes]


def zipped(members: Content) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def tarred(members: Content, mode: str = "w") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as archive:  # type: ignore[call-overload]  # the mode is a plain text
        for name, content in members.items():
            told = tarfile.TarInfo(name)
            told.size = len(content)
            archive.addfile(told, io.BytesIO(content))
    return made.getvalue()


def cpio(members: Content) -> bytes:
    """The new ASCII format."""
    made = b""
    for number, (name, content) in enumerate([*members.items(), ("TRAILER!!!", b"")], 1):
        told = (number, 0o100644, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
        head = b"070701" + "".join(f"{value:08x}" for value in told).encode() + name.encode() + b"\0"
        made += head + bytes(-len(head) % 4) + content + bytes(-len(content) % 4)
    return made


def ar(members: Content) -> bytes:
    made = b"!<arch>\n"
    for name, content in members.items():
        made += f"{name + '/':<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode()
        made += content + b"\n" * (len(content) % 2)
    return made


def arj(members: Content) -> bytes:
    """Stored, with the header of the archive before those of its members."""
    made = _arj_header("made.arj", b"", kind=2)
    return made + b"".join(_arj_header(name, content) + content for name, content in members.items()) + b"\x60\xea\0\0"


def lha(members: Content) -> bytes:
    """Headers of level 0."""
    made = b""
    for name, content in members.items():
        rest = b"-lh0-" + struct.pack("<IIIBB", len(content), len(content), 0, 0x20, 0)
        rest += bytes([len(name)]) + name.encode() + struct.pack("<H", _crc16(content))
        made += bytes([len(rest), sum(rest) & 0xFF]) + rest + content
    return made + b"\0"


def rar(members: Content) -> bytes:
    """The format of RAR 1.5 to 4."""
    made = b"Rar!\x1a\7\0" + _rar_block(0x73, 0, bytes(6))
    for name, content in members.items():
        size = struct.pack("<II", len(content), len(content))
        told = size + struct.pack("<BIIBBHI", 3, zlib.crc32(content), 0x21, 20, 0x30, len(name), 0o100644)
        made += _rar_block(0x74, 0x8000, told + name.replace("/", "\\").encode()) + content
    return made + _rar_block(0x7B, 0x4000, b"")


def rar5(members: Content) -> bytes:
    made = b"Rar!\x1a\7\1\0" + _rar5_block(b"\1\0\0")
    for name, content in members.items():
        size = bytes([len(content)])  # numbers below 128 are one byte each
        told = b"\4" + size + b"\0" + struct.pack("<I", zlib.crc32(content)) + b"\0\1" + bytes([len(name)])
        made += _rar5_block(b"\2\2" + size + told + name.encode()) + content
    return made + _rar5_block(b"\5\0\0")


def cab(members: Content) -> bytes:
    data = b"".join(members.values())
    files, at = b"", 0
    for name, content in members.items():
        files += struct.pack("<IIHHHH", len(content), at, 0, 0x21, 0, 0x20) + name.replace("/", "\\").encode() + b"\0"
        at += len(content)
    start = 36 + 8 + len(files)
    head = struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, start + 8 + at, 0, 44, 0, 3, 1, 1, len(members), 0, 0, 0)
    return head + struct.pack("<IHH", start, 1, 0) + files + struct.pack("<IHH", 0, at, at) + data


def xar(members: Content) -> bytes:
    files, heap = "", b""
    for number, (name, content) in enumerate(members.items(), 1):
        told = f"<offset>{len(heap)}</offset><size>{len(content)}</size><length>{len(content)}</length>"
        kind = '<encoding style="application/octet-stream"/>'
        files += f'<file id="{number}"><name>{name}</name><type>file</type><data>{told}{kind}</data></file>'
        heap += content
    table = f'<?xml version="1.0" encoding="UTF-8"?><xar><toc>{files}</toc></xar>'.encode()
    packed = zlib.compress(table)
    return struct.pack(">4sHHQQI", b"xar!", 28, 1, len(packed), len(table), 0) + packed + heap


def iso(members: Content) -> bytes:
    """One folder, its names as the oldest computers had them."""
    sectors = [bytes(2048)] * 16
    place = 19
    entries, data = _iso_entry(b"\0", 18, 2048, 2) + _iso_entry(b"\1", 18, 2048, 2), b""
    for name, content in members.items():
        entries += _iso_entry(f"{name.upper()};1".encode(), place, len(content), 0)
        data += content + bytes(-len(content) % 2048)
        place += -(-len(content) // 2048)
    volume = b"\1CD001\1\0" + b" " * 32 + b"SLUICE".ljust(32) + bytes(8) + _both(place, 4) + bytes(32)
    volume += _both(1, 2) + _both(1, 2) + _both(2048, 2) + _both(10, 4)
    volume += struct.pack("<II", 17, 0) + struct.pack(">II", 17, 0) + _iso_entry(b"\0", 18, 2048, 2)
    volume = volume.ljust(881, b" ") + b"\1"
    sectors += [volume.ljust(2048, b"\0"), b"\xffCD001\1".ljust(2048, b"\0"), entries.ljust(2048, b"\0")]
    return b"".join(sectors) + data


def compressed(content: bytes) -> bytes:
    """As compress(1) would, only that no letter is ever joined with another."""
    bits = sum(letter << (9 * number) for number, letter in enumerate(content))
    assert len(content) < 250
    return b"\x1f\x9d\x90" + bits.to_bytes(-(-9 * len(content) // 8), "little")


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def _arj_header(name: str, content: bytes, kind: int = 0) -> bytes:
    size, check = len(content), zlib.crc32(content)
    told = (
        struct.pack("<8B4I3H", 30, 11, 1, 2, 0, 0, kind, 0, 0, size, size, check, 0, 0o644, 0) + name.encode() + b"\0\0"
    )
    return b"\x60\xea" + struct.pack("<H", len(told)) + told + struct.pack("<IH", zlib.crc32(told), 0)


def _rar_block(kind: int, flags: int, rest: bytes) -> bytes:
    told = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
    return struct.pack("<H", zlib.crc32(told) & 0xFFFF) + told


def _rar5_block(rest: bytes) -> bytes:
    told = bytes([len(rest)]) + rest
    return struct.pack("<I", zlib.crc32(told)) + told


def _crc16(content: bytes) -> int:
    value = 0
    for byte in content:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value


def _both(value: int, size: int) -> bytes:
    return value.to_bytes(size, "little") + value.to_bytes(size, "big")


def _iso_entry(name: bytes, place: int, size: int, flags: int) -> bytes:
    told = b"\0" + _both(place, 4) + _both(size, 4) + bytes([100, 1, 1, 0, 0, 0, 0, flags, 0, 0]) + _both(1, 2)
    told += bytes([len(name)]) + name + bytes((len(name) + 1) % 2)
    return bytes([len(told) + 1]) + told


def lzipped(content: bytes) -> bytes:
    """One member, with a dictionary of 1 MiB less a sixteenth, and the mark of the end that lzip always writes."""
    usual = {"id": lzma.FILTER_LZMA1, "dict_size": 15 << 16, "lc": 3, "lp": 0, "pb": 2}
    made = b"LZIP\1" + bytes([20 | 1 << 5]) + lzma.compress(content, lzma.FORMAT_RAW, filters=[usual])
    return made + struct.pack("<IQQ", zlib.crc32(content), len(content), len(made) + 20)


def uuencoded(content: bytes, name: str = "notes.txt") -> bytes:
    lines = b"".join(binascii.b2a_uu(content[at : at + 45], backtick=True) for at in range(0, len(content), 45))
    return b"begin 644 %s\n%s`\nend\n" % (name.encode(), lines)


def mailed(content: bytes, name: str = "notes.txt") -> bytes:
    """As uuencode does it with -m."""
    lines = b"".join(binascii.b2a_base64(content[at : at + 45]) for at in range(0, len(content), 45))
    return b"begin-base64 644 %s\n%s====\n" % (name.encode(), lines)
