"""Blocking acts beside the event loop, which leave nothing half done behind a cancel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs a blocking act; even if the task is cancelled it is over when this ends, so its file can be closed."""
    work = asyncio.get_running_loop().run_in_executor(None, partial(act, *args, **kwargs))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        raise
