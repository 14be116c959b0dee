"""The token endpoint: a key and its secret are changed for a bearer token, as OAuth 2 describes it."""

from __future__ import annotations

import hmac
import time
from base64 import b64decode
from dataclasses import replace
from typing import Literal

from aiohttp import web

from robots.base.params import Param
from server.api.access import Access, too_often
from server.api.forms import FormLimits, Text, parts
from server.api.middleware import PROXIES, json_response
from server.api.told import Told
from server.errors import ApiError
from server.model.account import AuthKey
from server.model.job import digest
from server.model.replies import TokenShown
from server.model.sent import Sent

LONGEST = 4096
CODES = {"grant_type": "TOKEN_INVALID_GRANT_TYPE", "aud": "TOKEN_INVALID_AUDIENCE"}


class TokenForm(Sent):
    """What a bearer token shall be."""

    grant_type: Literal["client_credentials"] = Param(help="The only one that there is.")
    scope: str = Param("", "Fewer scopes than those of the key.")
    aud: Literal["mcp", "api2"] = Param("mcp", "For whom it is.")


class TokenRoute:
    """The resource /token."""

    def __init__(self, access: Access, limits: FormLimits) -> None:
        self.access = access
        self.limits = replace(limits, files=0)

    def attach(self, app: web.Application) -> None:
        """Adds the route."""
        app.router.add_post("/token", self.mint)

    @Told(
        "Changes an auth key and its secret for a bearer token.",
        access="login",
        form=TokenForm,
        needs=("grant_type",),
        reply=(TokenShown,),
        codes=(
            *("SERVER_401", "GET_ACCOUNT_UNKNOWN_AUTH_KEY", "TOKEN_INVALID_AUDIENCE", "TOKEN_INVALID_CREDENTIALS"),
            *("TOKEN_INVALID_GRANT_TYPE", "TOKEN_INVALID_REQUEST", "TOKEN_INVALID_SCOPE"),
        ),
    )
    async def mint(self, request: web.Request) -> web.Response:
        at, moment = self.access.now(), time.monotonic()
        key = self._key(request, moment)
        form = await self._form(request)
        if "grant_type" not in form:
            raise ApiError("TOKEN_INVALID_REQUEST", "`grant_type` is missing.")
        wish, tokens = TokenForm.read(form, "TOKEN_INVALID_REQUEST", **CODES), self.access.tokens
        made, scope = tokens.mint(key, wish.scope, wish.aud, at)
        if wait := self.access.minted.take(key.key, moment):
            raise too_often("RATE_LIMIT_REACHED", wait)
        self.access.accounts.used(key, at)
        told = {"access_token": made, "token_type": "Bearer", "expires_in": int(tokens.lifetime), "scope": scope}
        response = json_response(told)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _key(self, request: web.Request, moment: float) -> AuthKey:
        """Whose secret is right. Who guesses has to wait, but never anybody else: the address counts too."""
        name, secret = _basic(request.headers.get("Authorization", ""))
        # As a digest, for who slips may have sent the secret as the name, and it is written down.
        guesser, failed = digest(request.config_dict[PROXIES].client(request), name), self.access.failed_logins
        if wait := failed.wait(guesser, moment):
            raise too_often("RATE_LIMIT_REACHED", wait)
        key = self.access.accounts.find(name)
        right = hmac.compare_digest((key.secret if key else "").encode(), secret.encode())
        if key is not None and key.active and right:
            return key
        failed.take(guesser, moment)
        raise ApiError("TOKEN_INVALID_CREDENTIALS" if key and key.active else "GET_ACCOUNT_UNKNOWN_AUTH_KEY")

    async def _form(self, request: web.Request) -> dict[str, str]:
        form: dict[str, str] = {}
        try:
            async for part in parts(request, self.limits):
                if not isinstance(part, Text) or part.name in form:
                    raise ApiError("TOKEN_INVALID_REQUEST", "The form has a file, or a field twice.")
                form[part.name] = part.value
        except ApiError as error:
            raise ApiError("TOKEN_INVALID_REQUEST", error.reason) from error
        return {name: value for name, value in form.items() if value}  # as OAuth wants it


def _basic(header: str) -> tuple[str, str]:
    """Key and secret of an Authorization header; raises ApiError."""
    scheme, _, rest = header.partition(" ")
    try:
        pair = b64decode(rest.strip(), validate=True).decode() if len(rest) <= LONGEST else ""
    except ValueError:
        pair = ""
    key, colon, secret = pair.partition(":")
    if scheme.lower() != "basic" or not colon or not key or not secret:
        raise ApiError("SERVER_401", "Send the auth key and its secret as HTTP Basic authentication.")
    return key, secret
