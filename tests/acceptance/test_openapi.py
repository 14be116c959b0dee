"""The server answers as its description says, whatever is sent to it."""

import asyncio
from pathlib import Path
from typing import Any

from schemathesis import GenerationMode

from tests.acceptance.openapi import Walk, operations
from tests.inside import client, inside
from tests.owner import Owner

Json = dict[str, Any]
EXAMPLES = {GenerationMode.POSITIVE: 2, GenerationMode.NEGATIVE: 1}
STEPS = {"hashed": {"robot": "/file/hash", "use": ":original"}}


async def made(owner: Owner) -> dict[str, dict[str, str]]:
    """What a server has, so that some requests find something."""
    template = await owner.ask("POST", "/templates", name="hashes", template={"steps": STEPS})
    content = {"key": "key", "secret": "secret"}
    kept = await owner.ask("POST", "/template_credentials", name="my_s3", type="s3", content=content)
    key = await owner.ask("POST", "/auth_keys", scope="read", can_show_auth_secret=True)
    status = await owner.ask("POST", "/assemblies", steps=STEPS)
    return {
        "templates": {"ref": template["id"]},
        "template_credentials": {"ref": kept["credential"]["name"]},
        "auth_keys": {"id": key["auth_key"]["id"]},
        "assemblies": {"id": status["assembly_id"]},
        "assembly_notifications": {"id": status["assembly_id"]},
        "robots": {"family": "file", "name": "hash"},
        "static": {"name": "app.js"},
    }


async def test_no_request_fails_and_no_reply_is_undocumented(tmp_path: Path) -> None:
    async with inside(tmp_path / "data") as app, client(app) as http:
        known = await made(Owner(http))
        async with http.get("/openapi.json") as reply:
            document: Json = await reply.json()
        walk = Walk(app.listening, known)

        await asyncio.to_thread(walked, walk, document)

    assert walk.wrong == []
    named = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert walk.seen.keys() == named
    for name in ("POST /templates", "PUT /templates/{ref}", "GET /assemblies", "GET /assemblies/{id}", "GET /robots"):
        assert "200" in walk.seen[name], name


def walked(walk: Walk, document: Json) -> None:
    for operation in operations(document):
        for mode, examples in EXAMPLES.items():
            walk.operation(operation, examples, mode)
