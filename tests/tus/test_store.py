"""What every store must do; a new store joins the fixture."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest

from tus.errors import TusError
from tus.store import Store, extensions
from tus.stores.disk import DiskStore
from tus.upload import Upload

ID = "0123456789abcdef" * 2
FRESH = Upload(ID, 11, metadata={"name": "ä"}, header="name w6Q=", created=100.0, expires=200.0)


STORES: dict[str, Callable[[Path], DiskStore]] = {
    "disk": DiskStore,
    "disk without attributes": partial(DiskStore, attributes=False),
    "disk without syncing": partial(DiskStore, sync=False),
}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> DiskStore:
    return STORES[request.param](tmp_path)


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_an_upload_comes_back_as_it_was_created(store: DiskStore) -> None:
    await store.create(FRESH)

    assert await store.get(ID) == FRESH


async def test_bytes_are_added_at_the_offset(store: DiskStore) -> None:
    await store.create(FRESH)

    half = await store.append(FRESH, pieces(b"hello", b" "))
    whole = await store.append(half, pieces(b"world"))

    assert (half.offset, whole.offset) == (6, 11)
    assert whole.finished
    assert await store.get(ID) == whole
    assert store.path(ID).read_bytes() == b"hello world"


async def test_pieces_before_a_cancel_are_kept(store: DiskStore) -> None:
    await store.create(FRESH)
    asked = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"hello"
        asked.set()
        await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(store.append(FRESH, endless()))
        await asked.wait()
        task.cancel()

    assert (await store.get(ID)).offset == 5


async def test_a_deferred_length_is_kept(store: DiskStore) -> None:
    deferred = dataclasses.replace(FRESH, length=None)
    await store.create(deferred)

    declared = await store.declare_length(deferred, 11)

    assert declared == FRESH
    assert await store.get(ID) == FRESH


@pytest.mark.parametrize("id", ["f" * 32, "", "..", "../" + ID, ID + "\0", ID + "\n", ID.upper(), ID + "_x"])
async def test_there_is_nothing_under_another_id(store: DiskStore, id: str) -> None:
    await store.create(FRESH)

    with pytest.raises(TusError) as error:
        await store.get(id)

    assert error.value.code == "ERR_UPLOAD_NOT_FOUND"


async def test_a_terminated_upload_is_gone_and_stays_so(store: DiskStore) -> None:
    await store.create(FRESH)

    await store.terminate(ID)
    await store.terminate(ID)

    assert await store.all() == []
    with pytest.raises(TusError):
        await store.append(FRESH, pieces(b"hello"))


async def test_only_unfinished_uploads_expire(store: DiskStore) -> None:
    finished = dataclasses.replace(FRESH, id="f" * 32 + "_" + ID, length=0)
    lasting = dataclasses.replace(FRESH, id="e" * 32, expires=None)
    for upload in (FRESH, finished, lasting):
        await store.create(upload)

    assert await store.expired(199.0) == []
    assert await store.expired(200.0) == [ID]
    assert {upload.id for upload in await store.all()} == {ID, finished.id, lasting.id}


def test_extensions_follow_from_what_a_store_can_do(store: DiskStore) -> None:
    class Plain:
        """A store that only grows."""

        create, get, append, all = store.create, store.get, store.append, store.all

    plain: Store = Plain()
    assert extensions(plain) == ["creation", "creation-with-upload"]
    assert "termination" in extensions(store)
