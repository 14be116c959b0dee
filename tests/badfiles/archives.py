"""Archives that write where they should not, or hold more than a disk."""
# ruff: noqa: E501 - each line of the table is one file.

from __future__ import annotations

import bz2
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping

from tests.archives import lzipped, uuencoded
from tests.badfiles.bad import Bad, Canary, Kind, fixed
from tests.badfiles.deflate import gzipped, raw

KINDS = {
    "slip": Kind(69, "Members whose names lead out of the folder."),
    "member-link": Kind(69, "Links out of the folder, and members written through them."),
    "member-device": Kind(69, "Devices, pipes and programs that become another user."),
    "member-names": Kind(69, "Names that some system reads as something else, or that are too deep."),
    "zip-overlap": Kind(70, "Members that all are the same bytes, so that a small file holds terabytes."),
    "archive-bomb": Kind(70, "A small archive that inflates to more than a disk."),
    "archive-nested": Kind(70, "Archives within archives."),
    "archive-many": Kind(70, "More members than a folder should hold."),
    "archive-lie": Kind(70, "Sizes in the header that are not those of the members."),
    "archive-locked": Kind(71, "Members behind a password.", "7-Zip asks for the password and gives up."),
}
MEG = bytes(1 << 20)


def _zip(members: Mapping[str, bytes], mode: int = stat.S_IFREG | 0o644) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            told = zipfile.ZipInfo("x")
            told.filename, told.external_attr, told.compress_type = name, mode << 16, zipfile.ZIP_DEFLATED
            archive.writestr(told, content)
    return made.getvalue()


def _tar(*members: tuple[str, bytes, str, bytes], mode: int = 0o644) -> bytes:
    """Each has a name, a type, the target of a link, and content."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, kind, target, content in members:
            told = tarfile.TarInfo(name)
            told.type, told.linkname, told.size, told.mode = kind, target, len(content), mode
            archive.addfile(told, io.BytesIO(content))
    return made.getvalue()


def _overlap(count: int, size: int) -> bytes:
    """Every entry of the list leads to the same member."""
    content = raw(MEG, size)
    check = 0
    for _ in range(size):
        check = zlib.crc32(MEG, check)
    sizes = struct.pack("<III", check, len(content), size << 20)
    local = b"PK\3\4" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes + struct.pack("<HH", 1, 0) + b"x" + content
    entry = b"PK\1\2" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 33) + sizes
    listed = b"".join(entry + struct.pack("<HHHHHII", 5, 0, 0, 0, 0, 0, 0) + f"{n:05}".encode() for n in range(count))
    end = struct.pack("<HHHHIIH", 0, 0, count & 0xFFFF, count & 0xFFFF, len(listed), len(local), 0)
    return local + listed + b"PK\5\6" + end


def _nested(depth: int) -> bytes:
    made = _zip({f"{n}.txt": MEG for n in range(4)})
    for _ in range(depth):
        made = _zip({f"{n}.zip": made for n in range(4)})
    return made


def _told_smaller(archive: bytes) -> bytes:
    """The list of members says that the first has one byte."""
    at = archive.rfind(b"PK\1\2")
    return archive[: at + 24] + struct.pack("<I", 1) + archive[at + 28 :]


def _locked(archive: bytes) -> bytes:
    """The flag of encryption, at the member and in the list; what follows is then no more than noise."""
    at = archive.rfind(b"PK\1\2")
    return archive[:6] + b"\1\0" + archive[8 : at + 8] + b"\1\0" + archive[at + 10 :]


def _seven() -> bytes:
    start = struct.pack("<QQI", 0, 1 << 60, 0)
    return b"7z\xbc\xaf'\x1c\0\4" + struct.pack("<I", zlib.crc32(start)) + start


def _long_note() -> bytes:
    told = tarfile.TarInfo("x")
    told.type, told.size = tarfile.XHDTYPE, 8 << 30
    return told.tobuf(tarfile.GNU_FORMAT) + b"99999999999 path=" + b"a" * 512


def _slipping(canary: Canary) -> bytes:
    names = [
        "../../../../tmp/escaped.txt",
        str(canary.folder / "written.txt"),
        "..\\..\\escaped.txt",
        "a/../../escaped",
    ]
    return _zip({name: b"escaped" for name in names})


def _linked(canary: Canary) -> bytes:
    target = str(canary.folder)
    return _tar(
        ("link", tarfile.SYMTYPE, target, b""),
        ("link/written.txt", tarfile.REGTYPE, "", b"escaped"),
        ("secret", tarfile.SYMTYPE, canary.path(), b""),
        ("hard", tarfile.LNKTYPE, canary.path(), b""),
        ("../escaped.txt", tarfile.REGTYPE, "", b"escaped"),
    )


FILES = (
    Bad("zip-slip.zip", "slip", _slipping),
    Bad("tar-slip.tar", "slip", lambda c: _tar((str(c.folder / "written.txt"), tarfile.REGTYPE, "", b"x"), ("../../x", tarfile.REGTYPE, "", b"x"))),
    Bad("zip-symlink.zip", "member-link", lambda c: _zip({"link": c.path().encode()}, stat.S_IFLNK | 0o777)),
    Bad("tar-slip-links.tar", "member-link", _linked),
    fixed("tar-devices.tar", "member-device", lambda: _tar(("null", tarfile.CHRTYPE, "", b""), ("disk", tarfile.BLKTYPE, "", b""), ("pipe", tarfile.FIFOTYPE, "", b""))),
    fixed("tar-suid.tar", "member-device", lambda: _tar(("shell", tarfile.REGTYPE, "", b"#!/bin/sh\n"), mode=0o6777)),
    fixed("zip-bad-names.zip", "member-names", lambda: _zip(dict.fromkeys(("", "/", ".", "..", "a\0b", "CON", "nul.txt", "a:b", "-rf", "$(id)", "\u202etxt.exe", "a" * 5000, "x/" * 300 + "y"), b"x"))),
    fixed("zip-deep-path.zip", "member-names", lambda: _zip({"d/" * 3000 + "x": b"x"})),
    fixed("zip-same-names.zip", "member-names", lambda: _zip({"A.txt": b"1", "a.txt": b"2", "a.txt/b": b"3", "ä": b"4", "a\u0308": b"5"})),
    fixed("zip-overlap-150gb.zip", "zip-overlap", lambda: _overlap(15_000, 10)),
    fixed("zip-100mb.zip", "archive-bomb", lambda: _zip({"zeros": MEG * 100})),
    fixed("gz-256mb.gz", "archive-bomb", lambda: gzipped(MEG, 256)),
    fixed("tar-256mb.tar.gz", "archive-bomb", lambda: gzipped(MEG, 256, _tar(("x", tarfile.REGTYPE, "", b""))[:124] + b"00002000000\0" + bytes(376))),
    fixed("bz2-100mb.bz2", "archive-bomb", lambda: bz2.compress(MEG * 10) * 10),
    fixed("xz-100mb.xz", "archive-bomb", lambda: lzma.compress(MEG * 10, preset=0) * 10),
    fixed("lz-100mb.lz", "archive-bomb", lambda: lzipped(MEG * 10) * 10),
    fixed("lz-cut.tar.lz", "archive-lie", lambda: lzipped(_tar(("x", tarfile.REGTYPE, "", b"x" * 999)))[:-9]),
    Bad("uu-slip.uu", "slip", lambda c: uuencoded(lzipped(_slipping(c)), f"{c.folder}/escaped.zip.lz")),
    fixed("lzma-4gb-dictionary.lzma", "archive-bomb", lambda: b"\x5d\xff\xff\xff\xff" + b"\xff" * 8 + bytes(64)),
    fixed("zip-nested-6.zip", "archive-nested", lambda: _nested(6)),
    fixed("zip-5000-files.zip", "archive-many", lambda: _zip({f"{n}.txt": b"" for n in range(5000)})),
    fixed("zip-size-lie.zip", "archive-lie", lambda: _told_smaller(_zip({"zeros": MEG}))),
    fixed("zip-list-cut.zip", "archive-lie", lambda: _zip({"a.txt": b"x" * 999})[:-30]),
    fixed("7z-header-lie.7z", "archive-lie", _seven),
    fixed("tar-size-lie.tar", "archive-lie", _long_note),
    fixed("zip-encrypted.zip", "archive-locked", lambda: _locked(_zip({"secret.txt": b"x" * 40}))),
)  # fmt: skip
