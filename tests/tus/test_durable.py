"""Files are whole or absent, and nothing is left beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tus import durable


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "note.json"

    durable.write_atomic(path, b"old")
    durable.write_atomic(path, b"new")

    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    (tmp_path / "note.json").mkdir()

    with pytest.raises(IsADirectoryError):
        durable.write_atomic(tmp_path / "note.json", b"new")

    assert [entry.name for entry in tmp_path.iterdir()] == ["note.json"]


def test_a_file_moves_between_folders(tmp_path: Path) -> None:
    (tmp_path / "from").mkdir()
    (tmp_path / "to").mkdir()
    (tmp_path / "from" / "a").write_bytes(b"abc")

    durable.sync_file(tmp_path / "from" / "a")
    durable.rename(tmp_path / "from" / "a", tmp_path / "to" / "b")

    assert (tmp_path / "to" / "b").read_bytes() == b"abc"
    assert list((tmp_path / "from").iterdir()) == []


def test_what_is_gone_can_be_removed_again(tmp_path: Path) -> None:
    (tmp_path / "a").touch()

    durable.unlink(tmp_path / "a")
    durable.unlink(tmp_path / "a")

    assert list(tmp_path.iterdir()) == []
