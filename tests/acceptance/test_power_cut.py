"""What was acknowledged survives a power cut at any moment, whatever the disk forgets of the rest."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.engine.files import Files
from tests.crashfs import CrashFS
from tus.errors import TusError
from tus.stores.disk import DiskStore
from tus.upload import Upload

ID = "0123456789abcdef" * 2
CONTENT = b"hello world"
ASSEMBLY, FILE = "ab" * 16, "cd" * 16
MOMENTS = st.one_of(st.none(), st.integers(0, 12))  # the number of the sync at which the power goes


@dataclass
class Promised:
    """What a store has told a client: how many bytes it has, and what is known of them."""

    upload: Upload | None = None
    declared: bool = False
    gone: bool = False


async def one(piece: bytes) -> AsyncIterator[bytes]:
    yield piece


async def life(store: DiskStore, promised: Promised, removed: bool) -> None:
    """An upload from its creation to its last byte, or to its removal."""
    upload = Upload(ID, None, metadata={"filename": "a.txt"}, header="filename YS50eHQ=", created=1.0)
    await store.create(upload)
    promised.upload = upload
    promised.upload = await store.append(promised.upload, one(CONTENT[:6]))
    promised.upload = await store.declare_length(promised.upload, len(CONTENT))
    promised.upload = await store.append(promised.upload, one(CONTENT[6:]))
    if removed:
        upload, promised.upload = promised.upload, None
        await store.terminate(upload.id)
        promised.gone = True


def found(folder: Path) -> Upload | None:
    store = DiskStore(folder)
    asyncio.run(store.all())
    with contextlib.suppress(TusError):
        return asyncio.run(store.get(ID))
    return None


def kept(promised: Promised, upload: Upload | None, folder: Path) -> bool:
    """Whether what a restart finds is what was promised, or more."""
    if promised.gone:
        return upload is None
    if promised.upload is None:
        return True
    known = upload is not None and upload.offset >= promised.upload.offset
    return (
        known
        and upload is not None
        and upload.metadata == promised.upload.metadata
        and (upload.length == promised.upload.length or promised.upload.length is None)
        and (folder / ID).read_bytes() == CONTENT[: upload.offset]
    )


def after_cut(data: Any, root: Path, **store: bool) -> bool:
    """One life of an upload, one power cut, one restart."""
    (root / "before").mkdir()
    disk, promised = CrashFS(root / "before", data.draw(MOMENTS)), Promised()
    with disk.power(), contextlib.suppress(OSError):
        asyncio.run(life(DiskStore(root / "before", **store), promised, data.draw(st.booleans())))
    folder = disk.restart(root / "after", lambda fates: data.draw(st.sampled_from(fates)))
    return kept(promised, found(folder), folder)


@pytest.mark.parametrize("attributes", [True, False])
@settings(max_examples=120, deadline=None)
@given(data=st.data())
@pytest.mark.case(35, 124)
def test_an_upload_has_every_byte_that_was_acknowledged(attributes: bool, data: Any) -> None:
    with TemporaryDirectory() as root:
        assert after_cut(data, Path(root), attributes=attributes)


@pytest.mark.long
def test_a_store_that_does_not_sync_is_found_out() -> None:
    @settings(max_examples=200, deadline=None, database=None)
    @given(data=st.data())
    def careless(data: Any) -> None:
        with TemporaryDirectory() as root:
            assert after_cut(data, Path(root), sync=False)

    with pytest.raises(AssertionError):
        careless()


@pytest.mark.parametrize("linked", [True, False])
@settings(max_examples=120, deadline=None)
@given(data=st.data())
@pytest.mark.case(124)
def test_a_result_is_whole_or_not_there_and_whole_when_it_was_told_of(linked: bool, data: Any) -> None:
    with TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        root = Path(name)
        (root / "before").mkdir()
        if not linked:  # as between two file systems
            stack.enter_context(mock.patch.object(os, "link", side_effect=OSError(errno.EXDEV, "another disk")))
        disk = CrashFS(root / "before", data.draw(MOMENTS))
        with disk.power():
            told = stored(root / "before", b"first attempt")
        stack.close()
        folder = disk.restart(root / "after", lambda fates: data.draw(st.sampled_from(fates)))

        before = Files(folder / "files").path(ASSEMBLY, FILE)
        assert before.exists() or not told
        assert not before.exists() or before.read_bytes() == b"first attempt"
        assert stored(folder, b"second one")
        assert before.read_bytes() in (b"first attempt", b"second one")


def stored(root: Path, content: bytes) -> bool:
    """Whether a result was acknowledged."""
    source = root / "source"
    source.write_bytes(content)
    try:
        asyncio.run(Files(root / "files").keep(source, ASSEMBLY, FILE))
    except OSError:
        return False
    return True
