"""What a disk adds: crashes, and files that others see."""

from __future__ import annotations

import dataclasses
import errno
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tus.errors import TusError
from tus.stores.disk import DiskStore
from tus.upload import Upload

ID = "0123456789abcdef" * 2
FRESH = Upload(ID, 11, created=100.0, expires=200.0)
OTHER = dataclasses.replace(FRESH, id="f" * 32)


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


@pytest.mark.parametrize("lost", [ID, ID + ".json"])
@pytest.mark.case(121)
async def test_half_an_upload_is_not_found_and_goes_after_a_day(tmp_path: Path, lost: str) -> None:
    store = DiskStore(tmp_path, attributes=False)
    await store.create(FRESH)
    (tmp_path / lost).unlink()

    with pytest.raises(TusError):
        await store.get(ID)
    assert await store.all() == []
    assert await store.expired(time.time()) == []
    assert await store.expired(time.time() + 86401) == [ID]
    await store.terminate(ID)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.case(121)
async def test_strange_files_in_the_folder_do_no_harm(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    await store.create(FRESH)
    (tmp_path / ".draft.tmp").touch()
    (tmp_path / "notes.json").write_text("no JSON")

    assert await store.all() == [FRESH]


@pytest.mark.parametrize("damage", [b"", b"{half", b"[1, 2]", b'{"strange": true}', b"\xff"])
@pytest.mark.case(121)
async def test_a_damaged_description_keeps_no_other_upload_back(tmp_path: Path, damage: bytes) -> None:
    store = DiskStore(tmp_path, attributes=False)
    for upload in (FRESH, OTHER):
        await store.create(upload)
    (tmp_path / f"{ID}.json").write_bytes(damage)

    again = DiskStore(tmp_path, attributes=False)
    await again.recover()

    assert await again.all() == [OTHER]
    with pytest.raises(TusError, match="no such upload"):
        await again.get(ID)


@pytest.mark.case(113)
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
