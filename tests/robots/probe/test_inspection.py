"""One call to the child tells type and metadata."""

import os
from pathlib import Path

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
