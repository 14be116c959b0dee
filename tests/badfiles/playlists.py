"""Playlists and containers that name other files and addresses."""
# ruff: noqa: E501 - each line of the table is one file.

from __future__ import annotations

import struct
from collections.abc import Callable

from tests.badfiles.bad import Bad, Canary, Kind
from tests.badfiles.movies import atom, avi, mov, wav

KINDS = {
    "hls": Kind(59, "A playlist whose segments, keys or maps are files of the server or its neighbours."),
    "hls-endless": Kind(66, "A live playlist that never ends, of a piece that is always there."),
    "hls-disguised": Kind(
        59,
        "A playlist under the name of a film, which a tool would know by its content.",
        "ffmpeg takes no playlist whose name is not that of one.",
    ),
    "hls-in-avi": Kind(59, "An AVI whose subtitle is a playlist.", "ffmpeg reads only SRT and ASS out of an AVI."),
    "ffconcat": Kind(59, "A list of files to be joined."),
    "dash": Kind(
        59,
        "A manifest whose segments are files of the server or its neighbours.",
        "the ffmpeg that comes along was built without dash.",
    ),
    "sdp": Kind(59, "A description of a session, which makes the reader listen and call."),
    "imf": Kind(59, "A composition of files that lie elsewhere.", "the ffmpeg that comes along was built without imf."),
    "links": Kind(59, "Lists of addresses as players know them.", "ffmpeg knows none of these lists."),
    "dref": Kind(
        59,
        "A film whose samples lie in another file.",
        "ffmpeg opens only what lies beside the film, and only when told to.",
    ),
    "apic-link": Kind(59, "A cover picture that is an address.", "ffmpeg passes over pictures that are links."),
}


def _hls(*lines: str, live: bool = False) -> bytes:
    end = [] if live else ["#EXT-X-ENDLIST"]
    return "\n".join(["#EXTM3U", "#EXT-X-VERSION:6", "#EXT-X-TARGETDURATION:1", *lines, *end, ""]).encode()


def _segment(address: str) -> tuple[str, str]:
    return "#EXTINF:1,", address


def _dash(address: str) -> bytes:
    return (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT2S" minBufferTime="PT1S"><Period><AdaptationSet contentType="video" '
        'mimeType="video/mp4"><Representation id="1" bandwidth="1000" width="16" height="16">'
        f'<BaseURL>{address}</BaseURL><SegmentList><SegmentURL media="{address}"/></SegmentList>'
        "</Representation></AdaptationSet></Period></MPD>\n"
    ).encode()


def _sdp(address: str) -> bytes:
    return f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\na=control:{address}\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n".encode()


def _imf(address: str) -> bytes:
    return (
        '<?xml version="1.0"?><CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"><Id>urn:uuid:'
        "00000000-0000-0000-0000-000000000001</Id><EditRate>24 1</EditRate><SegmentList><Segment><SequenceList>"
        f"<MainImageSequence><ResourceList><Resource><Path>{address}</Path></Resource></ResourceList>"
        "</MainImageSequence></SequenceList></Segment></SegmentList></CompositionPlaylist>\n"
    ).encode()


def _dref(kind: bytes, target: bytes) -> bytes:
    entry = struct.pack(">I4sI", 12 + len(target), kind, 0) + target
    return mov(dref=atom(b"dref", struct.pack(">II", 0, 1), entry))


def _alias(canary: Canary) -> bytes:
    """What a Macintosh noted of a file: records of a type, a length and text, the last of which is its whole path."""
    path = canary.path("wav").encode()
    volume = bytes([1]) + b"/".ljust(27, b"\0")
    name = bytes([min(len(path), 63)]) + b"secret.wav".ljust(63, b"\0")
    head = struct.pack(">IHHH", 0, 150, 2, 0) + volume + bytes(4) + b"H+" + bytes(6) + name + bytes(16)
    levels = struct.pack(">HH", 1, 1) + bytes(16)
    notes = b"".join(
        struct.pack(">HH", kind, len(text)) + text + b"\0" * (len(text) % 2) for kind, text in ((2, path), (18, path))
    )
    return _dref(b"alis", (head + levels)[8:] + notes + struct.pack(">HH", 0xFFFF, 0))


def _apic(canary: Canary) -> bytes:
    body = b"\0-->\0\3\0" + canary.url("cover.jpg").encode()
    frame = b"APIC" + struct.pack(">I", len(body)) + b"\0\0" + body
    size = len(frame)
    told = bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127])
    return b"ID3\3\0\0" + told + frame + (b"\xff\xfb\x10\xc4" + bytes(100)) * 8


def _gab2(canary: Canary) -> bytes:
    listed = _hls(*_segment(canary.url("gab2.ts")))
    return avi(subtitle=b"GAB2\0" + struct.pack("<HI", 2, 2) + b"x\0" + struct.pack("<HI", 4, len(listed)) + listed)


def _bad(name: str, kind: str, make: Callable[[Canary], bytes]) -> Bad:
    return Bad(name, kind, make)


FILES = (
    _bad("hls-segment-file.m3u8", "hls", lambda c: _hls(*_segment(c.file("ts")))),
    _bad("hls-segment-path.m3u8", "hls", lambda c: _hls(*_segment(c.path("ts")))),
    _bad("hls-segment-http.m3u8", "hls", lambda c: _hls(*_segment(c.url("segment.ts")))),
    _bad(
        "hls-master-child.m3u8",
        "hls",
        lambda c: _hls(
            "#EXT-X-STREAM-INF:BANDWIDTH=1", c.file("m3u8"), "#EXT-X-STREAM-INF:BANDWIDTH=2", c.url("2.m3u8")
        ),
    ),
    _bad(
        "hls-key.m3u8",
        "hls",
        lambda c: _hls(f'#EXT-X-KEY:METHOD=AES-128,URI="{c.file("key")}"', *_segment(c.file("ts"))),
    ),
    _bad("hls-map.m3u8", "hls", lambda c: _hls(f'#EXT-X-MAP:URI="{c.file("mp4")}"', *_segment(c.file("mp4")))),
    _bad(
        "hls-media.m3u8",
        "hls",
        lambda c: _hls(
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="a",URI="{c.url("audio.m3u8")}"',
            '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"',
            c.file("m3u8"),
        ),
    ),
    _bad("hls-concat.m3u8", "hls", lambda c: _hls(*_segment(f"concat:{c.path('ts')}|{c.path('txt')}"))),
    _bad("hls-subfile.m3u8", "hls", lambda c: _hls(*_segment(f"subfile,,start,0,end,9,,:{c.path('ts')}"))),
    _bad("hls-endless.m3u8", "hls-endless", lambda c: _hls(*_segment(c.file("ts")), live=True)),
    _bad("hls-as-film.mp4", "hls-disguised", lambda c: _hls(*_segment(c.file("ts")))),
    _bad("hls-as-song.mp3", "hls-disguised", lambda c: _hls(*_segment(c.url("song.ts")))),
    _bad("hls-as-picture.gif", "hls-disguised", lambda c: _hls(*_segment(c.file("ts")))),
    _bad("hls-in-avi.avi", "hls-in-avi", _gab2),
    _bad("ffconcat-path.txt", "ffconcat", lambda c: f"ffconcat version 1.0\nfile '{c.path('wav')}'\n".encode()),
    _bad("ffconcat-http.mp4", "ffconcat", lambda c: f"ffconcat version 1.0\nfile '{c.url('joined.mp4')}'\n".encode()),
    _bad("dash-file.mpd", "dash", lambda c: _dash(c.file("mp4"))),
    _bad("dash-http.mp4", "dash", lambda c: _dash(c.url("dash.mp4"))),
    _bad("session.sdp", "sdp", lambda c: _sdp(c.url("session"))),
    _bad("session.mp4", "sdp", lambda c: _sdp(c.url("session"))),
    _bad("composition.xml", "imf", lambda c: _imf(c.file("mxf"))),
    _bad("list.pls", "links", lambda c: f"[playlist]\nFile1={c.url('list.mp3')}\nNumberOfEntries=1\n".encode()),
    _bad(
        "list.asx",
        "links",
        lambda c: f'<asx version="3.0"><entry><ref href="{c.url("list.wmv")}"/></entry></asx>\n'.encode(),
    ),
    _bad("redirect.mov", "links", lambda c: b"RTSPtext" + c.url("redirect.mov").encode() + b"\r"),
    _bad("mp4-dref-url.mp4", "dref", lambda c: _dref(b"url ", c.file("wav").encode() + b"\0")),
    _bad("mp4-dref-http.mp4", "dref", lambda c: _dref(b"url ", c.url("samples.wav").encode() + b"\0")),
    _bad("mp4-dref-alias.mov", "dref", _alias),
    _bad("mp3-apic-link.mp3", "apic-link", _apic),
    _bad("tone-with-list.wav", "links", lambda c: wav(800) + _hls(*_segment(c.url("tail.ts")))),
)
