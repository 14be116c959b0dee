"""Robots: which there are here, and what each may be told."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from robots.base.catalog import Catalog, UnknownRobot
from server.api.middleware import json_response
from server.api.told import Told
from server.errors import ApiError
from server.model.replies import Robots
from server.model.schema import purpose, step_schema


class RobotRoutes:
    """The resource /robots; anyone may read it. Robots that are `disabled` are not there."""

    def __init__(self, catalog: Catalog, disabled: frozenset[str]) -> None:
        self._catalog = catalog
        self._disabled = disabled

    def attach(self, app: web.Application) -> None:
        """Adds the routes."""
        app.router.add_get("/robots", self.index)
        app.router.add_get(r"/robots/{family:[a-z0-9]+}/{name:[a-z0-9]+}", self.show)

    @Told("Lists the robots that there are here.", reply=(Robots,))
    async def index(self, request: web.Request) -> web.Response:
        return json_response({"robots": await asyncio.to_thread(self._all)})

    @Told("Tells what a step with this robot may say, as JSON Schema.")
    async def show(self, request: web.Request) -> web.Response:
        name = "/{family}/{name}".format(**request.match_info)
        try:
            if name not in self._disabled:
                robot = await asyncio.to_thread(self._catalog.get, name)
                return json_response(step_schema(robot))
        except UnknownRobot:
            pass
        raise ApiError("SERVER_404", f"There is no robot {name} on this server; /robots lists those that are.")

    def _all(self) -> list[dict[str, Any]]:
        """It imports all of them, which takes a while the first time."""
        robots = [self._catalog.get(name) for name in self._catalog.names() if name not in self._disabled]
        return [
            {
                "name": robot.name,
                "description": purpose(robot),
                "accepts": robot.accepts,
                "schema": f"/robots{robot.name}",
            }
            for robot in robots
        ]
