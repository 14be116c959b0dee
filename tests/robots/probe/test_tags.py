"""Audio files tell their tags whatever their format."""

from pathlib import Path

import pytest

from robots.probe import tags
from tests import samples


@pytest.mark.parametrize("ending", ["mp3", "m4a", "flac", "ogg", "opus"])
def test_tags_are_read_from_every_format(ending: str, tmp_path: Path) -> None:
    path = samples.sound(tmp_path, ending, tags={"title": "Tön", "artist": "Ada", "album": "One", "track": "3"})

    meta = tags.read(path)

    assert {key: meta[key] for key in ("title", "artist", "album", "track")} == {
        "title": "Tön",
        "artist": "Ada",
        "album": "One",
        "track": 3,
    }


def test_damaged_tags_say_nothing(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(b"ID3\4\0\0\x7f\x7f\x7f\x7fTIT2\xff\xff\xff\xff")

    assert tags.read(path) == {}
