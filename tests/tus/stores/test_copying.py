"""Bytes are copied from where a file stands to where another one stands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tus import durable
from tus.stores.copying import copy


def test_a_copy_goes_on_where_both_files_stand(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"hello world")
    with (tmp_path / "a").open("rb") as source, (tmp_path / "b").open("wb") as target:
        copied = [copy(source.fileno(), target.fileno(), size) for size in (6, 100)]

    assert copied == [6, 5]
    assert (tmp_path / "b").read_bytes() == b"hello world"


def test_the_bytes_of_a_file_do_not_pass_through_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"hello world")
    monkeypatch.setattr(durable, "write_all", None)
    with (tmp_path / "a").open("rb") as source, (tmp_path / "b").open("wb") as target:
        assert copy(source.fileno(), target.fileno(), 100) == 11


def test_a_source_that_is_no_file_goes_through_memory(tmp_path: Path) -> None:
    out, into = os.pipe()
    os.write(into, b"hello")
    with (tmp_path / "b").open("wb") as target:
        assert copy(out, target.fileno(), 5) == 5
    os.close(into)
    os.close(out)

    assert (tmp_path / "b").read_bytes() == b"hello"


def test_a_file_that_is_shorter_than_it_was_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with (
        (tmp_path / "a").open("rb") as source,
        (tmp_path / "b").open("wb") as target,
        pytest.raises(OSError, match="shorter"),
    ):
        copy(source.fileno(), target.fileno(), 1)
