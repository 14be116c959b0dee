"""Auth keys: made, changed, removed and listed by whoever can sign."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from server.api.middleware import json_response
from server.api.signed import Order, Signed
from server.api.told import Told
from server.engine.auth_keys import CODES, SECRET, Asker, AuthKeys
from server.engine.ticket import redeem
from server.model.account import AuthKeyParams, NewAuthKeyParams
from server.model.replies import AuthKeyItems, AuthKeyShown, Said, ScopesShown, SecretShown
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

    @Told(
        "Makes an auth key, and tells its secret this once.",
        access="signed",
        params=NewAuthKeyParams,
        needs=("scope",),
        ok=("AUTH_KEY_CREATED",),
        reply=(AuthKeyShown,),
        codes=(CODES["CREATED"],),
    )
    async def create(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        made = await self.keys.create(_asker(order), NewAuthKeyParams.read(order.params, CODES["CREATED"]))
        return _told("AUTH_KEY_CREATED", "The auth key was created; its secret is told only now.", auth_key=made)

    @Told("Lists all auth keys.", access="signed", ok=("AUTH_KEYS_FOUND",), reply=(AuthKeyItems,))
    async def list(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        return _told("AUTH_KEYS_FOUND", "The auth keys were found.", auth_keys=await self.keys.page(_asker(order)))

    @Told("Lists all scopes.", access="signed", ok=("AUTH_KEY_SCOPES_FOUND",), reply=(ScopesShown,))
    async def scopes(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        await self.keys.store.tx(lambda rows: redeem(rows, order.ticket))
        return _told("AUTH_KEY_SCOPES_FOUND", "The scopes were found.", scopes=list(SCOPES))

    @Told(
        "Changes an auth key.",
        access="signed",
        params=AuthKeyParams,
        ok=("AUTH_KEY_UPDATED",),
        reply=(AuthKeyShown,),
        codes=(CODES["UPDATED"],),
    )
    async def update(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        wish = AuthKeyParams.read(order.params, CODES["UPDATED"])
        made = await self.keys.update(_asker(order), request.match_info["id"], wish)
        return _told("AUTH_KEY_UPDATED", "The auth key was updated.", auth_key=made)

    @Told(
        "Removes an auth key.",
        access="signed",
        ok=("AUTH_KEY_DELETED",),
        reply=(Said,),
        codes=(CODES["DELETED"],),
    )
    async def delete(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        await self.keys.delete(_asker(order), request.match_info["id"])
        return _told("AUTH_KEY_DELETED", "The auth key was deleted.")

    @Told(
        "Tells the secret of an auth key that was made so that it can be told.",
        access="signed",
        ok=("AUTH_SECRET_RETRIEVED",),
        reply=(SecretShown,),
        codes=(SECRET,),
    )
    async def secret(self, request: web.Request) -> web.Response:
        order = await self.signed.read(request)
        key, secret = await self.keys.secret(_asker(order), request.match_info["id"])
        return _told("AUTH_SECRET_RETRIEVED", "The secret was retrieved.", auth_key=key, auth_secret=secret)


def _asker(order: Order) -> Asker:
    return Asker(order.account, order.scopes, order.at, order.ticket)


def _told(ok: str, message: str, **more: Any) -> web.Response:
    return json_response({"ok": ok, "http_code": 200, "message": message, **more})
