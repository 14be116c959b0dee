"""Packets of Engine.IO 3 as a poll carries them, each behind its length."""

from __future__ import annotations

DIGITS = 7  # of a length
END_OF_LENGTH = 0xFF
TEXT = 0


def pack(packets: list[str]) -> str:
    """The body that answers a poll. Lengths count what JavaScript counts: units of UTF-16."""
    return "".join(f"{len(packet.encode('utf-16-le')) // 2}:{packet}" for packet in packets)


def unpack(body: bytes, binary: bool) -> list[str]:
    """What a client posted; `binary` is the framing of those that could attach bytes. Raises ValueError."""
    return _of_bytes(body) if binary else _of_text(body.decode())


def _of_text(text: str) -> list[str]:
    units = text.encode("utf-16-le")
    packets, at = [], 0
    while at < len(units):
        head = units[at : at + 2 * DIGITS + 2].decode("utf-16-le", "replace")
        length, colon, _ = head.partition(":")
        if not colon or not length.isascii() or not length.isdigit():
            raise ValueError("a packet has no length")
        start = at + 2 * len(length) + 2
        at = start + 2 * int(length)
        packets.append(_whole(units, start, at).decode("utf-16-le"))
    return packets


def _of_bytes(body: bytes) -> list[str]:
    packets, at = [], 0
    while at < len(body):
        mark = body.index(END_OF_LENGTH, at, at + DIGITS + 2)
        digits = body[at + 1 : mark]
        if body[at] != TEXT or not digits or max(digits) > 9:
            raise ValueError("a packet is not text, or has no length")
        at = mark + 1 + int("".join(map(str, digits)))
        packets.append(_whole(body, mark + 1, at).decode())
    return packets


def _whole(body: bytes, start: int, end: int) -> bytes:
    if end > len(body):
        raise ValueError("a packet ends early")
    return body[start:end]
