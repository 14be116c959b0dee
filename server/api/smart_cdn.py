"""The content network: `GET /{template}/{input}` runs a Template, and answers with what it serves."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import orjson
from aiohttp import web

from server.api.asked import Asked, asked
from server.api.assemblies import Door, check_robots
from server.api.results import Served, send
from server.api.signature import Auth, Authenticated
from server.api.told import INSTRUCTIONS, SENDER, Told
from server.engine.delivery import SERVES, Delivered, Delivery
from server.errors import ApiError
from server.model.account import Account
from server.model.assembly import Assembly
from server.model.instructions import Instructions, parse
from server.model.smart_url import SmartUrl, smart_url

MOST_STEPS = 20
TRIES = 2  # what was found on the shelf may have to make room before it is opened

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Site:
    """Where Templates are served: at `{path}/{workspace}/…` and, if there is a `host`, at `{workspace}.{host}/…`.

    A workspace is the name of an account. Only who has the secret of a key that is allowed to can make an address,
    unless `unsigned` ones are served.
    """

    path: str = "/cdn"
    host: str | None = None
    unsigned: bool = False


class SmartCdn:
    """Serves what the Templates of a site make."""

    def __init__(self, door: Door, delivery: Delivery, site: Site) -> None:
        self.door = door
        self.delivery = delivery
        self.path = f"{site.path}/"
        self.host = f".{site.host.lower()}" if site.host else None
        self.unsigned = site.unsigned

    def attach(self, app: web.Application) -> None:
        """Adds the route, and looks at the host of each request."""
        app.router.add_get(self.path + "{workspace}/{address:.+}", self.by_path)
        if self.host:
            app.middlewares.append(self.by_host)

    @Told(
        "Runs a Template, and serves what comes of it.",
        access="address",
        query={
            "auth_key": {"type": "string", "description": "The key that signed the address."},
            "exp": {"type": "string", "description": "Until when it counts, in milliseconds since 1970."},
            "sig": {"type": "string", "description": "The signature, as getSignedSmartCDNUrl of the SDKs makes it."},
        },
        media=("*/*",),
        more={206: "The part.", 304: "It is as it was.", 416: "It has no such part."},
        codes=(
            *(*SENDER, *INSTRUCTIONS, "ASSEMBLY_NOT_CAPABLE", "ASSEMBLY_NOT_FOUND", "FILE_SERVE_NO_RESULT"),
            *("INVALID_URL_ENCODING", "NO_RESULT_STEP_FOUND"),
        ),
    )
    async def by_path(self, request: web.Request) -> web.StreamResponse:
        _, _, rest = _target(request).removeprefix(self.path).partition("/")
        return await self.serve(request, request.match_info["workspace"], rest)

    @web.middleware
    async def by_host(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        name = request.host.partition(":")[0].lower()
        if self.host is None or not name.endswith(self.host) or request.method not in ("GET", "HEAD"):
            return await handler(request)
        return await self.serve(request, name.removesuffix(self.host), _target(request).lstrip("/"))

    async def serve(self, request: web.Request, workspace: str, target: str) -> web.StreamResponse:
        """`target` is the rest of the address as it was received."""
        url, at = smart_url(target), self.door.now()
        sender = self._sender(url, workspace, at)
        wish = await asked(sender, self.door.templates, at, request.headers.get("Referer"), _unsigned)
        for _ in range(TRIES):
            made = await self.delivery.get(_key(sender.account, wish), at, lambda: self._begin(request, sender, wish))
            try:
                return await send(request, _served(made), made.assembly)
            except FileNotFoundError:
                continue
        raise ApiError("FILE_SERVE_NO_RESULT")

    def _sender(self, url: SmartUrl, workspace: str, at: float) -> Authenticated:
        params = {"template_id": url.template, "fields": url.fields, "auth": {}}
        if url.signature is None and self.unsigned:
            account = self.door.access.accounts.named(workspace)
            if account is not None and not account.require_signature:
                return Authenticated(account, params, Auth())
        if url.signature is None:
            raise ApiError("NO_SIGNATURE_FIELD", "This address must be signed, and it has no sig.")
        if url.key is None:
            raise ApiError("NO_AUTH_KEY_PARAMETER", "The address has no auth_key.")
        key = self.door.access.accounts.find(url.key)
        if key is None or not key.active:
            raise ApiError("GET_ACCOUNT_UNKNOWN_AUTH_KEY")
        if not key.smart_cdn:
            raise ApiError("INSUFFICIENT_AUTH_SCOPE", "This auth key is not allowed for the content network.")
        if url.expires is None:
            raise ApiError("NO_AUTH_EXPIRES_PARAMETER", "A signed address needs exp.")
        if url.expires <= at:
            raise ApiError("AUTH_EXPIRED", "This address has expired.")
        if key.account.name != workspace or not url.is_signed(workspace, key.secret):
            raise ApiError("INVALID_SIGNATURE", "The signature does not match the address as it was received.")
        return Authenticated(key.account, params, Auth(), signed=True, key=key)

    async def _begin(self, request: web.Request, sender: Authenticated, wish: Asked) -> str:
        """Starts the Assembly; it has all that it needs."""
        door, account = self.door, sender.account
        door.access.creates(account)
        instructions = parse(wish.params, door.catalog)
        check_robots(instructions, door.disabled, account)
        _check_steps(instructions)
        await door.credentials.check(account.id, instructions)
        told = wish.told(fields=instructions.fields, client=request.headers.get("Transloadit-Client"))
        assembly = Assembly(uuid.uuid4().hex, account.id, instructions, told, created=door.now())
        await door.runner.create(assembly, door.now())
        return assembly.id


def _target(request: web.Request) -> str:
    """The path and query as they were received, for what a library makes of them is not what was signed."""
    raw = request.raw_path
    return raw if raw.startswith("/") else "/" + raw.partition("://")[2].partition("/")[2]


def _unsigned() -> None:
    raise ApiError("NO_SIGNATURE_FIELD", "This Template wants a signed address.")


def _check_steps(instructions: Instructions) -> None:
    if not any(step.robot == SERVES for step in instructions.steps.values()):
        raise ApiError("NO_RESULT_STEP_FOUND", "The Template has no step that runs /file/serve.")
    if len(instructions.steps) > MOST_STEPS:
        raise ApiError("ASSEMBLY_NOT_CAPABLE", f"A Template with more than {MOST_STEPS} steps is too long to wait for.")


def _key(account: Account, wish: Asked) -> str:
    """The same for the same Template as it is now, with the same fields."""
    return sha256(orjson.dumps([account.id, wish.params], option=orjson.OPT_SORT_KEYS)).hexdigest()


def _served(made: Delivered) -> Served:
    kept = made.kept
    at = datetime.fromtimestamp(kept.made, UTC)
    return Served(made.path, kept.name, kept.mime, kept.size, kept.etag, at, kept.headers)
