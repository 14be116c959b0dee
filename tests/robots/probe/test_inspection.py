"""One call to the child tells type and metadata."""

import os
import struct
from pathlib import Path
from zlib import crc32

import orjson

from robots.probe.inspection import inspect, sniff
from tests import samples


def test_the_answer_is_plain_json_with_the_date_of_the_file(tmp_path: Path) -> None:
    path = samples.jpeg(tmp_path, exif=samples.camera())
    os.utime(path, (0, 1578571328))

    found = inspect(str(path), "picture.jpg", ["thumbhash"], 1_000_000)

    assert orjson.loads(orjson.dumps(found)) == found
    assert found["meta"]["date_file_modified"] == "2020/01/09 12:02:08 GMT"


def test_a_damaged_image_is_an_error_with_its_type(tmp_path: Path) -> None:
    path = tmp_path / "broken"
    path.write_bytes(samples.gif(tmp_path).read_bytes()[:12])

    found = inspect(str(path), "x", [], 1_000_000)

    assert (found["mime"], found["type"]) == ("image/gif", "image")
    assert str(tmp_path) not in found["error"]


def test_the_type_alone_costs_no_metadata(tmp_path: Path) -> None:
    assert sniff(str(samples.mp3(tmp_path)), "x") == {"mime": "audio/mpeg", "type": "audio", "meta": {}}


def test_an_icon_in_which_a_huge_picture_hides_is_not_decoded(tmp_path: Path) -> None:
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0)), (b"IDAT", b"")]
    parts = [struct.pack(">I4s", len(data), name) + data + pack_crc(name + data) for name, data in chunks]
    inner = b"\x89PNG\r\n\x1a\n" + b"".join(parts)
    place = struct.pack("<HHHBBBBHHII", 0, 1, 1, 16, 16, 0, 0, 1, 1, len(inner), 22)
    (tmp_path / "icon.ico").write_bytes(place + inner)

    found = inspect(str(tmp_path / "icon.ico"), "icon.ico", [], 1_000_000)

    assert (found["mime"], found["error"][:46]) == ("image/x-icon", "The picture in this file has more pixels than ")


def pack_crc(data: bytes) -> bytes:
    return struct.pack(">I", crc32(data))
