"""Sessions of Engine.IO 3: what a client is still to be told, and how long it may be silent."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

ROOM = 1000  # packets that wait for a client
PING_INTERVAL = 25.0
PING_TIMEOUT = 20.0


class Session:
    """One client. Its packets wait until a poll or its WebSocket takes them; `ended` is called once."""

    def __init__(self, client: str, ended: Callable[[Session], None], patience: float) -> None:
        self.id = secrets.token_urlsafe(15)
        self.client = client
        self.over = False
        self.polled = False
        self.moving = False  # from polls to a WebSocket
        self.cut: Callable[[], object] = lambda: None  # breaks off the WebSocket that does not read
        self._ended = ended
        self._patience = patience
        self._packets: list[str] = []
        self._more = asyncio.Event()
        self._silence: asyncio.TimerHandle | None = None
        self.heard()

    def heard(self) -> None:
        """The client, who has to ping, has said something."""
        if self._silence:
            self._silence.cancel()
        if not self.over:
            self._silence = asyncio.get_running_loop().call_later(self._patience, self.end)

    def tell(self, packet: str) -> None:
        """Never waits for the client; one that does not read is let go of."""
        if len(self._packets) >= ROOM:
            self._packets.clear()
            self.end()
            self.cut()
        if self.over:
            raise ConnectionError("the session is over")
        self._packets.append(packet)
        self._more.set()

    async def take(self) -> list[str]:
        """All that waits, at least one packet; none when the session is over."""
        await self._more.wait()
        packets, self._packets = self._packets, []
        if not self.over:
            self._more.clear()
        return packets

    def end(self) -> None:
        if self.over:
            return
        self.over = True
        if self._silence:
            self._silence.cancel()
        self._more.set()
        self._ended(self)
