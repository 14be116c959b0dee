"""Parts: the stores, tools and engine of a server, each built once and handed what it needs."""

from __future__ import annotations

import time

from robots.base.catalog import Catalog
from robots.probe.probe import Prober
from robots.tools.ffmpeg import Ffmpeg
from robots.tools.ffprobe import Ffprobe
from robots.tools.http import HttpClient, Timeouts
from robots.tools.programs import Programs
from robots.tools.script import Scripts
from robots.tools.vips import Images
from server.bus.memory import MemoryBus
from server.config import Settings, WrongSetting
from server.database.sqlite import DATABASE, SqliteStore
from server.engine.accounts import Accounts
from server.engine.auth_keys import AuthKeys
from server.engine.courier import Courier, Signer
from server.engine.credentials import Credentials
from server.engine.delivery import Delivery
from server.engine.expiry import Expiry
from server.engine.files import Files
from server.engine.notifier import Notifier
from server.engine.outbox import Outbox
from server.engine.progress import Progress
from server.engine.publisher import Publisher
from server.engine.records import Records
from server.engine.recovery import Recovery
from server.engine.runner import Runner
from server.engine.running import Running
from server.engine.shelf import Shelf
from server.engine.templates import Templates
from server.engine.tokens import Tokens
from server.engine.uploads import Uploads
from server.engine.worker import Shop, Worker
from server.engine.workspace import Toolbox
from server.keys import first
from server.lag import Lag
from server.limits import KEPT_PLACES, lifetimes, places, quota_of, time_limits
from server.lock import owner
from server.master_key import unlocked
from server.pages import page_tools
from server.queue.memory import MemoryQueue
from server.sandbox import image_children, sandbox_of, script_children, tool_limits
from server.tasks import Tasks
from server.toolbox import file_tools
from tus.lockers.memory import MemoryLocker
from tus.stores.disk import DiskStore

TELL_EVERY = 1.0


class Parts:
    """All that works behind the URLs. Building them starts nothing."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.data
        self.vault = unlocked(settings)
        self.tasks = Tasks()
        self._stores()
        self._tools()
        self._engine()

    def _stores(self) -> None:
        self.store = SqliteStore(self.folder / DATABASE)
        self.catalog = Catalog()
        if unknown := [name for name in self.settings.disabled_robots if name not in self.catalog]:
            raise WrongSetting(f"disabled_robots: there is no robot {unknown[0]}.")
        self.files = Files(self.folder / "files")
        self.bus = MemoryBus()
        self.queue = MemoryQueue(places(self.settings), KEPT_PLACES)
        self.running = Running()
        self.lag = Lag()
        settings = self.settings
        self.tus_store = DiskStore(self.folder / "uploads", sync=settings.fsync, keep_free=settings.min_free_space)
        self.locker = MemoryLocker()

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
        images = Images(self.images, settings.max_image_pixels, settings.max_image_frames, self.prober.sights)
        web = page_tools(settings, programs)
        self.scripts = Scripts(self.script_children)
        self.toolbox = Toolbox(images, ffmpeg, ffprobe, self.http, self.scripts, *web, *file_tools(settings, programs))

    def _engine(self) -> None:
        settings, now = self.settings, time.time
        self.accounts = Accounts(self.store, self.vault, first(settings))
        self.auth_keys = AuthKeys(self.accounts)
        self.tokens = Tokens(self.accounts, settings.token_lifetime)
        quota = quota_of(settings, self.accounts.account)
        records, outbox = Records(self.catalog, self.vault), Outbox(self.vault)
        self.runner = Runner(self.store, records, self.queue, self.bus, self.running, quota, outbox)
        courier = Courier(self.http, self._signer, settings.notify_timeout, now)
        self.notifier = Notifier(
            self.runner, courier, places=settings.notify_places, window=settings.notify_window, now=now
        )
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
        shelf = Shelf(self.folder / "cdn", settings.cdn_cache_size)
        self.delivery = Delivery(self.runner, self.bus, self.files, shelf, self.tasks)
        self.recovery = Recovery(self.runner, self.uploads, self.folder, owner(self.folder))
        self.expiry = Expiry(self.runner, self.files, self.uploads, lifetimes(settings), scratch)

    def _signer(self, account: str, key: str | None) -> Signer | None:
        """Who signs what is sent of an account's Assembly: the key that it was made with."""
        found = self.accounts.find(key or self.accounts.first.key)
        if found is None or found.account.id != account:
            return None
        return Signer(found.secret, found.algo or "sha384")
