"""Metadata that is too much, or made to be shown where it does harm."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from tests.badfiles.bad import Bad, Canary, Kind, fixed
from tests.badfiles.deflate import zeros
from tests.badfiles.documents import pdf
from tests.badfiles.movies import atom, mov, wav
from tests.badfiles.rasters import chunk, jpeg, png, segment

KINDS = {
    "note-control": Kind(77, "Control characters, line ends and marks of direction in what is shown."),
    "note-bomb": Kind(77, "Notes that inflate without end.", "libpng inflates no note beyond a few megabytes."),
    "note-many": Kind(77, "More notes than anybody reads."),
    "note-loop": Kind(77, "Notes that lead back to themselves.", "libexif follows no circles."),
    "note-number": Kind(77, "Numbers that are none: divided by zero, infinite, beyond every scale."),
    "note-entity": Kind(77, "Notes in XML with entities.", "no tool that comes along reads such notes as XML."),
}
NASTY = "\r\nSet-Cookie: a=b\0\x1b[31m\u202e\u2028<script>alert(1)</script>{{7*7}}${file.id}\ufeff\ud7ff"
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">'
    "{}</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def _exif(entries: Sequence[tuple[int, int, int, bytes]], following: int = 0) -> bytes:
    """Tags with a type, a count and bytes, as a note in a JPEG."""
    place = 8 + 2 + 12 * len(entries) + 4
    table, rest = b"", b""
    for tag, kind, count, value in entries:
        inside = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack("<I", place + len(rest))
        rest += value if len(value) > 4 else b""
        table += struct.pack("<HHI", tag, kind, count) + inside
    ifd = struct.pack("<H", len(entries)) + table + struct.pack("<I", following)
    return segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0" + ifd + rest)


def _words(tag: int, text: str) -> tuple[int, int, int, bytes]:
    content = text.encode() + b"\0"
    return tag, 2, len(content), content


def _photo(notes: bytes) -> bytes:
    return jpeg(64, 64, notes=notes)


def _ratios() -> bytes:
    broken = struct.pack("<II", 1, 0), struct.pack("<II", 0, 0), struct.pack("<II", 2**32 - 1, 1)
    inner = [(0x829A, 5, 1, broken[0]), (0x829D, 5, 1, broken[1]), (0x920A, 5, 1, broken[2])]
    return _exif([(0x011A, 5, 1, broken[0]), (0x011B, 5, 1, broken[1]), *inner])


def _xmp(before: str, text: str) -> bytes:
    return _photo(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + (before + XMP.format(text)).encode()))


def _id3(*frames: tuple[bytes, bytes]) -> bytes:
    body = b"".join(kind + struct.pack(">I", len(text) + 1) + b"\0\0\3" + text for kind, text in frames)
    size = len(body)
    told = bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127])
    return b"ID3\3\0\0" + told + body + (b"\xff\xfb\x10\xc4" + bytes(100)) * 40


def _comments(count: int) -> bytes:
    """A FLAC of nothing but comments."""
    listed = b"".join(struct.pack("<I", 110) + f"KEY{n:06}=".encode() + b"x" * 100 for n in range(count))
    body = struct.pack("<I", 0) + struct.pack("<I", count) + listed
    info = struct.pack(">HH6x", 4096, 4096) + (8000 << 44 | 15 << 36 | 800).to_bytes(8, "big") + bytes(16)
    return b"fLaC\0\0\0\x22" + info + b"\x84" + len(body).to_bytes(3, "big") + body + bytes(64)


def _entity(canary: Canary) -> bytes:
    return _xmp(f'<!DOCTYPE x [<!ENTITY x SYSTEM "{canary.file()}">]>', "&x;")


def _udta() -> bytes:
    text = NASTY.encode("utf-8", "replace")
    return atom(b"udta", atom(b"\xa9nam", struct.pack(">HH", len(text), 0x55C4) + text))


def _info() -> bytes:
    told = "".join(
        f"/{key} <FEFF{NASTY.encode('utf-16-be', 'replace').hex()}>" for key in ("Title", "Author", "Subject")
    )
    return pdf(
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>", f"<<{told}>>", trailer="/Info 4 0 R",
    )  # fmt: skip


FILES = (
    fixed(
        "png-text-crlf.png",
        "note-control",
        lambda: png(
            9,
            9,
            chunk(b"tEXt", b"Title\0" + NASTY.encode("latin-1", "replace")),
            chunk(b"iTXt", b"Author\0\0\0\0\0" + NASTY.encode("utf-8", "replace")),
        ),
    ),
    fixed(
        "jpeg-exif-control.jpg",
        "note-control",
        lambda: _photo(
            _exif([_words(0x010E, NASTY), _words(0x010F, "\x07" * 900), _words(0x0132, "9999:99:99 99:99:99")])
        ),
    ),
    fixed(
        "mp3-id3-control.mp3",
        "note-control",
        lambda: _id3((b"TIT2", NASTY.encode("utf-8", "replace")), (b"TPE1", b"a\0b\0c")),
    ),
    fixed("mp4-name-control.mp4", "note-control", lambda: mov(notes=_udta())),
    fixed("pdf-info-control.pdf", "note-control", _info),
    fixed(
        "wav-list-control.wav",
        "note-control",
        lambda: wav(80) + b"LIST\x20\0\0\0INFOINAM\x14\0\0\0\x1b]0;x\x07\r\n<b>\0\xff\xfe\xfd\xfc12345",
    ),
    fixed(
        "png-ztxt-bomb.png", "note-bomb", lambda: png(9, 9, *[chunk(b"zTXt", b"Comment\0\0" + zeros(200 << 20))] * 3)
    ),
    fixed(
        "png-itxt-bomb.png",
        "note-bomb",
        lambda: png(9, 9, chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zeros(400 << 20))),
    ),
    fixed("jpeg-exif-huge.jpg", "note-bomb", lambda: _photo(_exif([_words(0x010E, "x" * 60_000)]) * 40)),
    fixed(
        "jpeg-exif-count-lie.jpg",
        "note-bomb",
        lambda: _photo(_exif([(0x010E, 2, 2**32 - 1, b"\0\0\0\x7f"), (0x8769, 4, 2**30, b"\x08\0\0\0")])),
    ),
    fixed("png-20k-text.png", "note-many", lambda: png(9, 9, *[chunk(b"tEXt", b"Comment\0" + b"x" * 40)] * 20_000)),
    fixed("flac-100k-comments.flac", "note-many", lambda: _comments(100_000)),
    fixed(
        "mp3-id3-4mb.mp3",
        "note-many",
        lambda: _id3(
            *[
                (b"TIT2", b"t" * 9000),
                (b"USLT", b"eng\0" + b"l" * 4_000_000),
                *[(b"TXXX", f"k{n}".encode() + b"\0v") for n in range(5000)],
            ]
        ),
    ),
    fixed(
        "jpeg-exif-loop.jpg",
        "note-loop",
        lambda: _photo(_exif([(0x8769, 4, 1, struct.pack("<I", 8)), (0x8825, 4, 1, struct.pack("<I", 8))], 8)),
    ),
    fixed("jpeg-exif-ratios.jpg", "note-number", lambda: _photo(_ratios())),
    fixed(
        "mp3-id3-tempo.mp3",
        "note-number",
        lambda: _id3((b"TBPM", b"nan"), (b"TYER", b"1e99"), (b"TRCK", b"9" * 5000), (b"TLEN", b"1e999")),
    ),
    Bad("jpeg-xmp-entity.jpg", "note-entity", _entity),
    fixed(
        "jpeg-xmp-laughs.jpg",
        "note-entity",
        lambda: _xmp(
            "<!DOCTYPE x ["
            + '<!ENTITY a "lol">'
            + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
            + "]>",
            "&i;",
        ),
    ),
    fixed("jpeg-xmp-deep.jpg", "note-entity", lambda: _xmp("", "<a>" * 9000 + "</a>" * 9000)),
)
