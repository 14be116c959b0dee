"""Signs in at an SFTP server, which must show the key that is known of it."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from importlib import import_module

from robots.base.workspace import Workspace
from robots.tools.http import HttpClient, Timeouts
from robots.tools.remote.aside import Aside
from robots.tools.remote.known import KnownHosts
from robots.tools.remote.server import Login, Server
from robots.tools.remote.session import dialed

LIBRARY = "robots.tools.remote.library"  # it takes half a second to import, which is for the other thread
PORT = 22


async def sign_in(login: Login, workspace: Workspace, aside: Aside) -> Server:
    """The server, for as long as the loop `aside` runs; its key is kept if none was known."""
    http, known = workspace.tool(HttpClient), workspace.tool(KnownHosts)
    login = (
        login if login.trusted else replace(login, trusted=await asyncio.to_thread(known.keys, login.host, login.port))
    )
    line = await dialed(http, login.host, login.port, PORT)
    try:
        server, key = await aside.run(_opened(line, login, http.timeouts))
    except BaseException:
        line.close()
        raise
    if not login.trusted:
        try:
            await asyncio.to_thread(known.learn, login.host, login.port, key)
        except BaseException:
            await aside.run(server.close())
            raise
    return server


async def _opened(line: socket.socket, login: Login, timeouts: Timeouts) -> tuple[Server, str]:
    opened: tuple[Server, str] = await import_module(LIBRARY).sign_in(line, login, timeouts)
    return opened
