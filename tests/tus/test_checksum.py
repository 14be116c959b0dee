"""Checksums: what clients may say, and what becomes of a piece that is not what they said."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import zlib
from pathlib import Path

import pytest

from tests.tus.site import BYTES, Journal, Site
from tus.checksum import ALGORITHMS, Checksum
from tus.errors import TusError
from tus.pump import Way
from tus.stores.disk import DiskStore
from tus.upload import Upload

DATA = random.Random(5).randbytes(300_000)


@pytest.fixture(params=["splice", "none"])
def way(request: pytest.FixtureRequest) -> Way:
    way: Way = request.param
    return way


def said(name: str, data: bytes) -> str:
    digest = zlib.crc32(data).to_bytes(4, "big") if name == "crc32" else hashlib.new(name, data).digest()
    return f"{name} {base64.b64encode(digest).decode()}"


@pytest.mark.parametrize("name", ALGORITHMS)
def test_each_algorithm_tells_right_from_wrong(name: str) -> None:
    right, wrong = Checksum.parse(said(name, b"hello")), Checksum.parse(said(name, b"hallo"))
    for checksum in (right, wrong):
        checksum.update(b"hel")
        checksum.update(memoryview(b"lo"))

    assert right.holds
    assert not wrong.holds


@pytest.mark.parametrize(
    "header", ["", "sha1", "md4 YQ==", "sha1 YQ==", "sha1 %%%", "sha1  YQ==", "SHA1 YQ==", "é YQ=="]
)
def test_what_is_no_checksum_is_refused(header: str) -> None:
    with pytest.raises(TusError) as error:
        Checksum.parse(header)

    assert error.value.status == 400


@pytest.mark.parametrize("name", ALGORITHMS)
async def test_a_sound_piece_is_kept_and_another_one_is_discarded(site: Site, journal: Journal, name: str) -> None:
    url = await site.create(len(DATA))
    await site.patch(url, 0, DATA[:100])

    wrong = await site.patch(url, 100, DATA[100:], **{"Upload-Checksum": said(name, DATA)})
    after = await site.offset(url)
    right = await site.patch(url, 100, DATA[100:], **{"Upload-Checksum": said(name, DATA[100:])})

    assert (wrong.status, wrong.reason, after, right.status) == (460, "Checksum Mismatch", 100, 204)
    assert site.path(url).read_bytes() == DATA
    assert journal.moments == [("create", 0), ("receive", 100), ("receive", len(DATA)), ("finish", len(DATA))]


async def test_a_piece_that_broke_off_is_discarded_for_nobody_can_check_it(site: Site) -> None:
    url = await site.create(len(DATA))
    head = (
        f"PATCH /files/{url.rsplit('/', 1)[1]} HTTP/1.1\nTus-Resumable: 1.0.0\nUpload-Offset: 0\n"
        f"Content-Type: {BYTES['Content-Type']}\nUpload-Checksum: {said('md5', DATA)}\nContent-Length: {len(DATA)}"
    )
    reader, writer = await site.send(head, DATA[:1000])
    await site.kept(url, 1000)

    offset = await site.offset(url)
    reply = await reader.read()
    writer.close()

    assert offset == 0
    assert b"ERR_UPLOAD_INTERRUPTED" in reply
    assert site.path(url).stat().st_size == 0


async def test_half_a_piece_does_not_count_after_a_crash(tmp_path: Path) -> None:
    store, upload = DiskStore(tmp_path), Upload("0123456789abcdef" * 2, 10)
    await store.create(upload)
    store._redescribe(upload, {"checked": 0})  # as it is when the server is killed in the middle
    os.truncate(store.path(upload.id), 7)

    found = await store.get(upload.id)
    after = DiskStore(tmp_path)
    await after.recover()

    assert found == upload
    assert await after.get(upload.id) == upload
    assert store.path(upload.id).stat().st_size == 0
