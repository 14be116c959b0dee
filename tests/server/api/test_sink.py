"""Tests of what is written of a form: whole, hashed, and to a file that nobody else has a hand on."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from server.api.sink import Saved, Sink


def test_what_is_written_is_counted_and_hashed(tmp_path: Path) -> None:
    sink = Sink(tmp_path / "0")

    sink.write([b"hello ", b"world"])

    assert sink.finish() == Saved(11, "5eb63bbbe01eeed093cb22bb8f5acdc3")
    assert (tmp_path / "0").read_bytes() == b"hello world"


@pytest.mark.case(113)
def test_room_that_is_kept_free_is_left_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.api.sink.room", lambda folder, keep_free: 9 - keep_free)
    sink = Sink(tmp_path / "0", keep_free=5)

    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        sink.write([b"hello"])
    sink.discard()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.case(115)
@pytest.mark.parametrize("lay", [Path.touch, lambda path: path.symlink_to(path.parent / "elsewhere")])
def test_a_file_that_lies_there_already_is_neither_followed_nor_overwritten(lay: object, tmp_path: Path) -> None:
    assert callable(lay)
    lay(tmp_path / "0")

    with pytest.raises(FileExistsError):
        Sink(tmp_path / "0")

    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.case(115)
def test_a_file_to_which_somebody_has_made_a_link_is_not_taken(tmp_path: Path) -> None:
    sink = Sink(tmp_path / "0")
    sink.write([b"hello"])
    (tmp_path / "other").hardlink_to(tmp_path / "0")

    with pytest.raises(OSError, match="links"):
        sink.finish()
