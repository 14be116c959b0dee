"""Replies: those that tests read, one of each shape, for the official schemas to judge when all tests have run."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import aiohttp

from tests.clients import nodejs

LARGEST = 1 << 20
SCRIPT = "validate.mjs"
# What says that a client may rely on more than the type of a text.
CODES = {"ok", "error", "type", "mime", "ext", "status"}


class Replies:
    """`kept` are the replies, by the kind of their schema and by their shape."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def begin(self) -> None:
        """From now on sees the replies that tests read with aiohttp."""
        read = aiohttp.ClientResponse.read

        async def seen(response: aiohttp.ClientResponse) -> bytes:
            body = await read(response)
            self.see(body)
            return body

        aiohttp.ClientResponse.read = seen  # type: ignore[assignment, method-assign]

    def see(self, body: bytes) -> None:
        """Keeps what looks like a reply that there is a schema for."""
        if body[:1] != b"{" or len(body) > LARGEST:
            return
        try:
            told = json.loads(body)
        except ValueError:
            return
        if kind := kind_of(told):
            self.kept.setdefault(f"{kind} {shape(told)}", json.dumps({"kind": kind, "told": told}))

    def add(self, others: dict[str, str]) -> None:
        self.kept = {**others, **self.kept}

    def faults(self) -> list[str]:
        """What the schemas find wrong, a sentence each."""
        found = asyncio.run(nodejs.run(SCRIPT, [json.loads(reply) for reply in self.kept.values()]))
        return [f"{fault['issues']} in {json.dumps(fault['told'])[:2000]}" for fault in found]


def kind_of(told: Any) -> str | None:
    if not isinstance(told, dict):
        return None
    if "assembly_ssl_url" in told and "uploads" in told:
        return "status"
    items = told.get("items")
    return "list" if isinstance(items, list) and any("execution_start" in item for item in items) else None


def shape(told: Any, name: str = "") -> str:
    """The names and types in a reply, and its codes."""
    if isinstance(told, dict):
        return "{" + ",".join(f"{key}:{shape(value, key)}" for key, value in sorted(told.items())) + "}"
    if isinstance(told, list):
        return "[" + "|".join(sorted({shape(item) for item in told})) + "]"
    return repr(told) if name in CODES else type(told).__name__


def must_be_judged() -> bool:
    """Whether there are schemas to judge by; in CI there have to be."""
    return os.environ.get("CI") == "true" or (Path(nodejs.FOLDER).parent / "node_modules").is_dir()


replies = Replies()
