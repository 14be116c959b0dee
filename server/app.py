"""Builds every part once, hands each what it needs, starts and stops them in order."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from robots.base.catalog import Catalog
from robots.probe.probe import Prober
from robots.tools import children
from robots.tools.ffmpeg import Ffmpeg
from robots.tools.ffprobe import Ffprobe
from robots.tools.http import HttpClient, Timeouts
from robots.tools.programs import Programs
from robots.tools.script import Scripts
from robots.tools.vips import Images
from server.api import middleware
from server.api.assemblies import Assemblies, Door
from server.api.clients import LOOPBACK, Clients
from server.api.connections import Listener
from server.api.credentials import CredentialRoutes
from server.api.health import Health
from server.api.metrics import MetricsRoute
from server.api.page import Page, is_loopback
from server.api.proxies import Proxies
from server.api.results import Results, Served
from server.api.root import Root
from server.api.signature import Account
from server.api.signed import Signed
from server.api.sockets import Sockets
from server.api.templates import TemplateRoutes
from server.bus.memory import MemoryBus
from server.config import Settings, WrongSetting
from server.database.base import Unusable
from server.database.sqlite import DATABASE, SqliteStore
from server.engine.credentials import Credentials
from server.engine.expiry import Expiry
from server.engine.files import Files
from server.engine.keyring import renew
from server.engine.progress import Progress
from server.engine.publisher import Publisher
from server.engine.quota import Quota
from server.engine.records import Records
from server.engine.recovery import Recovery
from server.engine.runner import Runner
from server.engine.running import Running
from server.engine.templates import Templates
from server.engine.uploads import Uploads
from server.engine.worker import Shop, Worker
from server.engine.workspace import Toolbox
from server.lag import Lag
from server.limits import form_limits, lanes, lifetimes, time_limits
from server.lock import Lock, owner
from server.master_key import unlocked
from server.metrics import Metrics
from server.model.addresses import TUS, WEBSOCKET, Addresses
from server.model.status import House
from server.network import reachable
from server.pages import page_tools
from server.queue.memory import MemoryQueue
from server.sandbox import image_children, sandbox_of, script_children, tool_limits
from server.tasks import Tasks
from server.toolbox import file_tools
from tus import failpoint
from tus.handler import Handler
from tus.lockers.memory import MemoryLocker
from tus.stores.disk import DiskStore

STATIC = Path(__file__).parent.parent / "static"
BUILD = "1"
SWEEP_EVERY = 60.0
TELL_EVERY = 1.0


async def start(settings: Settings) -> App:
    """A server that listens. `settings` has its key and secret."""
    app = App(settings)
    try:
        await app.start()
    except BaseException:
        await app.stop(0)
        raise
    return app


class App:
    """Everything that runs in this process. Once it listens, `origin` is its address for clients."""

    origin: str
    listening: str

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.data
        try:
            failpoint.arm(settings.failpoints)
        except ValueError as error:
            raise WrongSetting(f"{error}.") from error
        self.lock = Lock(settings.data / "lock")
        self.lock.take()  # before any part looks at what lies in the folder
        try:
            self.vault = unlocked(settings)
        except WrongSetting:
            self.lock.release()
            raise
        self.tasks = Tasks()
        self._parts()
        self._tools()
        self._engine()
        self.web = Listener(self._routes(), self.clients, settings.head_timeout)

    async def start(self) -> None:
        children.mark(owner(self.folder))
        children.confine(self.sandbox)
        for name in ("uploads", "files", "scratch"):
            (self.folder / name).mkdir(exist_ok=True)
        try:
            await self.store.open()
        except Unusable as error:
            raise WrongSetting(f"{self.folder / DATABASE} cannot be used: {error}") from error
        await renew(self.store, self.vault)
        await self.tus_store.recover()
        await self.recovery.clean()
        await self._listen()
        await self.recovery.go_on(time.time())
        for work, count in lanes(self.settings).items():
            self.worker.open(work, count)
        self.tasks.start(self.lag.run())
        self.tasks.start(self.progress.run())
        self.tasks.start(self.expiry.run(min(SWEEP_EVERY, self.settings.result_lifetime), time.time))
        self.tasks.start(self.images.warm())

    async def stop(self, grace: float) -> None:
        """Accepts nothing more, lets short work end, ends the rest; what is left goes on at the next start."""
        self.handler.stop()
        await self.worker.close()
        await self.runner.timers.close()
        for site in list(self.web.sites):
            await site.stop()
        await self.running.wait(grace)
        self.bus.close()
        await self.web.cleanup()
        await self.tasks.close()
        for pool in (self.images, self.script_children):
            await pool.close()
        await self.http.close()
        await self.store.close()
        self.lock.release()

    def _parts(self) -> None:
        self.store = SqliteStore(self.folder / DATABASE)
        self.catalog = Catalog()
        if unknown := [name for name in self.settings.disabled_robots if name not in self.catalog]:
            raise WrongSetting(f"disabled_robots: there is no robot {unknown[0]}.")
        self.files = Files(self.folder / "files")
        self.bus = MemoryBus()
        self.queue = MemoryQueue()
        self.running = Running()
        self.lag = Lag()
        settings = self.settings
        self.tus_store = DiskStore(self.folder / "uploads", sync=settings.fsync, keep_free=settings.min_free_space)
        self.locker = MemoryLocker()
        self.proxies = Proxies(settings.trusted_proxies)
        self.clients = Clients(settings.max_connections, (*LOOPBACK, *settings.trusted_proxies))

    def _tools(self) -> None:
        settings, programs = self.settings, Programs(self.settings.programs)
        self.sandbox = sandbox_of(settings)
        self.images, self.script_children = image_children(settings), script_children()
        timeouts = Timeouts(idle=settings.outward_timeout)
        self.http = HttpClient(
            allow=settings.allow_private_networks,
            ports=settings.allow_ports,
            timeouts=timeouts,
            max_bytes=settings.max_upload_size,
        )
        ffprobe = Ffprobe(programs)
        self.prober = Prober(self.images, ffprobe, settings.max_image_pixels, settings.probe_time_limit)
        ffmpeg = Ffmpeg(programs, tool_limits(settings), settings.stall_time_limit)
        images = Images(self.images, settings.max_image_pixels, settings.max_image_frames)
        web = page_tools(settings, programs)
        self.scripts = Scripts(self.script_children)
        self.toolbox = Toolbox(images, ffmpeg, ffprobe, self.http, self.scripts, *web, *file_tools(settings, programs))

    def _engine(self) -> None:
        settings, now = self.settings, time.time
        quota = Quota(settings.max_assembly_files, settings.max_assembly_size, settings.max_assembly_jobs)
        self.runner = Runner(self.store, Records(self.catalog, self.vault), self.queue, self.bus, self.running, quota)
        self.progress = Progress(self.runner, self.bus, TELL_EVERY)
        self.templates = Templates(self.store, self.vault)
        self.credentials = Credentials(self.store, self.vault)
        limits = time_limits(settings)
        isolates = self.sandbox.level != "rlimits" or settings.run_unisolated
        scratch = self.folder / "scratch"
        shop = Shop(
            scratch,
            self.files,
            self.toolbox,
            self.prober,
            self.scripts,
            settings.region,
            limits,
            self.credentials,
            isolates,
            frozenset(settings.disabled_robots),
        )
        self.worker = Worker(self.runner, self.running, shop, self.progress, now)
        publisher = Publisher(self.files, self.prober)
        self.uploads = Uploads(
            self.runner, self.tus_store, self.locker, publisher, self.tasks, now, settings.max_unfinished_uploads
        )
        self.recovery = Recovery(self.runner, self.uploads, self.folder, owner(self.folder))
        self.expiry = Expiry(self.runner, self.files, self.uploads, lifetimes(settings))

    def _routes(self) -> web.Application:
        """Every URL, in one place."""
        app = web.Application(client_max_size=self.settings.max_params_size)
        middleware.install(app, self.proxies)
        Assemblies(self._door()).attach(app)
        signed = Signed(self._account, form_limits(self.settings), time.time)
        TemplateRoutes(signed, self.templates).attach(app)
        CredentialRoutes(signed, self.credentials).attach(app)
        self.handler = Handler(
            self.tus_store,
            self.locker,
            self.uploads,
            max_size=self.settings.max_upload_size,
            lifetime=self.settings.upload_lifetime,
            idle=self.settings.idle_timeout,
            location=self._upload_url,
        )
        app.add_routes(self.handler.routes(TUS))
        Sockets(self.bus, self.runner.milestones, self.clients).attach(app, WEBSOCKET)
        Results(self._served).attach(app)
        metrics = Metrics(self.lag, self.store, self.queue, self.running, self.folder, time.time)
        Health(self.sandbox.level, self.lag, self.folder).attach(app)
        MetricsRoute(metrics.text, self.settings.metrics_networks).attach(app)
        Root(STATIC, self.settings.instance, self._page()).attach(app)
        return app

    def _page(self) -> Page:
        """The key is told only where nobody but this machine can listen."""
        settings = self.settings
        at_home = settings.public_url is None and is_loopback(settings.host)
        return Page(
            settings.auth_key if at_home else None, settings.require_signature, lambda: self.origin, self.sandbox.level
        )

    def _door(self) -> Door:
        settings = self.settings
        return Door(
            self.runner,
            self.uploads,
            self.catalog,
            self._account,
            form_limits(settings),
            folder=self.folder / "scratch",
            now=time.time,
            origin=self._origin_of,
            guard=self.http.guard,
            templates=self.templates,
            credentials=self.credentials,
            disabled=frozenset(settings.disabled_robots),
        )

    def _account(self, key: str) -> Account | None:
        settings = self.settings
        known = key == settings.auth_key and settings.auth_secret
        return Account(key, settings.auth_secret or "", settings.require_signature) if known else None

    def _upload_url(self, request: web.Request, upload: str) -> str:
        if self.settings.relative_location:
            return TUS + upload
        return Addresses(self._origin_of(request) or self.origin).upload(upload)

    def _origin_of(self, request: web.Request) -> str | None:
        """The address that a client used, where only a proxy knows it."""
        return None if self.settings.public_url else self.proxies.origin(request)

    async def _served(self, assembly_id: str, file_id: str) -> Served | None:
        made = await self.runner.read(assembly_id, lambda assembly: assembly.files.get(file_id))
        if made is None:
            return None
        file, path = made.file, self.files.path(assembly_id, file_id)
        at, etag = datetime.fromtimestamp(made.at, UTC), file.md5hash or file_id
        return Served(path, file.name, file.mime, file.size, etag, at, file.headers)

    async def _listen(self) -> None:
        settings = self.settings
        await self.web.setup()
        await web.TCPSite(self.web, settings.host, settings.port).start()
        port = self.web.addresses[0][1]
        host = reachable(settings.host)
        self.listening = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        self.origin = settings.public_url or self.listening
        self.runner.house = House(Addresses(self.origin), settings.instance, settings.region, BUILD)
