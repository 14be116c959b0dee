"""Scripts: JavaScript of clients, evaluated in a child that is killed when it takes too long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from robots.base.errors import ToolTimeout
from robots.tools.pool import Pool

CHILD = "robots.tools.script_child"
EVALUATE = f"{CHILD}:evaluate"
SECONDS = 1.0
MEMORY = 64 << 20
# The engine counts CPU time and may be busy inside one of its own functions; a cold child has to start first.
WALL = 10.0

Answer = Mapping[str, Any]


class Scripts:
    """One warm child is enough: most scripts take less than a millisecond."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def evaluate(
        self, sources: Sequence[str], context: Mapping[str, Any], seconds: float = SECONDS, wall: float = WALL
    ) -> list[Answer]:
        """One {"value": …} or {"error": "…"} for each source; `context` becomes the global variables.

        `seconds` is the CPU time for all of them together.
        """
        if not sources:
            return []
        asked = {"sources": list(sources), "context": dict(context), "seconds": seconds, "memory": MEMORY}
        try:
            answers: list[Answer] = await self.pool.call(EVALUATE, wall=wall, **asked)
        except ToolTimeout:
            return [{"error": f"the script took longer than {wall:g} seconds"} for _ in sources]
        return answers
