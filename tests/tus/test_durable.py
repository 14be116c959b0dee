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


def test_a_copy_is_whole_and_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc" * 1_000_000)

    with (tmp_path / "a").open("rb") as source:
        durable.copy(source.fileno(), tmp_path / "b")

    assert (tmp_path / "b").read_bytes() == b"abc" * 1_000_000
    assert not (tmp_path / "b").samefile(tmp_path / "a")


def test_a_folder_is_made_with_all_that_lead_to_it(tmp_path: Path) -> None:
    durable.make_folder(tmp_path / "a" / "b" / "c")
    durable.make_folder(tmp_path / "a" / "b" / "c")

    assert (tmp_path / "a" / "b" / "c").is_dir()


def test_the_drafts_of_a_crash_can_be_removed(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    for name in (".a.tmp", "below/.b.tmp", "kept.tmp", ".kept"):
        (tmp_path / name).touch()

    durable.remove_drafts(tmp_path)

    assert sorted(path.name for path in tmp_path.rglob("*")) == [".kept", "below", "kept.tmp"]


def test_to_begin_with_a_file_changes_and_breaks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"bytes")
    with path.open("rb") as file:
        durable.begin(file.fileno())
    durable.begin(2**30)  # nobody has so many files open

    assert path.read_bytes() == b"bytes"
