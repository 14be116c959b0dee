"""Templates: made, read, changed, removed and listed by whoever can sign."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from server.api import params as params_field
from server.api.middleware import json_response
from server.api.signed import Order, Signed
from server.engine.templates import Templates
from server.errors import ApiError
from server.model.listing import listing
from server.model.template import Template

REF = "{ref:(?:builtin/)?[^/]+}"
COLUMNS = ("id", "name", "created", "modified", "last_used")


class TemplateRoutes:
    """The resource /templates."""

    def __init__(self, signed: Signed, templates: Templates) -> None:
        self.signed = signed
        self.templates = templates

    def attach(self, app: web.Application) -> None:
        """Adds the routes."""
        app.router.add_post("/templates", self.create)
        app.router.add_get("/templates", self.list)
        app.router.add_get(f"/templates/{REF}", self.show)
        app.router.add_put(f"/templates/{REF}", self.update)
        app.router.add_delete(f"/templates/{REF}", self.delete)

    async def create(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        made = await self.templates.create(order.account, _params(order), order.at, order.ticket)
        return _told("CREATED", "The template has been successfully created.", made)

    async def show(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        found = await self.templates.read(order.account, request.match_info["ref"], order.ticket)
        return _told("FOUND", "The template has been successfully loaded.", found)

    async def update(self, request: web.Request) -> web.Response:
        order, ref = await self.signed.read(request), request.match_info["ref"]
        made = await self.templates.update(order.account, ref, _params(order), order.at, order.ticket)
        return _told("UPDATED", "The template has been successfully updated.", made)

    async def delete(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        await self.templates.delete(order.account, request.match_info["ref"], order.ticket)
        return json_response(_ok("DELETED", "The template has been successfully deleted."))

    async def list(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        wish = listing(order.params, COLUMNS, "TEMPLATE_LIST_ERROR")
        items, count = await self.templates.page(order.account, wish, order.ticket)
        return json_response({"items": items, "count": count})


def _params(order: Order) -> dict[str, Any]:
    """The content may come as JSON text, which is read as strictly as the params themselves."""
    given = order.params.get("template")
    if not isinstance(given, str):
        return order.params
    try:
        return {**order.params, "template": params_field.read(given)}
    except ApiError as error:
        raise ApiError("TEMPLATE_INVALID_JSON", (error.reason or "").replace("The params", "The template")) from error


def _told(what: str, message: str, template: Template) -> web.Response:
    return json_response({**_ok(what, message), **template.told})


def _ok(what: str, message: str) -> dict[str, Any]:
    return {"ok": f"TEMPLATE_{what}", "http_code": 200, "message": message}
