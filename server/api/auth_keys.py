"""Auth keys: made, changed, removed and listed by whoever can sign."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from server.api.middleware import json_response
from server.api.signed import Order, Signed
from server.engine.auth_keys import Asker, AuthKeys
from server.engine.ticket import redeem
from server.model.rights import SCOPES

ID = "{id:[^/]+}"


class AuthKeyRoutes:
    """The resource /auth_keys."""

    def __init__(self, signed: Signed, keys: AuthKeys) -> None:
        self.signed = signed
        self.keys = keys

    def attach(self, app: web.Application) -> None:
        """Adds the routes."""
        app.router.add_post("/auth_keys", self.create)
        app.router.add_get("/auth_keys", self.list)
        app.router.add_get("/auth_keys/scopes", self.scopes)
        app.router.add_post(f"/auth_keys/show_secret/{ID}", self.secret)
        app.router.add_put(f"/auth_keys/{ID}", self.update)
        app.router.add_delete(f"/auth_keys/{ID}", self.delete)

    async def create(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        made = await self.keys.create(_asker(order), order.params)
        return _told("AUTH_KEY_CREATED", "The auth key was created; its secret is told only now.", auth_key=made)

    async def list(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        return _told("AUTH_KEYS_FOUND", "The auth keys were found.", auth_keys=await self.keys.page(_asker(order)))

    async def scopes(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        await self.keys.store.tx(lambda rows: redeem(rows, order.ticket))
        return _told("AUTH_KEY_SCOPES_FOUND", "The scopes were found.", scopes=list(SCOPES))

    async def update(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        made = await self.keys.update(_asker(order), request.match_info["id"], order.params)
        return _told("AUTH_KEY_UPDATED", "The auth key was updated.", auth_key=made)

    async def delete(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        await self.keys.delete(_asker(order), request.match_info["id"])
        return _told("AUTH_KEY_DELETED", "The auth key was deleted.")

    async def secret(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        key, secret = await self.keys.secret(_asker(order), request.match_info["id"])
        return _told("AUTH_SECRET_RETRIEVED", "The secret was retrieved.", auth_key=key, auth_secret=secret)


def _asker(order: Order) -> Asker:
    return Asker(order.account, order.scopes, order.at, order.ticket)


def _told(ok: str, message: str, **more: Any) -> web.Response:
    return json_response({"ok": ok, "http_code": 200, "message": message, **more})
