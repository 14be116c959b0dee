"""Shown: the status of an Assembly as a reply, with the CORS headers that its instructions ask for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from server.api.middleware import json_response
from server.api.watch import watch
from server.engine.runner import Runner
from server.model import status
from server.model.assembly import Assembly

LONGEST = 60.0  # seconds that an answer is held back, for who waits in between gives up soon after
LOOK_EVERY = 0.25


@dataclass(frozen=True, slots=True)
class Shown:
    """A status and its headers."""

    status: dict[str, Any]
    headers: Mapping[str, str]

    def reply(self, **other: Any) -> web.Response:
        """`other` takes the place of what the status says."""
        response = json_response({**self.status, **other})
        response.headers.update(self.headers)
        return response


async def shown(runner: Runner, assembly_id: str, brief: bool = False) -> Shown | None:
    """None when there is no such Assembly."""

    def view(assembly: Assembly) -> Shown:
        told = status.brief(assembly) if brief else status.status(assembly, runner.house)
        return Shown(told, assembly.instructions.response_headers)

    return await runner.read(assembly_id, view)


async def awaited(runner: Runner, assembly: Assembly) -> None:
    """Waits for the phase that the instructions name, but never for bytes that the client sends after the answer."""
    phase = assembly.instructions.awaits
    if phase is None or await runner.read(assembly.id, lambda now: now.receiving):
        return
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LONGEST):
            async with watch(runner.bus, runner.milestones, assembly.id) as news:
                async for _ in news:
                    pass
            while phase == "notification" and await runner.read(assembly.id, _is_telling):  # noqa: ASYNC110 - not in the news
                await asyncio.sleep(LOOK_EVERY)


def _is_telling(assembly: Assembly) -> bool:
    sent = assembly.notification
    return assembly.notify_url is not None and (sent is None or sent.state == "processing")
