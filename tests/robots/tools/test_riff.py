"""Riff: how much of a WAV is there."""

import struct
from pathlib import Path

import pytest

from robots.tools.riff import share
from tests import samples


def test_what_is_left_of_a_sound_is_known(tmp_path: Path) -> None:
    sound = samples.sound(tmp_path, "wav", seconds=1)
    whole = sound.read_bytes()
    (cut := tmp_path / "cut.wav").write_bytes(whole[: len(whole) // 4])

    assert share(sound) == 1
    assert share(cut) == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("size", [0, 20, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_header_that_was_written_before_the_sound_tells_nothing(tmp_path: Path, size: int) -> None:
    (path := tmp_path / "streamed.wav").write_bytes(b"RIFF" + struct.pack("<I", size) + b"WAVE" + bytes(100))

    assert share(path) == 1


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\xff\xff\0\0AVI " + bytes(100), bytes(100)])
def test_other_files_are_whole(tmp_path: Path, content: bytes) -> None:
    (path := tmp_path / "file").write_bytes(content)

    assert share(path) == 1
