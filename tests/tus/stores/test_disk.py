"""What a disk adds: crashes, and files that others see."""

from __future__ import annotations

import errno
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tus.errors import TusError
from tus.stores.disk import DiskStore
from tus.upload import Upload

ID = "0123456789abcdef" * 2
FRESH = Upload(ID, 11, created=100.0, expires=200.0)


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_the_size_of_the_file_is_the_offset_after_a_crash(tmp_path: Path) -> None:
    await DiskStore(tmp_path).create(FRESH)
    (tmp_path / ID).write_bytes(b"hello ")

    after = DiskStore(tmp_path)
    upload = await after.append(await after.get(ID), pieces(b"world"))

    assert upload.finished
    assert (tmp_path / ID).read_bytes() == b"hello world"


async def test_an_upload_without_its_file_is_not_found_and_expires(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    await store.create(FRESH)
    (tmp_path / ID).unlink()

    with pytest.raises(TusError):
        await store.get(ID)
    assert await store.expired(199.0) == []
    assert await store.expired(200.0) == [ID]
    assert await store.all() == []


async def test_strange_files_in_the_folder_do_no_harm(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    await store.create(FRESH)
    (tmp_path / ".draft.tmp").touch()
    (tmp_path / "notes.json").write_text("no JSON")

    assert await store.all() == [FRESH]


async def test_bytes_that_could_not_be_synced_are_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = DiskStore(tmp_path)
    await store.create(FRESH)
    half = await store.append(FRESH, pieces(b"hello "))

    def broken(descriptor: int) -> None:
        raise OSError(errno.EIO, "disk on fire")

    # No disk fails at our command.
    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="disk on fire"):
        await store.append(half, pieces(b"world"))

    assert await store.get(ID) == half
