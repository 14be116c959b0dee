"""Templates: made, read, changed, removed and listed by whoever can sign."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from server.api import params as params_field
from server.api.middleware import json_response
from server.api.signed import Order, Signed
from server.api.told import Told
from server.engine.templates import Templates
from server.errors import ApiError
from server.model.listing import Listing, listing
from server.model.replies import Said, TemplateItems, TemplateShown
from server.model.template import WRONG, Template, TemplateParams

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

    @Told(
        "Makes a Template.",
        access="signed",
        params=TemplateParams,
        needs=("name", "template"),
        ok=("TEMPLATE_CREATED",),
        reply=(TemplateShown,),
        codes=(WRONG, "TEMPLATE_INVALID_JSON"),
    )
    async def create(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        made = await self.templates.create(order.account, _params(order), order.at, order.ticket)
        return _told("CREATED", "The template has been successfully created.", made)

    @Told(
        "Tells a Template, builtin ones too.",
        access="signed",
        ok=("TEMPLATE_FOUND",),
        reply=(TemplateShown,),
        codes=("TEMPLATE_NOT_FOUND", "TEMPLATE_DB_ERROR"),
    )
    async def show(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        found = await self.templates.read(order.account, request.match_info["ref"], order.ticket)
        return _told("FOUND", "The template has been successfully loaded.", found)

    @Told(
        "Changes a Template.",
        access="signed",
        params=TemplateParams,
        ok=("TEMPLATE_UPDATED",),
        reply=(TemplateShown,),
        codes=(WRONG, "TEMPLATE_INVALID_JSON", "TEMPLATE_NOT_FOUND", "TEMPLATE_DB_ERROR"),
    )
    async def update(self, request: web.Request) -> web.Response:
        order, ref = await self.signed.read(request), request.match_info["ref"]
        made = await self.templates.update(order.account, ref, _params(order), order.at, order.ticket)
        return _told("UPDATED", "The template has been successfully updated.", made)

    @Told(
        "Removes a Template.",
        access="signed",
        ok=("TEMPLATE_DELETED",),
        reply=(Said,),
        codes=(WRONG, "TEMPLATE_NOT_FOUND"),
    )
    async def delete(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        await self.templates.delete(order.account, request.match_info["ref"], order.ticket)
        return json_response(_ok("DELETED", "The template has been successfully deleted."))

    @Told(
        "Lists Templates.",
        access="signed",
        params=Listing,
        sort=COLUMNS,
        reply=(TemplateItems,),
        codes=("TEMPLATE_LIST_ERROR", "TEMPLATE_DB_ERROR"),
    )
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
