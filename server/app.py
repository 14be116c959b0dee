"""The server: takes its data folder, starts its parts and doors in order, and stops them."""

from __future__ import annotations

import asyncio
import time

from robots.tools import children
from server import lost
from server.api.connections import Listener
from server.config import Settings, WrongSetting
from server.database.base import Unusable
from server.database.sqlite import DATABASE
from server.engine.keyring import renew
from server.engine.workspace import remove_left
from server.limits import lanes
from server.lock import Lock, owner
from server.model.addresses import Addresses
from server.model.status import House
from server.network import reachable
from server.parts import Parts
from server.routes import Routes
from tus import failpoint

BUILD = "1"
SWEEP_EVERY = 60.0


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
            self.parts = Parts(settings)
        except WrongSetting:
            self.lock.release()
            raise
        self.routes = Routes(self.parts, lambda: self.origin)
        self.web = Listener(self.routes.application(), self.routes.clients, settings.head_timeout)

    async def start(self) -> None:
        parts = self.parts
        children.mark(owner(self.folder))
        children.confine(parts.sandbox)
        for name in ("uploads", "files", "scratch"):
            (self.folder / name).mkdir(exist_ok=True)
        if told := lost.sentence(self.folder):
            raise WrongSetting(told)
        try:
            await parts.store.open()
        except Unusable as error:
            raise WrongSetting(f"{self.folder / DATABASE} cannot be used: {error}") from error
        await renew(parts.store, parts.vault)
        await parts.accounts.load()
        await self.routes.ledger.load()
        await parts.tus_store.recover()
        await parts.recovery.clean()
        await self._listen()
        await parts.recovery.go_on(time.time())
        for work, count in lanes(self.settings).items():
            parts.worker.open(work, count)
        parts.tasks.start(parts.lag.run())
        parts.tasks.start(parts.accounts.run(time.time))
        parts.tasks.start(self.routes.ledger.run())
        parts.tasks.start(parts.notifier.run())
        parts.tasks.start(parts.progress.run())
        parts.tasks.start(parts.expiry.run(min(SWEEP_EVERY, self.settings.result_lifetime), time.time))
        parts.tasks.start(parts.images.warm())

    async def stop(self, grace: float) -> None:
        """Accepts nothing more, lets short work end, ends the rest; what is left goes on at the next start."""
        parts = self.parts
        self.routes.handler.stop()
        await parts.worker.close()
        await parts.runner.timers.close()
        for site in list(self.web.sites):
            await site.stop()
        await asyncio.gather(parts.running.wait(grace), parts.notifier.close(grace))
        parts.bus.close()
        await self.web.cleanup()
        await parts.tasks.close()
        for pool in (parts.images, parts.script_children):
            await pool.close()
        await parts.http.close()
        await self.routes.ledger.save()
        await parts.store.close()
        await asyncio.to_thread(remove_left, self.folder / "scratch")
        self.lock.release()

    async def _listen(self) -> None:
        settings = self.settings
        await self.web.setup()
        await self.web.listen(settings.host, settings.port)
        port = self.web.addresses[0][1]
        host = reachable(settings.host)
        self.listening = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        self.origin = settings.public_url or self.listening
        self.parts.runner.house = House(Addresses(self.origin), settings.instance, settings.region, BUILD)
