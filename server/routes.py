"""Routes: every URL of the server, in one place."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from server import shortage
from server.api import middleware
from server.api.access import Access
from server.api.additions import AdditionRoutes
from server.api.assemblies import Assemblies, Door
from server.api.auth_keys import AuthKeyRoutes
from server.api.clients import LOOPBACK, Clients
from server.api.credentials import CredentialRoutes
from server.api.health import Health
from server.api.lists import ListRoutes
from server.api.metrics import MetricsRoute
from server.api.notifications import NotificationRoutes
from server.api.openapi import OpenApi
from server.api.page import Page, is_loopback
from server.api.proxies import Proxies
from server.api.replays import ReplayRoutes
from server.api.reports import ReportRoutes
from server.api.results import Results, Served
from server.api.robots import RobotRoutes
from server.api.root import Root
from server.api.signed import Signed
from server.api.smart_cdn import Site, SmartCdn
from server.api.sockets import Sockets
from server.api.templates import TemplateRoutes
from server.api.token import TokenRoute
from server.engine.additions import Additions
from server.engine.ledger import Ledger
from server.engine.lists import Lists
from server.engine.replays import Replays
from server.engine.reports import Reports
from server.limits import form_limits, rates
from server.metrics import Metrics
from server.model.addresses import TUS, WEBSOCKET, Addresses
from server.parts import Parts
from tus.handler import Handler

STATIC = Path(__file__).parent.parent / "static"


class Routes:
    """The doors to a server's parts. `origin` tells its address for clients, which is known once it listens."""

    def __init__(self, parts: Parts, origin: Callable[[], str]) -> None:
        self.parts = parts
        self.settings = settings = parts.settings
        self.origin = origin
        self.proxies = Proxies(settings.trusted_proxies)
        nobody = (*LOOPBACK, *settings.trusted_proxies)
        self.clients = Clients(settings.max_connections, nobody, settings.max_connects)
        self.access = Access(parts.accounts, parts.tokens, rates(settings), time.time)
        self.ledger = Ledger(parts.store, self.access.lasting, time.time)
        self.handler = Handler(
            parts.tus_store,
            parts.locker,
            parts.uploads,
            max_size=settings.max_upload_size,
            lifetime=settings.upload_lifetime,
            idle=settings.idle_timeout,
            location=self._upload_url,
            known=shortage.refusal,
        )

    def application(self) -> web.Application:
        parts = self.parts
        app = web.Application(client_max_size=self.settings.max_params_size)
        middleware.install(app, self.proxies)
        door = self._door()
        Assemblies(door).attach(app)
        AdditionRoutes(Additions(parts.uploads, parts.http, door.folder)).attach(app)
        site = Site(self.settings.cdn_path, self.settings.cdn_host, self.settings.cdn_unsigned)
        SmartCdn(door, parts.delivery, site).attach(app)
        signed = Signed(self.access, form_limits(self.settings))
        TokenRoute(self.access, signed.limits).attach(app)
        AuthKeyRoutes(signed, parts.auth_keys).attach(app)
        TemplateRoutes(signed, parts.templates).attach(app)
        CredentialRoutes(signed, parts.credentials).attach(app)
        NotificationRoutes(signed, parts.notifier, parts.http.guard).attach(app)
        ReplayRoutes(signed, Replays(parts.runner, parts.files), door).attach(app)
        lists = Lists(parts.runner)
        ListRoutes(signed, lists).attach(app)
        ReportRoutes(signed, Reports(lists)).attach(app)
        app.add_routes(self.handler.routes(TUS))
        Sockets(parts.bus, parts.runner.milestones, self.clients).attach(app, WEBSOCKET)
        Results(self._served).attach(app)
        RobotRoutes(parts.catalog, frozenset(self.settings.disabled_robots)).attach(app)
        robots = frozenset(parts.catalog.names()) - frozenset(self.settings.disabled_robots)
        OpenApi(robots).attach(app)
        metrics = Metrics(parts.lag, parts.store, parts.queue, parts.running, parts.folder, time.time)
        Health(parts.sandbox.level, parts.lag, parts.folder).attach(app)
        MetricsRoute(metrics.text, self.settings.metrics_networks).attach(app)
        Root(STATIC, self.settings.instance, self._page()).attach(app)
        return app

    def _page(self) -> Page:
        """The key is told only where nobody but this machine can listen."""
        settings = self.settings
        at_home = settings.public_url is None and is_loopback(settings.host)
        return Page(
            settings.auth_key if at_home else None, settings.require_signature, self.origin, self.parts.sandbox.level
        )

    def _door(self) -> Door:
        settings = self.settings
        return Door(
            self.parts.runner,
            self.parts.uploads,
            self.parts.catalog,
            self.access,
            form_limits(settings),
            folder=self.parts.folder / "scratch",
            now=time.time,
            origin=self._origin_of,
            guard=self.parts.http.guard,
            templates=self.parts.templates,
            credentials=self.parts.credentials,
            disabled=frozenset(settings.disabled_robots),
        )

    def _upload_url(self, request: web.Request, upload: str) -> str:
        if self.settings.relative_location:
            return TUS + upload
        return Addresses(self._origin_of(request) or self.origin()).upload(upload)

    def _origin_of(self, request: web.Request) -> str | None:
        """The address that a client used, where only a proxy knows it."""
        return None if self.settings.public_url else self.proxies.origin(request)

    async def _served(self, assembly_id: str, file_id: str) -> Served | None:
        made = await self.parts.runner.read(assembly_id, lambda assembly: assembly.files.get(file_id))
        if made is None:
            return None
        file, path = made.file, self.parts.files.path(assembly_id, file_id)
        at, etag = datetime.fromtimestamp(made.at, UTC), file.md5hash or file_id
        return Served(path, file.name, file.mime, file.size, etag, at, file.headers)
