"""Template Credentials: made, read, changed, removed and listed by whoever can sign."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from server.api import params as params_field
from server.api.middleware import json_response
from server.api.signed import Order, Signed
from server.api.told import Told
from server.engine.credentials import CODES, Credentials
from server.engine.ticket import redeem
from server.errors import ApiError
from server.model.credential import CredentialParams, types
from server.model.listing import Listing, listing
from server.model.replies import CredentialItems, CredentialShown, CredentialTypes, Said

REF = "{ref:[^/]+}"
COLUMNS = ("id", "name", "type", "created", "modified")


class CredentialRoutes:
    """The resource /template_credentials."""

    def __init__(self, signed: Signed, credentials: Credentials) -> None:
        self.signed = signed
        self.credentials = credentials

    def attach(self, app: web.Application) -> None:
        """Adds the routes."""
        app.router.add_post("/template_credentials", self.create)
        app.router.add_get("/template_credentials", self.list)
        app.router.add_get("/template_credentials/types", self.types)
        app.router.add_get(f"/template_credentials/{REF}", self.show)
        app.router.add_put(f"/template_credentials/{REF}", self.update)
        app.router.add_delete(f"/template_credentials/{REF}", self.delete)

    @Told(
        "Makes Template Credentials.",
        access="signed",
        params=CredentialParams,
        needs=("name", "type", "content"),
        ok=("TEMPLATE_CREDENTIALS_CREATED",),
        reply=(CredentialShown,),
        codes=(CODES["CREATED"],),
    )
    async def create(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        params = _params(order, CODES["CREATED"])
        made = await self.credentials.create(order.account, params, order.at, order.ticket)
        return _told("CREATED", credential=made)

    @Told(
        "Tells Template Credentials, secrets included.",
        access="signed",
        ok=("TEMPLATE_CREDENTIALS_READ",),
        reply=(CredentialShown,),
        codes=(CODES["READ"],),
    )
    async def show(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        found = await self.credentials.read(order.account, request.match_info["ref"], order.ticket)
        return _told("READ", credential=found)

    @Told(
        "Changes Template Credentials.",
        access="signed",
        params=CredentialParams,
        ok=("TEMPLATE_CREDENTIALS_UPDATED",),
        reply=(CredentialShown,),
        codes=(CODES["UPDATED"],),
    )
    async def update(self, request: web.Request) -> web.Response:
        order, ref = await self.signed.read(request), request.match_info["ref"]
        params = _params(order, CODES["UPDATED"])
        made = await self.credentials.update(order.account, ref, params, order.at, order.ticket)
        return _told("UPDATED", credential=made)

    @Told(
        "Removes Template Credentials.",
        access="signed",
        ok=("TEMPLATE_CREDENTIALS_DELETED",),
        reply=(Said,),
        codes=(CODES["DELETED"],),
    )
    async def delete(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        await self.credentials.delete(order.account, request.match_info["ref"], order.ticket)
        return _told("DELETED")

    @Told(
        "Lists Template Credentials.",
        access="signed",
        params=Listing,
        sort=COLUMNS,
        ok=("TEMPLATE_CREDENTIALS_FOUND",),
        reply=(CredentialItems,),
        codes=(CODES["FOUND"],),
    )
    async def list(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        wish = listing(order.params, COLUMNS, CODES["FOUND"])
        return _told("FOUND", credentials=await self.credentials.page(order.account, wish, order.ticket))

    @Told(
        "Tells what Template Credentials can be for, and their fields.",
        access="signed",
        ok=("TEMPLATE_CREDENTIALS_TYPES_FOUND",),
        reply=(CredentialTypes,),
    )
    async def types(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        await self.credentials.store.tx(lambda rows: redeem(rows, order.ticket))
        return _told("TYPES_FOUND", types=types())


def _params(order: Order, code: str) -> dict[str, Any]:
    """The content may come as JSON text."""
    given = order.params.get("content")
    if not isinstance(given, str):
        return order.params
    try:
        return {**order.params, "content": params_field.read(given)}
    except ApiError as error:
        raise ApiError(code, "`content` is not the JSON text of an object.") from error


def _told(what: str, **more: Any) -> web.Response:
    words = {"FOUND": "were found", "TYPES_FOUND": "types were found", "READ": "were found"}.get(what)
    message = f"The Template Credentials {words or f'were {what.lower()}'}."
    return json_response({"ok": f"TEMPLATE_CREDENTIALS_{what}", "http_code": 200, "message": message, **more})
