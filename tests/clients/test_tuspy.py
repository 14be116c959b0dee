"""tuspy uploads into an Assembly, in chunks and in two goes."""

from __future__ import annotations

import asyncio
import io
import random
from hashlib import md5

import pytest
from tusclient.client import TusClient
from tusclient.uploader.uploader import Uploader

from tests.customer import Customer, Json

pytestmark = pytest.mark.asyncio(loop_scope="module")

HASHED = {"hashed": {"robot": "/file/hash", "use": ":original", "algorithm": "md5"}}
CONTENT = random.Random(7).randbytes(500_001)


def uploader(status: Json, url: str | None = None) -> Uploader:
    return TusClient(status["tus_url"]).uploader(
        file_stream=io.BytesIO(CONTENT),
        chunk_size=200_000,
        url=url,
        metadata={"assembly_url": status["assembly_ssl_url"], "fieldname": "photo", "filename": "noise.bin"},
    )


async def test_an_upload_in_chunks_ends_in_a_result(customer: Customer) -> None:
    status = await customer.announce(HASHED)
    sending = uploader(status)

    await asyncio.to_thread(sending.upload)

    over = await customer.completed(status)
    upload, result = over["uploads"][0], over["results"]["hashed"][0]
    assert (upload["name"], upload["field"], upload["is_tus_file"]) == ("noise.bin", "photo", True)
    assert upload["tus_upload_url"] == sending.url
    assert (result["original_id"], result["meta"]["hash"]) == (upload["id"], md5(CONTENT).hexdigest())
    assert await customer.fetch(result) == CONTENT


async def test_another_client_resumes_what_the_first_left(customer: Customer) -> None:
    status = await customer.announce(HASHED)
    first = uploader(status)
    await asyncio.to_thread(first.upload_chunk)

    waiting = await customer.until(status, lambda now: now["bytes_received"] == 200_000)
    second = await asyncio.to_thread(uploader, status, waiting["tus_uploads"][0]["upload_url"])
    await asyncio.to_thread(second.upload)

    over = await customer.completed(status)
    assert (waiting["ok"], second.offset) == ("ASSEMBLY_UPLOADING", len(CONTENT))
    assert over["uploads"][0]["md5hash"] == md5(CONTENT).hexdigest()
