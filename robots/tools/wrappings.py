"""Which kind of archive a file is, told by its first bytes: no other reader of 7-Zip gets to see it."""

from __future__ import annotations

import re
from pathlib import Path

# Where a mark stands, what it is, and the name by which 7-Zip knows its reader.
MARKS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"PK\3\4", "zip"),
    (0, b"PK\5\6", "zip"),
    (0, b"PK00PK\3\4", "zip"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"Rar!\x1a\7\1\0", "rar5"),
    (0, b"Rar!\x1a\7\0", "rar"),
    (0, b"!<arch>\n", "ar"),
    (0, b"MSCF", "cab"),
    (0, b"xar!", "xar"),
    (0, b"070701", "cpio"),
    (0, b"070702", "cpio"),
    (0, b"070707", "cpio"),
    (0, b"\xc7\x71", "cpio"),
    (0, b"\x71\xc7", "cpio"),
    (0, b"MSWIM\0\0\0", "wim"),
    (0, b"\x60\xea", "arj"),
    (2, b"-lh", "lzh"),
    (2, b"-lz", "lzh"),
    (32769, b"CD001", "iso"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"BZh", "bzip2"),
    (0, b"\x1f\x9d", "z"),
    (0, b"\xfd7zXZ\0", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"LZIP\1", "lzip"),
    (0, b"\xed\xab\xee\xdb", "rpm"),
    (257, b"ustar", "tar"),
    (0, b"#mtree", "mtree"),
)
# These hold one thing, most of them without a name; if it is an archive, that one is meant.
WRAPPERS = {"gzip", "bzip2", "z", "xz", "zstd", "lzma", "rpm", "lzip", "uu"}
OURS = {"lzip", "uu"}  # 7-Zip has no reader for these
# The line above a file that was made into letters; a mail may stand before it, and its first line is one of letters:
# none of them is small, but that which some programs add at the end.
LETTERS = re.compile(
    rb"(?m)^begin(?P<base64>-base64)? [0-7]{3,4} (?P<name>[^\r\n]+)\r?\n"
    rb"(?=(?(base64)[^\r\n]|[ -`][^a-z\r\n]*[a-z]?\r?$))"
)
HEAD = 32769 + 5
BLOCK = 512
SUM = slice(148, 156)


def kind_of(path: Path) -> str | None:
    """The name of the reader, or None for what is no archive."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    for place, mark, kind in MARKS:
        if head.startswith(mark, place):
            return kind
    if _is_old_tar(head[:BLOCK]):
        return "tar"
    return "lzma" if _is_lzma(head) else "uu" if LETTERS.search(head) else None


def unwrapped_name(name: str) -> str:
    """The name of what a wrapper holds: notes.txt.gz is notes.txt, and backup.tgz a tar."""
    base, dot, ending = name.rpartition(".")
    if not (base and dot):
        return name
    return f"{base}.tar" if ending.lower() in {"tgz", "tbz", "tbz2", "txz", "tzst", "taz", "tlz"} else base


def _is_old_tar(block: bytes) -> bool:
    """Before there was a mark, a header could be told by its sum alone."""
    told = block[SUM].strip(b" \0")
    if len(block) < BLOCK or not told or any(digit not in b"01234567" for digit in told):
        return False
    return int(told, 8) == sum(block) - sum(block[SUM]) + 8 * ord(" ")


def _is_lzma(head: bytes) -> bool:
    """It has no mark, only properties that are usual, a power of two and a size."""
    if len(head) < 14 or head[0] != 0x5D:
        return False
    dictionary, size = int.from_bytes(head[1:5], "little"), int.from_bytes(head[5:13], "little")
    return dictionary.bit_count() in {1, 2, 32} and (size == (1 << 64) - 1 or size < 1 << 40) and head[13] == 0
