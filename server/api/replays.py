"""`POST /assemblies/{id}/replay`: an Assembly once more, as it was or with other instructions."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from aiohttp import web

from server.api import notify_url
from server.api.assemblies import ID, Door, check_robots
from server.api.middleware import json_response
from server.api.signed import Order, Signed
from server.api.told import INSTRUCTIONS, Told
from server.engine.replays import Replays
from server.errors import ApiError
from server.model.assembly import Assembly
from server.model.assembly_replies import Replaying
from server.model.instructions import parse
from server.model.masking import masked, masked_url
from server.model.replay import AssemblyReplayParams, inputs, replayed, wants_template, wished
from server.model.template import Template


class ReplayRoutes:
    """Only the owner of an Assembly can replay it."""

    def __init__(self, signed: Signed, replays: Replays, door: Door) -> None:
        self.signed = signed
        self.replays = replays
        self.door = door

    def attach(self, app: web.Application) -> None:
        """Adds the route."""
        app.router.add_post(f"/assemblies/{ID}/replay", self.replay)

    @Told(
        "Runs an Assembly that has ended once more.",
        access="signed",
        params=AssemblyReplayParams,
        ok=("ASSEMBLY_REPLAYING",),
        reply=(Replaying,),
        codes=(
            *(*INSTRUCTIONS, "ASSEMBLY_NOT_FOUND", "ASSEMBLY_NOT_FINISHED", "ASSEMBLY_CANNOT_BE_REPLAYED"),
            "ASSEMBLY_NOT_REPLAYED",
        ),
    )
    async def replay(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        original = await self.replays.original(order.account, request.match_info["id"])
        uploads = inputs(original)
        account = self.door.access.accounts.account(order.account)
        self.door.access.creates(account)
        wish = wished(order.params)
        template = await self._template(order, wants_template(original, wish))
        if account.require_template and template is None and wish.steps:
            raise ApiError("NO_TEMPLATE_ID")
        assembly = self._assembly(request, order, replayed(original, wish, template), original, template=template)
        check_robots(assembly.instructions, self.door.disabled, account)
        notify_url.check(assembly.notify_url, self.door.guard)
        await self.door.credentials.check(order.account, assembly.instructions)
        await self.replays.start(assembly, uploads, order.at, order.ticket)
        return json_response(self._told(assembly))

    async def _template(self, order: Order, wanted: str | None) -> Template | None:
        if wanted is None:
            return None
        try:
            return await self.door.templates.use(order.account, wanted, order.at)
        except ApiError as error:
            error.status = 400  # that there is no such route is not what is meant
            raise

    def _assembly(
        self,
        request: web.Request,
        order: Order,
        params: dict[str, Any],
        original: Assembly,
        *,
        template: Template | None,
    ) -> Assembly:
        instructions = parse(params, self.door.catalog)
        told = replace(
            original.request,
            params=masked(order.params),
            merged=masked(params),
            fields=instructions.fields,
            parent=original.id,
            uploads=0,
            form=True,  # its uploads are all there when it is saved
            bytes_expected=0,
            client=request.headers.get("Transloadit-Client"),
            origin=self.door.origin(request),
        )
        if template:
            told = replace(told, **template.leaves)
        return Assembly(uuid.uuid4().hex, order.account, instructions, told, created=order.at)

    def _told(self, assembly: Assembly) -> dict[str, Any]:
        url = self.door.runner.house.seen_by(assembly).addresses.assembly(assembly.id)
        told = assembly.notify_url
        return {
            "ok": "ASSEMBLY_REPLAYING",
            "http_code": 200,
            "message": "The Assembly is being replayed.",
            "success": True,
            "assembly_id": assembly.id,
            "assembly_url": url,
            "assembly_ssl_url": url,
            "notify_url": masked_url(told) if told else None,
        }
