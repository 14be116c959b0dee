"""tus-js-client, as Uppy and many others use it, uploads into Assemblies."""

from __future__ import annotations

from hashlib import md5
from typing import Any

import pytest

from tests.clients.nodejs import run
from tests.customer import Customer, Json

pytestmark = pytest.mark.asyncio(loop_scope="module")

HASHED = {"hashed": {"robot": "/file/hash", "use": ":original", "algorithm": "md5"}}
SIZE = 100_000
CONTENT = (b"sluice " * SIZE)[:SIZE]


async def upload(status: Json, way: str) -> Any:
    metadata = {"assembly_url": status["assembly_url"], "fieldname": "file", "filename": "note.txt", "name": "wörds"}
    return await run("tus.mjs", [{"way": way, "endpoint": status["tus_url"], "metadata": metadata, "size": SIZE}])


@pytest.mark.parametrize("way", ["whole", "deferred"])
async def test_a_file_in_chunks_becomes_the_upload_of_its_assembly(customer: Customer, way: str) -> None:
    status = await customer.announce(HASHED)

    done = await upload(status, way)

    over = await customer.completed(status)
    assert done["offsets"] == [40_000, 80_000, 100_000]
    assert over["uploads"][0]["tus_upload_url"] == done["url"]
    assert over["uploads"][0]["user_meta"] == {"name": "wörds"}
    assert over["results"]["hashed"][0]["meta"]["hash"] == md5(CONTENT).hexdigest()


async def test_an_aborted_upload_is_resumed_where_it_was(customer: Customer) -> None:
    status = await customer.announce(HASHED)

    done = await upload(status, "resumed")

    over = await customer.completed(status)
    assert (done["before"], done["after"]) == ([40_000], [80_000, 100_000])
    assert over["uploads"][0]["md5hash"] == md5(CONTENT).hexdigest()


async def test_a_terminated_upload_is_gone_and_another_one_takes_its_place(customer: Customer) -> None:
    status = await customer.announce(HASHED)

    done = await upload(status, "terminated")

    assert done["status"] in (404, 410)
    assert (await customer.status(status))["tus_uploads"] == []
    await upload(status, "whole")
    assert len((await customer.completed(status))["uploads"]) == 1


async def test_an_empty_file_is_an_upload_too(customer: Customer) -> None:
    status = await customer.announce(HASHED)

    await upload(status, "empty")

    over = await customer.completed(status)
    assert over["uploads"][0]["size"] == 0
    assert over["results"]["hashed"][0]["meta"]["hash"] == md5(b"").hexdigest()
