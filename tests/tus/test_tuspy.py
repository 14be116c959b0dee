"""A client that others wrote: tuspy uploads to a running server."""

from __future__ import annotations

import asyncio
import io
import random

from tusclient.client import TusClient

from tests.tus.site import Journal, Site

DATA = random.Random(3).randbytes(700_001)


async def test_tuspy_uploads_in_parts(site: Site, journal: Journal) -> None:
    uploader = TusClient(site.url).uploader(
        file_stream=io.BytesIO(DATA), chunk_size=200_000, metadata={"filename": "wörld.bin"}
    )

    await asyncio.to_thread(uploader.upload)

    assert site.path(uploader.url).read_bytes() == DATA
    assert journal.moments[-1] == ("finish", len(DATA))


async def test_tuspy_goes_on_where_it_stopped(site: Site) -> None:
    client = TusClient(site.url)
    first = client.uploader(file_stream=io.BytesIO(DATA), chunk_size=200_000)
    await asyncio.to_thread(first.upload, 400_000)

    second = await asyncio.to_thread(client.uploader, file_stream=io.BytesIO(DATA), url=first.url)
    assert second.offset == 400_000
    await asyncio.to_thread(second.upload)

    assert site.path(first.url).read_bytes() == DATA


async def test_tuspy_uploads_an_empty_file(site: Site, journal: Journal) -> None:
    await asyncio.to_thread(TusClient(site.url).uploader(file_stream=io.BytesIO()).upload)

    assert journal.moments == [("create", 0)]
