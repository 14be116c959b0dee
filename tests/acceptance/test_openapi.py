"""The server answers as its description says, whatever is sent to it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from schemathesis import GenerationMode
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from tests.acceptance.openapi import Walk, operations
from tests.acceptance.stock import Stock, stock
from tests.inside import client, inside
from tests.receiver import receiver

Json = dict[str, Any]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
SPEAKS = "POST /ws1"  # goes on with what an earlier request began


@pytest.mark.long
@pytest.mark.case(30)
async def test_no_request_fails_and_no_reply_is_undocumented(tmp_path: Path) -> None:
    async with inside(tmp_path / "data", cdn_unsigned=True) as app, client(app) as http, receiver() as home:
        known = await stock(http, app.listening, home.url)
        async with http.get("/openapi.json") as reply:
            document: Json = await reply.json()
        assert list(OPENAPI_31_VALIDATOR.iter_errors(document)) == []
        walk = Walk(app.listening, known.places)

        await asyncio.to_thread(walked, walk, document, known)

    assert walk.wrong == []
    named = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert walk.seen.keys() == named
    assert {name for name, seen in walk.seen.items() if not seen & {"200", "201", "204"}} == {SPEAKS}


def walked(walk: Walk, document: Json, known: Stock) -> None:
    every = {operation.label: operation for operation in operations(document)}
    for label, parts in known.requests:
        walk.find(every[label], parts)
    for operation in every.values():
        for mode in MODES:
            walk.make_up(operation, mode)
