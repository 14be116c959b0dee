"""A real FTP server on this machine, for tests of those who fetch and store."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer

from tests.canary import secret

USER, PASSWORD = "sam", secret("ftp-password")
ALL = "elradfmwMT"


@contextlib.contextmanager
def ftpd(home: Path, handler: type[FTPHandler] = FTPHandler, perm: str = ALL, **more: Any) -> Iterator[dict[str, Any]]:
    """Serves a folder, to guests as well; gives the parameters that a robot needs.

    `perm` is what the user may do, and `more` are attributes of the `handler`.
    """
    authorizer = DummyAuthorizer()
    authorizer.add_user(USER, PASSWORD, str(home), perm=perm)
    authorizer.add_anonymous(str(home))
    known = {"authorizer": authorizer, "auth_failed_timeout": 0, **more}
    loop = IOLoop()
    server = FTPServer(("127.0.0.1", 0), type("Handler", (handler,), known), ioloop=loop)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            loop.loop(timeout=0.02, blocking=False)
        server.close_all()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield {"host": "127.0.0.1", "port": server.address[1], "user": USER, "password": PASSWORD}
    finally:
        over.set()
        thread.join()
